//! What a practice prints: day sheets, weeks and route slips, as PDF. Pure: plain structs in, bytes out, and the same
//! bytes for the same input.
//!
//! A [`Book`] gathers sheets and numbers their pages through. Everything is laid out for black and white: kinds of visit
//! are letters, not colours; doctor time is filled, assistant time hollow; blocked time is hatched. What does not fit
//! into a visit's box is cut there and whole in the list of visits that follows.
//!
//! The library knows no practice, no clock and no zone rules. Times are minutes since the midnight with which a day
//! began, counted as they pass ([`DayClock`] says what the clock on the wall shows meanwhile).

mod book;
mod day;
mod fonts;
mod input;
mod list;
mod page;
mod pdf;
mod slips;
mod text;
mod week;

pub use book::Book;
pub use fonts::{ExtraFont, Fonts};
pub use input::{
    Block, Column, DayClock, DaySheet, Head, PaperSize, Progress, RouteSlips, Slip, Span, Stretch, Unit,
    Visit, Week, WeekDay, WeekRow, WeekVisit,
};
