//! One visit's box: as much of it as its height has room for, the most needed first.

use super::Scale;
use crate::input::{Column, DaySheet, Progress, Unit, Visit};
use crate::list::joined;
use crate::page::{Area, Pen, WHITE, bold, plain};

const STRIP: f32 = 4.5;
const BADGE: f32 = 9.0;
const UNIT_MINUTES: u16 = 5;
/// Below this there is one line only.
const ONE_LINE: f32 = 17.0;
/// Narrower than this the time makes room for the name.
const NARROW: f32 = 95.0;

pub(super) fn draw(
    sheet: &DaySheet,
    column: &Column,
    visit: &Visit,
    scale: Scale,
    area: Area,
    pen: &mut Pen<'_>,
) {
    pen.fill(area, WHITE);
    pattern(visit, scale, area, pen);
    pen.outline(area, if visit.has_conflict { 1.8 } else { 0.8 }, 0);
    pen.paragraph();
    let small = area.h < ONE_LINE;
    let size = if small { 7.5 } else { 8.5 };
    let left = area.x + STRIP + 3.0;
    let mut right = area.right() - 2.0;
    let baseline = area.y + if small { (area.h + size * 0.72) / 2.0 } else { 9.0 };
    if !visit.letter.is_empty() && area.w > 40.0 {
        let side = BADGE.min(area.h - 1.0);
        badge(&visit.letter, right - side + 1.0, area.y + 1.0, side, pen);
        right -= side + 1.0;
    }
    if !visit.alert.is_empty() {
        let side = 7.5_f32.min(area.h - 1.5);
        warning(right - side, area.y + 1.2, side, pen);
        right -= side + 2.0;
    }
    let mut x = left;
    mark(visit.progress, x, baseline - 5.6, 5.8, pen);
    x += 8.0;
    let time = sheet.clock.words(visit.starts);
    let is_narrow = area.w < NARROW && !small;
    if !is_narrow {
        x += pen.text(x, baseline, right - x, plain(size - 0.5), &time) + 3.0;
    }
    x += pen.text(x, baseline, right - x, bold(size), &visit.name) + 3.0;
    if let Some(age) = visit.age
        && right - x > 10.0
    {
        x += pen.text(x, baseline, right - x, plain(size - 0.5), &age.to_string()) + 3.0;
    }
    let style = plain(7.5);
    let mut line = baseline + 9.3;
    let last = area.bottom() - 2.2;
    if line > last {
        // One line has to do; a wide box has room on it for the rest.
        let rest = joined(&[&what(visit, column), &visit.alert, &reach(visit)]);
        if right - x > 22.0 {
            pen.text(x, baseline, right - x, plain(7.0), &rest);
        }
        pen.artifact();
        return;
    }
    let width = area.right() - 2.0 - left;
    let mut lines: Vec<(String, bool)> = vec![(what(visit, column), false)];
    if is_narrow {
        lines[0].0 = format!("{time} {}", lines[0].0);
    }
    if !visit.alert.is_empty() {
        lines.push((visit.alert.clone(), true));
    }
    lines.push((reach(visit), false));
    for (text, is_bold) in lines.iter().filter(|(text, _)| !text.is_empty()) {
        if line > last {
            break;
        }
        pen.text(left, line, width, if *is_bold { bold(7.5) } else { style }, text);
        line += style.leading();
    }
    if line <= last && !visit.note.is_empty() {
        let most = 1 + ((last - line) / style.leading()) as usize;
        pen.lines(left, line, width, style, most.min(6), &visit.note);
    }
    pen.artifact();
}

/// `Adjustment · 30 min · Chen`; what the column says is not said again.
fn what(visit: &Visit, column: &Column) -> String {
    let mut parts = vec![visit.kind.clone(), format!("{} min", visit.length)];
    for other in [&visit.provider, &visit.operatory] {
        if !other.is_empty() && *other != column.name {
            parts.push(other.clone());
        }
    }
    parts.retain(|part| !part.is_empty());
    parts.join(" · ")
}

/// Phone, status, and what else is to be known.
fn reach(visit: &Visit) -> String {
    let flags = [
        (visit.is_first, "first visit"),
        (visit.is_asap, "would come sooner"),
        (visit.has_conflict, "double booked"),
    ];
    let early = visit.early_words();
    [visit.phone.as_str(), visit.status.as_str()]
        .into_iter()
        .filter(|text| !text.is_empty())
        .chain(flags.iter().filter(|(is, _)| *is).map(|(_, words)| *words))
        .chain(early.as_deref())
        .collect::<Vec<_>>()
        .join(" · ")
}

/// Filled where the provider is needed, hollow where an assistant is enough.
fn pattern(visit: &Visit, scale: Scale, area: Area, pen: &mut Pen<'_>) {
    let mut at = visit.starts;
    for unit in &visit.pattern {
        let until = at.saturating_add(UNIT_MINUTES).min(visit.ends());
        let (top, bottom) = (scale.y(at), scale.y(until));
        if bottom - top > 0.2 {
            let cell = Area {
                x: area.x,
                y: top.max(area.y),
                w: STRIP,
                h: (bottom - top).min(area.bottom() - top).max(0.0),
            };
            if *unit == Unit::Provider {
                pen.fill(cell, 0);
                pen.outline(cell, 0.3, WHITE);
            } else {
                pen.outline(cell, 0.4, 0);
            }
        }
        at = until;
    }
}

/// How far a visit has come: an empty box, a ticked one, a half and a whole filled one.
pub(super) fn mark(progress: Progress, x: f32, y: f32, side: f32, pen: &mut Pen<'_>) {
    let area = Area {
        x,
        y,
        w: side,
        h: side,
    };
    match progress {
        Progress::Unconfirmed => {}
        Progress::Confirmed => pen.tick(x + 0.2, y - 0.8, side),
        Progress::Here => pen.fill(
            Area {
                y: y + side / 2.0,
                h: side / 2.0,
                ..area
            },
            0,
        ),
        Progress::Done => pen.fill(area, 0),
        Progress::Broken => {
            pen.line((x, y), (x + side, y + side), 0.8, 0);
            pen.line((x + side, y), (x, y + side), 0.8, 0);
        }
    }
    pen.outline(area, 0.7, 0);
}

/// A letter in a box.
fn badge(letter: &str, x: f32, y: f32, side: f32, pen: &mut Pen<'_>) {
    pen.outline(
        Area {
            x,
            y,
            w: side,
            h: side,
        },
        0.6,
        0,
    );
    let style = bold(side * 0.78);
    let letter: String = letter.chars().take(2).collect();
    let width = pen.width_of(style, &letter);
    pen.text(x + (side - width) / 2.0, y + side * 0.78, side, style, &letter);
}

/// White on black: look here.
pub(super) fn warning(x: f32, y: f32, side: f32, pen: &mut Pen<'_>) {
    pen.fill(
        Area {
            x,
            y,
            w: side,
            h: side,
        },
        0,
    );
    pen.fill(
        Area {
            x: x + side * 0.42,
            y: y + side * 0.14,
            w: side * 0.17,
            h: side * 0.45,
        },
        WHITE,
    );
    pen.fill(
        Area {
            x: x + side * 0.42,
            y: y + side * 0.7,
            w: side * 0.17,
            h: side * 0.16,
        },
        WHITE,
    );
}
