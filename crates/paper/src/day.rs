//! A day as a grid: times down the side, a column for each operatory or provider.

mod lanes;
mod visit;

use crate::book::Book;
use crate::fonts::Fonts;
use crate::input::{Block, Column, DaySheet, Span};
use crate::page::{Area, Page, Pen, WHITE, bold, plain, soft};

/// For the times.
const GUTTER: f32 = 36.0;
const COLUMN_HEAD: f32 = 18.0;
const LEGEND: f32 = 12.0;
/// Columns that can still be read on upright paper, and on its side.
const UPRIGHT_MOST: usize = 4;
const WIDE_MOST: usize = 6;
/// Points a minute: with fewer half an hour has no room for two lines.
const LEAST_SCALE: f32 = 0.7;
/// A short day is not blown up to fill the page.
const MOST_SCALE: f32 = 2.2;
/// The height of a visit of no length to speak of, in points: one line of text.
const LEAST_BOX: f32 = 9.5;
const CLOSED: u8 = 232;

/// Where minutes lie on a page.
#[derive(Clone, Copy)]
struct Scale {
    span: Span,
    top: f32,
    points: f32,
}

impl Scale {
    fn y(self, minute: u16) -> f32 {
        let minute = minute.clamp(self.span.from, self.span.until);
        self.top + f32::from(minute - self.span.from) * self.points
    }
}

pub(crate) fn draw(sheet: &DaySheet, book: &mut Book<'_>) {
    let is_wide = sheet.columns.len() > UPRIGHT_MOST;
    let groups = groups(&sheet.columns, if is_wide { WIDE_MOST } else { UPRIGHT_MOST });
    let span = shown(sheet);
    for (at, group) in groups.iter().enumerate() {
        let height = book.blank(is_wide).height - 150.0;
        let parts = parts(span, height / LEAST_SCALE);
        for part in &parts {
            let mut page = book.blank(is_wide);
            let mut beside = sheet.by.clone();
            if sheet.open.is_empty() {
                beside.push_str(", closed");
            }
            if groups.len() > 1 {
                beside.push_str(&format!(", columns {} of {}", at + 1, groups.len()));
            }
            if parts.len() > 1 {
                beside.push_str(&format!(
                    ", {} to {}",
                    sheet.clock.words(part.from),
                    sheet.clock.words(part.until)
                ));
            }
            let area = book.framed(&mut page, &sheet.head, &sheet.day, &beside);
            grid(sheet, group, *part, area, &mut page, book.fonts());
            book.push(page);
        }
    }
}

/// Columns of one page each, as even as can be.
fn groups(columns: &[Column], most: usize) -> Vec<&[Column]> {
    let pages = columns.len().div_ceil(most).max(1);
    let each = columns.len().div_ceil(pages).max(1);
    let mut groups: Vec<&[Column]> = columns.chunks(each).collect();
    if groups.is_empty() {
        groups.push(&[]);
    }
    groups
}

/// Whole hours around everything that happens. Block-outs do not widen it: a holiday has 24 hours.
fn shown(sheet: &DaySheet) -> Span {
    let hours = sheet
        .columns
        .iter()
        .flat_map(|column| column.hours.iter().flatten());
    let visits = sheet.columns.iter().flat_map(|column| &column.visits);
    let spans: Vec<Span> = sheet
        .open
        .iter()
        .chain(hours)
        .copied()
        .chain(visits.map(|visit| Span {
            from: visit.starts,
            until: visit.ends(),
        }))
        .collect();
    let from = spans.iter().map(|span| span.from).min().unwrap_or(8 * 60);
    let until = spans.iter().map(|span| span.until).max().unwrap_or(17 * 60);
    let from = from.min(sheet.clock.minutes.saturating_sub(60)) / 60 * 60;
    Span {
        from,
        until: (until.div_ceil(60) * 60).min(sheet.clock.minutes).max(from + 60),
    }
}

/// A long day goes on on another page.
fn parts(span: Span, most: f32) -> Vec<Span> {
    let all = span.until - span.from;
    let pages = (f32::from(all) / most).ceil().max(1.0) as u16;
    let each = (all.div_ceil(pages)).div_ceil(60) * 60;
    let mut parts = Vec::new();
    let mut from = span.from;
    while from < span.until {
        let until = from.saturating_add(each).min(span.until);
        parts.push(Span { from, until });
        from = until;
    }
    parts
}

fn grid(sheet: &DaySheet, columns: &[Column], span: Span, area: Area, page: &mut Page, fonts: &Fonts) {
    let mut pen = page.pen(fonts);
    if columns.is_empty() {
        pen.paragraph();
        let words = "There is nothing to show: nothing is in use here, or nothing was chosen.";
        pen.text(area.x, area.y + 20.0, area.w, plain(10.0), words);
        return;
    }
    let top = area.y + COLUMN_HEAD;
    let room = area.h - COLUMN_HEAD - LEGEND;
    let scale = Scale {
        span,
        top,
        points: (room / f32::from(span.until - span.from)).min(MOST_SCALE),
    };
    let bottom = scale.y(span.until);
    let width = (area.w - GUTTER) / columns.len() as f32;
    for (at, column) in columns.iter().enumerate() {
        let place = Area {
            x: area.x + GUTTER + width * at as f32,
            y: top,
            w: width,
            h: bottom - top,
        };
        shade(sheet, column, scale, place, &mut pen);
    }
    times(sheet, scale, area, bottom, &mut pen);
    for (at, column) in columns.iter().enumerate() {
        let place = Area {
            x: area.x + GUTTER + width * at as f32,
            y: top,
            w: width,
            h: bottom - top,
        };
        pen.paragraph();
        let name = pen.text(
            place.x + 3.0,
            area.y + 12.0,
            width - 6.0,
            bold(10.0),
            &column.name,
        );
        pen.text(
            place.x + 8.0 + name,
            area.y + 12.0,
            width - 11.0 - name,
            soft(8.0),
            &column.beside,
        );
        pen.artifact();
        pen.outline(place, 0.8, 0);
        for block in &column.blocks {
            blocked(block, scale, place, &mut pen);
        }
        visits(sheet, column, scale, place, &mut pen);
    }
    legend(area, &mut pen);
}

/// Grey where nobody is in.
fn shade(sheet: &DaySheet, column: &Column, scale: Scale, place: Area, pen: &mut Pen<'_>) {
    let mut hours: Vec<Span> = column.hours.clone().unwrap_or_else(|| sheet.open.clone());
    hours.sort_by_key(|span| span.from);
    let mut from = scale.span.from;
    for span in hours.iter().copied().chain([Span {
        from: scale.span.until,
        until: scale.span.until,
    }]) {
        let (y, until) = (scale.y(from), scale.y(span.from));
        if until - y > 0.1 {
            pen.fill(
                Area {
                    y,
                    h: until - y,
                    ..place
                },
                CLOSED,
            );
        }
        from = from.max(span.until);
    }
}

/// Lines across, and what they mean down the side.
fn times(sheet: &DaySheet, scale: Scale, area: Area, bottom: f32, pen: &mut Pen<'_>) {
    let step = match sheet.increment {
        0 => 15,
        minutes => minutes,
    };
    // Finer than this is a grey field on paper.
    let step = if f32::from(step) * scale.points < 6.0 {
        step.max(15)
    } else {
        step
    };
    let (left, right) = (area.x + GUTTER, area.right());
    let mut minute = scale.span.from;
    while minute < scale.span.until {
        let y = scale.y(minute);
        let wall = sheet.clock.wall(minute);
        if wall.is_multiple_of(60) {
            pen.line((left - 6.0, y), (right, y), 0.5, 90);
            pen.artifact();
            pen.text_to(
                left - 7.0,
                y + 3.0 + if y <= scale.top { 4.0 } else { 0.0 },
                GUTTER,
                bold(8.5),
                &sheet.clock.words(minute),
            );
        } else if wall.is_multiple_of(30) {
            pen.line((left - 3.0, y), (right, y), 0.3, 150);
        } else {
            pen.line((left, y), (right, y), 0.2, 200);
        }
        minute += step;
    }
    pen.line((left - 6.0, bottom), (right, bottom), 0.5, 90);
}

fn blocked(block: &Block, scale: Scale, place: Area, pen: &mut Pen<'_>) {
    let (from, until) = (scale.y(block.span.from), scale.y(block.span.until));
    if until - from < 0.5 {
        return;
    }
    let area = Area {
        x: place.x + 1.0,
        y: from,
        w: place.w - 2.0,
        h: until - from,
    };
    pen.fill(area, WHITE);
    pen.hatch(area);
    pen.outline(area, 0.5, 60);
    let style = bold(7.5);
    let width = pen.width_of(style, &block.title).min(area.w - 10.0);
    let label = Area {
        x: area.x + 3.0,
        y: area.y + 1.0,
        w: width + 4.0,
        h: (area.h - 2.0).min(10.0),
    };
    if area.h >= 8.0 && !block.title.is_empty() {
        pen.fill(label, WHITE);
        pen.paragraph();
        pen.text(label.x + 2.0, label.y + 7.8, width + 0.5, style, &block.title);
        pen.artifact();
    }
}

fn visits(sheet: &DaySheet, column: &Column, scale: Scale, place: Area, pen: &mut Pen<'_>) {
    let least = (LEAST_BOX / scale.points).ceil() as u16;
    for placed in lanes::side_by_side(&column.visits, least) {
        let visit = placed.visit;
        if visit.ends() <= scale.span.from || visit.starts >= scale.span.until {
            continue;
        }
        let width = (place.w - 4.0) / placed.lanes as f32;
        let y = scale.y(visit.starts);
        let area = Area {
            x: place.x + 2.0 + width * placed.lane as f32,
            y: y + 0.5,
            w: width - if placed.lane + 1 < placed.lanes { 1.5 } else { 0.0 },
            h: (scale.y(visit.ends()) - y).max(LEAST_BOX) - 1.0,
        };
        visit::draw(sheet, column, visit, scale, area, pen);
    }
}

/// What the signs mean.
fn legend(area: Area, pen: &mut Pen<'_>) {
    let baseline = area.bottom() - 2.0;
    let style = plain(7.0);
    let mut x = area.x;
    pen.artifact();
    let marks = [
        (crate::Progress::Unconfirmed, "not confirmed"),
        (crate::Progress::Confirmed, "confirmed"),
        (crate::Progress::Here, "here"),
        (crate::Progress::Done, "done"),
    ];
    for (progress, words) in marks {
        visit::mark(progress, x, baseline - 5.5, 6.0, pen);
        x += 9.0;
        x += pen.text(x, baseline, 200.0, style, words) + 10.0;
    }
    for (is_filled, words) in [(true, "needs the provider"), (false, "needs an assistant only")] {
        let strip = Area {
            x,
            y: baseline - 6.0,
            w: 4.0,
            h: 6.5,
        };
        if is_filled {
            pen.fill(strip, 0);
        }
        pen.outline(strip, 0.5, 0);
        x += 7.0;
        x += pen.text(x, baseline, 200.0, style, words) + 10.0;
    }
    let sample = Area {
        x,
        y: baseline - 6.0,
        w: 12.0,
        h: 7.0,
    };
    pen.hatch(sample);
    pen.outline(sample, 0.4, 60);
    x += 15.0;
    x += pen.text(x, baseline, 200.0, style, "blocked") + 10.0;
    visit::warning(x, baseline - 6.0, 7.0, pen);
    x += 9.0;
    pen.text(x, baseline, 200.0, style, "alert: see the list");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Visit;

    fn columns(count: usize) -> Vec<Column> {
        vec![Column::default(); count]
    }

    #[test]
    fn columns_are_spread_evenly() {
        let sizes = |count, most| -> Vec<usize> {
            groups(&columns(count), most)
                .iter()
                .map(|group| group.len())
                .collect()
        };
        assert_eq!(sizes(3, 4), [3]);
        assert_eq!(sizes(12, 6), [6, 6]);
        assert_eq!(sizes(13, 6), [5, 5, 3]);
        assert_eq!(sizes(0, 6), [0]);
    }

    #[test]
    fn a_day_is_shown_from_its_first_to_its_last_hour() {
        let mut sheet = DaySheet {
            open: vec![Span {
                from: 8 * 60,
                until: 17 * 60,
            }],
            columns: columns(1),
            ..DaySheet::default()
        };
        assert_eq!(
            shown(&sheet),
            Span {
                from: 480,
                until: 1020
            }
        );
        sheet.columns[0].visits.push(Visit {
            starts: 7 * 60 + 10,
            length: 20,
            ..Visit::default()
        });
        sheet.columns[0].visits.push(Visit {
            starts: 23 * 60 + 50,
            length: 120,
            ..Visit::default()
        });
        assert_eq!(
            shown(&sheet),
            Span {
                from: 420,
                until: 1440
            }
        );
        sheet.columns.clear();
        sheet.open.clear();
        assert_eq!(
            shown(&sheet),
            Span {
                from: 480,
                until: 1020
            }
        );
    }

    #[test]
    fn a_long_day_is_cut_at_whole_hours() {
        let whole = Span { from: 0, until: 1440 };
        let cut = parts(whole, 800.0);
        assert_eq!(
            cut,
            [
                Span { from: 0, until: 720 },
                Span {
                    from: 720,
                    until: 1440
                }
            ]
        );
        assert_eq!(
            parts(
                Span {
                    from: 480,
                    until: 1020
                },
                800.0
            )
            .len(),
            1
        );
    }
}
