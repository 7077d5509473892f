//! Route slips: one for each visit, to go through the practice with the patient, four on a sheet of paper.

use crate::book::Book;
use crate::input::{RouteSlips, Slip};
use crate::list::joined;
use crate::page::{Area, MARGIN, Pen, bold, plain, soft};

const ACROSS: usize = 2;
const DOWN: usize = 2;
const GAP: f32 = 16.0;
const LABEL: f32 = 58.0;

pub(crate) fn draw(sheet: &RouteSlips, book: &mut Book<'_>) {
    let fonts = book.fonts();
    let pages: Vec<&[Slip]> = match sheet.slips.is_empty() {
        true => vec![&[]],
        false => sheet.slips.chunks(ACROSS * DOWN).collect(),
    };
    for slips in pages {
        let mut page = book.blank(false);
        let area = book.framed(&mut page, &sheet.head, &sheet.day, "Route slips");
        let (middle, center) = (area.x + area.w / 2.0, area.y + area.h / 2.0);
        let width = page.width;
        let mut pen = page.pen(fonts);
        if slips.is_empty() {
            pen.paragraph();
            pen.text(
                area.x,
                area.y + 20.0,
                area.w,
                plain(10.0),
                "There are no visits to make slips for.",
            );
        } else {
            pen.dashes((middle, area.y), (middle, area.bottom()));
            pen.dashes((MARGIN, center), (width - MARGIN, center));
        }
        for (at, slip) in slips.iter().enumerate() {
            let (w, h) = ((area.w - GAP) / ACROSS as f32, (area.h - GAP) / DOWN as f32);
            let place = Area {
                x: area.x + (w + GAP) * (at % ACROSS) as f32,
                y: area.y + (h + GAP) * (at / ACROSS) as f32,
                w,
                h,
            };
            one(sheet, slip, place, &mut pen);
        }
        book.push(page);
    }
}

fn one(sheet: &RouteSlips, slip: &Slip, area: Area, pen: &mut Pen<'_>) {
    let visit = &slip.visit;
    pen.artifact();
    pen.outline(area, 1.0, 0);
    let inside = area.inside(8.0);
    let (left, right) = (inside.x, inside.right());
    let mut y = inside.y + 11.0;
    pen.paragraph();
    let badge = Area {
        x: right - 20.0,
        y: inside.y,
        w: 20.0,
        h: 20.0,
    };
    let time = pen.text(left, y, inside.w * 0.45, bold(13.0), &slip.time);
    pen.text(
        left + time + 8.0,
        y,
        inside.w - time - 34.0,
        soft(8.5),
        &sheet.day,
    );
    if !visit.letter.is_empty() {
        pen.outline(badge, 1.0, 0);
        let letter: String = visit.letter.chars().take(2).collect();
        let width = pen.width_of(bold(13.0), &letter);
        pen.text(
            badge.x + (badge.w - width) / 2.0,
            badge.y + 15.0,
            badge.w,
            bold(13.0),
            &letter,
        );
    }
    y += 19.0;
    y = pen.lines(left, y, inside.w - 26.0, bold(14.0), 2, &visit.name) - 2.0;
    let age = visit.age.map(|age| format!("{age} years")).unwrap_or_default();
    let born = match slip.born.as_str() {
        "" => String::new(),
        born => format!("born {born}"),
    };
    let chart = match slip.chart_number.as_str() {
        "" => String::new(),
        number => format!("chart {number}"),
    };
    pen.text(left, y, inside.w, plain(8.5), &joined(&[&age, &born, &chart]));
    y += 5.0;
    if !visit.alert.is_empty() {
        // White on black is what nobody overlooks on a copied sheet.
        let lines = crate::text::wrap(pen.fonts, &visit.alert, bold(9.0).weight, 9.0, inside.w - 8.0, 2);
        let shield = Area {
            x: left,
            y,
            w: inside.w,
            h: lines.len() as f32 * 10.8 + 5.0,
        };
        pen.outline(shield, 1.6, 0);
        let mut baseline = y + 10.5;
        for line in lines {
            pen.text(left + 4.0, baseline, inside.w - 8.0, bold(9.0), &line);
            baseline += 10.8;
        }
        y = shield.bottom();
    }
    y += 13.0;
    let visit_words = joined(&[&visit.kind, &format!("{} min", visit.length)]);
    let facts = [
        ("Visit", visit_words.as_str()),
        ("With", &joined(&[&visit.provider, &visit.operatory])),
        ("Phone", &visit.phone),
        ("Responsible", &slip.responsible),
        ("Next visit", &slip.next_visit),
        ("Note", &visit.note),
    ];
    for (label, text) in facts.iter().filter(|(_, text)| !text.is_empty()) {
        pen.text(left, y, LABEL, soft(8.0), label);
        let most = if *label == "Note" { 4 } else { 2 };
        y = pen.lines(left + LABEL, y, inside.w - LABEL, plain(9.0), most, text) + 1.5;
    }
    y = boxes(&sheet.to_do, inside, y, pen);
    writing(inside, y, right, pen);
}

/// What is to be done, in two columns of boxes.
fn boxes(to_do: &[String], inside: Area, y: f32, pen: &mut Pen<'_>) -> f32 {
    let half = inside.w / 2.0;
    let mut bottom = y;
    for (at, words) in to_do.iter().enumerate() {
        let x = inside.x + half * (at % 2) as f32;
        let baseline = y + 4.0 + (at / 2) as f32 * 13.5;
        if baseline > inside.bottom() - 40.0 {
            break;
        }
        let square = Area {
            x,
            y: baseline - 7.0,
            w: 8.0,
            h: 8.0,
        };
        pen.outline(square, 0.8, 0);
        pen.text(x + 12.0, baseline, half - 14.0, plain(9.0), words);
        bottom = baseline + 12.0;
    }
    bottom
}

/// Lines to write on, as many as there is room for.
fn writing(inside: Area, y: f32, right: f32, pen: &mut Pen<'_>) {
    let last = inside.bottom() - 2.0;
    pen.artifact();
    pen.text(inside.x, last, 120.0, soft(8.0), "Next: in ____ weeks, for");
    pen.line(
        (inside.x + 92.0, last + 1.0),
        (right - 62.0, last + 1.0),
        0.4,
        SOFT_LINE,
    );
    pen.text(right - 58.0, last, 60.0, soft(8.0), "______ minutes");
    let mut line = last - 19.0;
    while line > y + 8.0 {
        pen.line((inside.x, line), (right, line), 0.4, SOFT_LINE);
        line -= 18.0;
    }
}

const SOFT_LINE: u8 = 130;
