//! Steps that several journeys take, in the words of the person who takes them.

pub mod pair;
pub mod practice;
pub mod sheet;
