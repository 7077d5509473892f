//! Sheets in their order, with head, foot and page numbers.

use crate::fonts::Fonts;
use crate::input::{DaySheet, Head, PaperSize, RouteSlips, Week};
use crate::page::{Area, MARGIN, Page, bold, plain, soft};
use crate::pdf::{self, Chapter};
use crate::{day, list, slips, week};

/// Points from the upper margin to where the sheet begins, and from the lower one to where it ends.
const HEAD: f32 = 46.0;
const FOOT: f32 = 16.0;

/// Sheets that are printed together.
pub struct Book<'a> {
    fonts: &'a Fonts,
    paper: PaperSize,
    title: String,
    pages: Vec<Page>,
    chapters: Vec<Chapter>,
}

impl<'a> Book<'a> {
    /// `title` is what a viewer shows: `Day sheet, 3 March 2026`.
    pub fn new(title: &str, paper: PaperSize, fonts: &'a Fonts) -> Book<'a> {
        Book {
            fonts,
            paper,
            title: title.to_owned(),
            pages: Vec::new(),
            chapters: Vec::new(),
        }
    }

    /// A day as a grid and as a list. Up to four columns stand on upright paper, more on its side, six to a page.
    pub fn add_day(&mut self, sheet: &DaySheet) -> &mut Self {
        self.chapter(&format!("{}, {}", sheet.day, sheet.head.location));
        day::draw(sheet, self);
        list::draw(sheet, self);
        self
    }

    /// Seven days side by side.
    pub fn add_week(&mut self, sheet: &Week) -> &mut Self {
        self.chapter(&format!("{}, {}", sheet.week, sheet.head.location));
        week::draw(sheet, self);
        self
    }

    /// Four slips to a page.
    pub fn add_slips(&mut self, sheet: &RouteSlips) -> &mut Self {
        self.chapter(&format!("Route slips, {}, {}", sheet.day, sheet.head.location));
        slips::draw(sheet, self);
        self
    }

    pub fn pages(&self) -> usize {
        self.pages.len()
    }

    /// What is on each page, as somebody hears it who has it read aloud; in brackets what only eyes see.
    pub fn read(&self) -> Vec<String> {
        self.numbered().iter().map(Page::read).collect()
    }

    /// The PDF. The same sheets make the same bytes.
    pub fn pdf(&self) -> Vec<u8> {
        let mut pages = self.numbered();
        if pages.is_empty() {
            pages.push(Page::new(self.paper.upright()));
        }
        pdf::write(&pages, &self.title, &self.chapters, self.fonts)
    }

    fn chapter(&mut self, title: &str) {
        self.chapters.push((title.to_owned(), self.pages.len()));
    }

    pub(crate) fn fonts(&self) -> &'a Fonts {
        self.fonts
    }

    /// A sheet of the book's paper.
    pub(crate) fn blank(&self, is_wide: bool) -> Page {
        let (width, height) = self.paper.upright();
        Page::new(if is_wide { (height, width) } else { (width, height) })
    }

    /// Draws head and foot; what is between is the area to draw in.
    pub(crate) fn framed(&self, page: &mut Page, head: &Head, title: &str, beside: &str) -> Area {
        let (left, right) = (MARGIN, page.width - MARGIN);
        let half = (right - left) / 2.0;
        let bottom = page.height - MARGIN;
        let is_first = self
            .chapters
            .last()
            .is_some_and(|(_, first)| *first == self.pages.len());
        let mut pen = page.pen(self.fonts);
        // Read once where a sheet begins; on the pages that follow it is only seen.
        if is_first {
            pen.heading();
        }
        let wide = pen.text(left, MARGIN + 15.0, half * 1.3, bold(17.0), title);
        if is_first {
            pen.paragraph();
        }
        pen.text(
            left + wide + 8.0,
            MARGIN + 15.0,
            half * 1.3 - wide,
            soft(10.0),
            beside,
        );
        let place = match (head.practice.as_str(), head.location.as_str()) {
            (practice, "") => practice.to_owned(),
            (practice, location) if practice == location => practice.to_owned(),
            (practice, location) => format!("{practice} · {location}"),
        };
        pen.text(left, MARGIN + 29.0, half * 1.2, bold(9.0), &place);
        let zone = match head.zone.as_str() {
            "" => String::new(),
            zone => format!("Times: {zone}"),
        };
        pen.text_to(right, MARGIN + 29.0, half * 0.8, plain(8.0), &zone);
        pen.artifact();
        pen.text_to(right, MARGIN + 7.0, half * 0.7, soft(8.0), &printed(head));
        pen.line((left, MARGIN + 34.0), (right, MARGIN + 34.0), 1.2, 0);
        pen.line((left, bottom - 10.0), (right, bottom - 10.0), 0.4, 0);
        pen.text(
            left,
            bottom,
            half * 1.5,
            plain(8.0),
            "Contains patient data: keep it out of sight, and shred it when the day is over.",
        );
        Area {
            x: left,
            y: MARGIN + HEAD - 6.0,
            w: right - left,
            h: bottom - FOOT - MARGIN - HEAD + 6.0,
        }
    }

    pub(crate) fn push(&mut self, page: Page) {
        self.pages.push(page);
    }

    fn numbered(&self) -> Vec<Page> {
        let all = self.pages.len();
        let mut pages = self.pages.clone();
        for (at, page) in pages.iter_mut().enumerate() {
            let (right, bottom) = (page.width - MARGIN, page.height - MARGIN);
            let mut pen = page.pen(self.fonts);
            pen.text_to(
                right,
                bottom,
                120.0,
                plain(8.0),
                &format!("page {} of {all}", at + 1),
            );
        }
        pages
    }
}

fn printed(head: &Head) -> String {
    match (head.printed_at.as_str(), head.printed_by.as_str()) {
        ("", "") => String::new(),
        (at, "") => format!("printed {at}"),
        ("", by) => format!("printed by {by}"),
        (at, by) => format!("printed {at} by {by}"),
    }
}
