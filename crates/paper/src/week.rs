//! A week as a table: a row for each provider or operatory, a column for each day.

use crate::book::Book;
use crate::fonts::Fonts;
use crate::input::{Week, WeekRow, WeekVisit};
use crate::page::{Area, Page, Pen, WHITE, bold, plain, soft};

const NAME: f32 = 66.0;
const HEAD: f32 = 16.0;
const LINE: f32 = 9.4;
const TEXT: f32 = 7.2;
/// Above and below the lines of a row.
const PADDING: f32 = 3.0;

pub(crate) fn draw(sheet: &Week, book: &mut Book<'_>) {
    let fonts = book.fonts();
    let mut page = book.blank(true);
    let mut area = book.framed(&mut page, &sheet.head, &sheet.week, &sheet.by);
    let mut y = head(sheet, area, &mut page, fonts);
    if sheet.rows.is_empty() {
        let mut pen = page.pen(fonts);
        pen.paragraph();
        let words = "There is nothing to show: nothing is in use here, or nothing was chosen.";
        pen.text(area.x, y + 20.0, area.w, plain(10.0), words);
    }
    for row in &sheet.rows {
        let lines = row.days.iter().map(Vec::len).max().unwrap_or(0).max(2);
        let mut done = 0;
        while done < lines {
            let room = ((area.bottom() - y - 2.0 * PADDING) / LINE) as usize;
            // A row is not begun for a line or two that would stand alone.
            if room < (lines - done).min(4) {
                book.push(page);
                page = book.blank(true);
                area = book.framed(&mut page, &sheet.head, &sheet.week, &sheet.by);
                y = head(sheet, area, &mut page, fonts);
                continue;
            }
            let until = lines.min(done + room);
            let height = (until - done) as f32 * LINE + 2.0 * PADDING;
            let place = Area { y, h: height, ..area };
            cells(sheet, row, done..until, place, &mut page.pen(fonts));
            y += height;
            done = until;
        }
    }
    book.push(page);
}

fn day_width(sheet: &Week, area: Area) -> f32 {
    (area.w - NAME) / sheet.days.len().max(1) as f32
}

fn head(sheet: &Week, area: Area, page: &mut Page, fonts: &Fonts) -> f32 {
    let mut pen = page.pen(fonts);
    let width = day_width(sheet, area);
    for (at, day) in sheet.days.iter().enumerate() {
        let x = area.x + NAME + width * at as f32;
        let name = pen.text(x + 3.0, area.y + 11.0, width - 6.0, bold(9.5), &day.name);
        if day.is_closed {
            pen.text(
                x + name + 8.0,
                area.y + 11.0,
                width - name - 10.0,
                soft(8.0),
                "closed",
            );
        }
    }
    pen.line((area.x, area.y + HEAD), (area.right(), area.y + HEAD), 0.8, 0);
    area.y + HEAD
}

fn cells(sheet: &Week, row: &WeekRow, lines: std::ops::Range<usize>, place: Area, pen: &mut Pen<'_>) {
    let width = day_width(sheet, place);
    pen.paragraph();
    let first = place.y + PADDING + 7.0;
    let next = pen.lines(place.x + 2.0, first, NAME - 6.0, bold(9.0), 2, &row.name);
    let visits = row.days.iter().flatten().filter(|line| !line.is_block).count();
    let count = match (lines.start, visits) {
        (0, 1) => "1 visit".to_owned(),
        (0, visits) => format!("{visits} visits"),
        _ => "(continued)".to_owned(),
    };
    pen.text(place.x + 2.0, next, NAME - 6.0, soft(7.5), &count);
    for (at, day) in row.days.iter().enumerate().take(sheet.days.len()) {
        let x = place.x + NAME + width * at as f32;
        pen.artifact();
        if sheet.days.get(at).is_some_and(|day| day.is_closed) {
            pen.fill(Area { x, w: width, ..place }, 236);
        }
        for (nth, visit) in day.iter().enumerate().skip(lines.start).take(lines.len()) {
            let top = place.y + PADDING + (nth - lines.start) as f32 * LINE;
            let area = Area {
                x: x + 2.0,
                y: top,
                w: width - 4.0,
                h: LINE,
            };
            line(visit, area, pen);
        }
        pen.artifact();
        pen.line((x, place.y), (x, place.bottom()), 0.3, 130);
    }
    pen.artifact();
    pen.line((place.x, place.bottom()), (place.right(), place.bottom()), 0.6, 0);
}

fn line(visit: &WeekVisit, area: Area, pen: &mut Pen<'_>) {
    let baseline = area.y + 7.2;
    pen.paragraph();
    if visit.is_block {
        pen.hatch(area);
        let words = format!("{} {}", visit.time, visit.name);
        let width = pen.width_of(plain(TEXT), &words).min(area.w - 6.0);
        let label = Area {
            x: area.x + 1.0,
            y: area.y + 0.5,
            w: width + 3.0,
            h: area.h - 1.0,
        };
        pen.fill(label, WHITE);
        pen.text(area.x + 2.0, baseline, width + 0.5, plain(TEXT), &words);
        return;
    }
    let time = pen.text_to(area.x + 21.0, baseline, 22.0, plain(TEXT), &visit.time);
    let name = area.x + 24.0_f32.max(time + 2.0);
    let right = area.right() - 2.0;
    let letter: String = visit.letter.chars().take(2).collect();
    let side = pen.text_to(right, baseline, 14.0, bold(TEXT), &letter);
    let tick = if visit.is_confirmed { 7.0 } else { 0.0 };
    pen.text(
        name,
        baseline,
        right - side - tick - 2.0 - name,
        plain(TEXT),
        &visit.name,
    );
    if visit.is_confirmed {
        pen.tick(right - side - 7.0, area.y + 2.0, 5.2);
    }
}
