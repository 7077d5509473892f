//! Every visit of a day in full, by time: what a box of the grid had no room for is here.

use crate::book::Book;
use crate::input::{DaySheet, Visit};
use crate::page::{Area, Pen, bold, plain, soft};
use crate::text;

const TEXT: f32 = 8.5;
const PADDING: f32 = 3.0;
/// Notes are cut after this many lines: a page holds one visit at least.
const MOST_LINES: usize = 24;

/// Where the parts of a line stand, as parts of the width.
const TIME: f32 = 0.0;
const WHO: f32 = 0.1;
const WHAT: f32 = 0.37;
const STATUS: f32 = 0.6;
const TELL: f32 = 0.74;

/// A cell: lines with their weight.
type Lines = Vec<(String, bool)>;

pub(crate) fn draw(sheet: &DaySheet, book: &mut Book<'_>) {
    let mut visits: Vec<&Visit> = sheet.columns.iter().flat_map(|column| &column.visits).collect();
    let by_time = |one: &&Visit, other: &&Visit| (one.starts, &one.name).cmp(&(other.starts, &other.name));
    visits.sort_by(by_time);
    let mut broken: Vec<&Visit> = sheet.broken.iter().collect();
    broken.sort_by(by_time);
    if visits.is_empty() && broken.is_empty() {
        return;
    }
    let fonts = book.fonts();
    let mut rest = visits
        .into_iter()
        .map(|visit| (visit, false))
        .chain(broken.into_iter().map(|visit| (visit, true)))
        .peekable();
    let mut said_broken = false;
    while rest.peek().is_some() {
        let mut page = book.blank(false);
        let area = book.framed(&mut page, &sheet.head, &sheet.day, "All visits by time");
        let mut pen = page.pen(fonts);
        let mut y = head(area, &mut pen);
        let mut is_first = true;
        while let Some((visit, is_broken)) = rest.peek().copied() {
            let cells = cells(sheet, visit, area.w, &pen);
            let lines = cells.iter().map(|(_, _, lines)| lines.len()).max().unwrap_or(1);
            let says = is_broken && !said_broken;
            let title = if says { 20.0 } else { 0.0 };
            let height = lines as f32 * TEXT * 1.2 + 2.0 * PADDING;
            if !is_first && y + title + height > area.bottom() {
                break;
            }
            if says {
                pen.paragraph();
                pen.text(area.x, y + 14.0, area.w, bold(10.0), "Not taking place");
                said_broken = true;
                y += title;
            }
            pen.paragraph();
            for (at, width, lines) in &cells {
                let mut baseline = y + PADDING + TEXT;
                for (line, is_bold) in lines {
                    let style = if *is_bold { bold(TEXT) } else { plain(TEXT) };
                    pen.text(area.x + at * area.w, baseline, width * area.w - 6.0, style, line);
                    baseline += style.leading();
                }
            }
            pen.artifact();
            y += height;
            pen.line((area.x, y), (area.right(), y), 0.3, 130);
            is_first = false;
            rest.next();
        }
        book.push(page);
    }
}

fn head(area: Area, pen: &mut Pen<'_>) -> f32 {
    pen.artifact();
    let names = [
        (TIME, "Time"),
        (WHO, "Patient"),
        (WHAT, "Visit"),
        (STATUS, "Status"),
        (TELL, "Alert and note"),
    ];
    for (at, name) in names {
        pen.text(area.x + at * area.w, area.y + 10.0, 200.0, soft(8.0), name);
    }
    let y = area.y + 14.0;
    pen.line((area.x, y), (area.right(), y), 0.6, 0);
    y
}

fn cells(sheet: &DaySheet, visit: &Visit, width: f32, pen: &Pen<'_>) -> Vec<(f32, f32, Lines)> {
    let mut cells = Vec::new();
    let mut add = |at: f32, until: f32, texts: &[(&str, bool)]| {
        let mut lines = Lines::new();
        for (text, is_bold) in texts {
            let style = if *is_bold { bold(TEXT) } else { plain(TEXT) };
            let room = (until - at) * width - 6.0;
            let most = MOST_LINES.saturating_sub(lines.len());
            let wrapped = text::wrap(pen.fonts, text, style.weight, style.size, room, most);
            lines.extend(wrapped.into_iter().map(|line| (line, *is_bold)));
        }
        cells.push((at, until - at, lines));
    };
    add(
        TIME,
        WHO,
        &[
            (&sheet.clock.words(visit.starts), true),
            (&format!("{} min", visit.length), false),
        ],
    );
    let age = visit.age.map(|age| format!("{age} years")).unwrap_or_default();
    add(
        WHO,
        WHAT,
        &[(&visit.name, true), (&joined(&[&age, &visit.phone]), false)],
    );
    let kind = match visit.letter.as_str() {
        "" => visit.kind.clone(),
        letter => format!("[{letter}] {}", visit.kind),
    };
    add(
        WHAT,
        STATUS,
        &[
            (&kind, false),
            (&joined(&[&visit.provider, &visit.operatory]), false),
        ],
    );
    let flags = [
        (visit.is_first, "first visit"),
        (visit.is_asap, "would come sooner"),
        (visit.has_conflict, "double booked"),
    ];
    let mut status: Vec<(&str, bool)> = vec![(&visit.status, false)];
    status.extend(
        flags
            .iter()
            .filter(|(is, _)| *is)
            .map(|(_, words)| (*words, false)),
    );
    let early = visit.early_words();
    status.extend(early.as_deref().map(|words| (words, false)));
    add(STATUS, TELL, &status);
    let alert = match visit.alert.as_str() {
        "" => String::new(),
        alert => format!("! {alert}"),
    };
    add(TELL, 1.0, &[(&alert, true), (&visit.note, false)]);
    cells
}

pub(crate) fn joined(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    parts.join(" · ")
}
