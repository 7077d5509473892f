//! One line of text: which font each letter is drawn with, in which direction, how wide it is, where it is cut.

use std::ops::Range;

use harfrust::{Direction, Feature, ShapeOptions, Tag, UnicodeBuffer};
use krilla::text::{GlyphId, KrillaGlyph};
use unicode_bidi::BidiInfo;
use unicode_segmentation::UnicodeSegmentation;

use crate::fonts::{Fonts, Weight, is_silent};

/// Text as it will be drawn, from left to right.
#[derive(Debug, Clone)]
pub(crate) struct Shaped {
    pub(crate) text: String,
    pub(crate) runs: Vec<Run>,
    /// At a size of 1.
    pub(crate) width: f32,
}

/// Letters of one font and direction.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub(crate) face: usize,
    pub(crate) glyphs: Vec<KrillaGlyph>,
    pub(crate) width: f32,
}

/// Control characters and line ends have no place on a line.
fn clean(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Shapes a text, in the order in which it is read (Unicode Annex 9).
pub(crate) fn shape(fonts: &Fonts, text: &str, weight: Weight) -> Shaped {
    let text = clean(text);
    let bidi = BidiInfo::new(&text, None);
    let mut runs = Vec::new();
    for paragraph in &bidi.paragraphs {
        let (levels, visual) = bidi.visual_runs(paragraph, paragraph.range.clone());
        for range in visual {
            let is_rtl = levels.get(range.start).is_some_and(|level| level.is_rtl());
            let mut parts = by_face(fonts, &text, range, weight);
            if is_rtl {
                parts.reverse();
            }
            for (face, part) in parts {
                runs.push(match face {
                    Some(face) => shape_part(fonts, face, &text, part, is_rtl),
                    None => boxes(fonts, &text, part, weight),
                });
            }
        }
    }
    let width = runs.iter().map(|run| run.width).sum();
    Shaped { text, runs, width }
}

/// Cuts a stretch where another font has to take over; a letter and its marks stay together.
fn by_face(
    fonts: &Fonts,
    text: &str,
    range: Range<usize>,
    weight: Weight,
) -> Vec<(Option<usize>, Range<usize>)> {
    let mut parts: Vec<(Option<usize>, Range<usize>)> = Vec::new();
    for (at, grapheme) in text[range.clone()].grapheme_indices(true) {
        let start = range.start + at;
        let part = start..start + grapheme.len();
        let seen: Vec<char> = grapheme.chars().filter(|letter| !is_silent(*letter)).collect();
        let face = match seen.first() {
            None => parts.last().map_or(Some(fonts.first(weight)), |(face, _)| *face),
            // Marks and spaces are in every font: what was used before goes on.
            Some(' ') => parts.last().map_or_else(
                || fonts.face_of(' ', weight),
                |(face, _)| face.or(fonts.face_of(' ', weight)),
            ),
            Some(letter) => fonts.face_of(*letter, weight),
        };
        match parts.last_mut() {
            Some((last, range)) if *last == face => range.end = part.end,
            _ => parts.push((face, part)),
        }
    }
    parts
}

fn shape_part(fonts: &Fonts, face: usize, text: &str, range: Range<usize>, is_rtl: bool) -> Run {
    let part = &text[range.clone()];
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(part);
    buffer.guess_segment_properties();
    buffer.set_direction(match is_rtl {
        true => Direction::RightToLeft,
        false => Direction::LeftToRight,
    });
    let face_of = fonts.face(face);
    // Without `fi` in one letter: some readers that search or copy do not take it apart again.
    let plain = [Feature::new(Tag::new(b"liga"), 0, ..)];
    let shaped = face_of.with_shaper(|shaper| shaper.shape(buffer, ShapeOptions::new().features(&plain)));
    let mut starts: Vec<usize> = shaped
        .glyph_infos()
        .iter()
        .map(|info| info.cluster as usize)
        .collect();
    starts.sort_unstable();
    starts.dedup();
    let end_of = |start: usize| {
        starts
            .iter()
            .copied()
            .find(|other| *other > start)
            .unwrap_or(part.len())
    };
    let em = face_of.units_per_em;
    let glyphs: Vec<KrillaGlyph> = shaped
        .glyph_infos()
        .iter()
        .zip(shaped.glyph_positions())
        .map(|(info, position)| {
            let start = info.cluster as usize;
            KrillaGlyph::new(
                GlyphId::new(info.glyph_id),
                position.x_advance as f32 / em,
                position.x_offset as f32 / em,
                position.y_offset as f32 / em,
                0.0,
                range.start + start..range.start + end_of(start),
                None,
            )
        })
        .collect();
    let width = glyphs.iter().map(|glyph| glyph.x_advance).sum();
    Run { face, glyphs, width }
}

/// What no font has: a sign for each letter, which copies as the letter.
fn boxes(fonts: &Fonts, text: &str, range: Range<usize>, weight: Weight) -> Run {
    let face = fonts.first(weight);
    let font = fonts.face(face);
    let sign = ['\u{fffd}', '?']
        .into_iter()
        .find_map(|sign| font.glyph(sign))
        .unwrap_or_default();
    let advance = font.with_shaper(|shaper| {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str("\u{fffd}");
        buffer.guess_segment_properties();
        let shaped = shaper.shape(buffer, ShapeOptions::new());
        shaped
            .glyph_positions()
            .first()
            .map_or(0, |position| position.x_advance)
    }) as f32
        / font.units_per_em;
    let glyphs: Vec<KrillaGlyph> = text[range.clone()]
        .grapheme_indices(true)
        .map(|(at, grapheme)| {
            let start = range.start + at;
            KrillaGlyph::new(
                GlyphId::new(sign),
                advance,
                0.0,
                0.0,
                0.0,
                start..start + grapheme.len(),
                None,
            )
        })
        .collect();
    let width = glyphs.iter().map(|glyph| glyph.x_advance).sum();
    Run { face, glyphs, width }
}

/// A text cut with `…` to a width in points.
pub(crate) fn fit(fonts: &Fonts, text: &str, weight: Weight, size: f32, width: f32) -> Shaped {
    let whole = shape(fonts, text, weight);
    if whole.width * size <= width {
        return whole;
    }
    let text = whole.text;
    let ends: Vec<usize> = text
        .grapheme_indices(true)
        .map(|(at, grapheme)| at + grapheme.len())
        .collect();
    let cut = |count: usize| {
        let end = count.checked_sub(1).map_or(0, |last| ends[last]);
        shape(fonts, &format!("{}…", text[..end].trim_end()), weight)
    };
    // The most letters that fit; widths grow with letters, near enough for a halving.
    let (mut least, mut most) = (0, ends.len());
    while least < most {
        let middle = (least + most).div_ceil(2);
        if cut(middle).width * size <= width {
            least = middle;
        } else {
            most = middle - 1;
        }
    }
    cut(least)
}

/// A text broken into at most so many lines of a width in points; the last one ends in `…` if there is more.
pub(crate) fn wrap(
    fonts: &Fonts,
    text: &str,
    weight: Weight,
    size: f32,
    width: f32,
    most: usize,
) -> Vec<String> {
    let text = clean(text);
    let mut lines: Vec<String> = Vec::new();
    let mut words = text.split(' ').filter(|word| !word.is_empty()).peekable();
    let fits = |line: &str| shape(fonts, line, weight).width * size <= width;
    while let Some(first) = words.next() {
        if lines.len() + 1 == most {
            let rest = std::iter::once(first)
                .chain(words.by_ref())
                .collect::<Vec<_>>()
                .join(" ");
            lines.push(fit(fonts, &rest, weight, size, width).text);
            break;
        }
        if lines.len() == most {
            break;
        }
        let mut line = first.to_owned();
        if !fits(&line) {
            // A word longer than the line is broken where it must be.
            let mut rest = line.as_str();
            while !fits(rest) && lines.len() + 1 < most {
                let mut end = 0;
                for (at, grapheme) in rest.grapheme_indices(true) {
                    if end > 0 && !fits(&rest[..at + grapheme.len()]) {
                        break;
                    }
                    end = at + grapheme.len();
                }
                lines.push(rest[..end].to_owned());
                rest = &rest[end..];
            }
            line = rest.to_owned();
            if line.is_empty() {
                continue;
            }
        }
        while let Some(word) = words.peek() {
            let longer = format!("{line} {word}");
            if !fits(&longer) {
                break;
            }
            line = longer;
            words.next();
        }
        lines.push(match lines.len() + 1 == most {
            true => {
                let rest = words.by_ref().collect::<Vec<_>>().join(" ");
                fit(fonts, format!("{line} {rest}").trim_end(), weight, size, width).text
            }
            false => line,
        });
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(text: &str) -> Shaped {
        shape(Fonts::bundled(), text, Weight::Regular)
    }

    #[test]
    fn right_to_left_runs_stand_in_visual_order() {
        let mixed = drawn("Rivera אורי 12");
        let order: Vec<usize> = mixed
            .runs
            .iter()
            .flat_map(|run| run.glyphs.iter().map(|glyph| glyph.text_range.start))
            .collect();
        let latin: Vec<usize> = (0..7).collect();
        assert_eq!(order[..7], latin, "Latin first, as it is the first strong letter");
        let hebrew: Vec<usize> = order.iter().copied().filter(|at| (7..15).contains(at)).collect();
        let mut backwards = hebrew.clone();
        backwards.sort_unstable_by(|one, other| other.cmp(one));
        assert_eq!(hebrew, backwards, "the last letter stands leftmost");
    }

    #[test]
    fn arabic_letters_join() {
        let glyphs = |text: &str| -> Vec<u32> {
            let shaped = drawn(text);
            let all = shaped.runs.iter().flat_map(|run| &run.glyphs);
            all.map(|glyph| glyph.glyph_id.to_u32()).collect()
        };
        let alone: Vec<u32> = "دمحم"
            .chars()
            .flat_map(|letter| glyphs(&letter.to_string()))
            .collect();
        let joined = glyphs("محمد");
        assert_eq!(joined.len(), 4, "from left to right, so the other way round");
        assert!(
            joined.iter().zip(&alone).all(|(joined, alone)| joined != alone),
            "{joined:?} {alone:?}"
        );
    }

    #[test]
    fn what_no_font_has_is_one_sign_a_letter_and_still_the_text() {
        let family = drawn("A 👨‍👩‍👧 山");
        let signs: Vec<_> = family.runs.iter().flat_map(|run| &run.glyphs).collect();
        assert_eq!(signs.len(), 5, "A, space, family, space, mountain");
        assert_eq!(family.text, "A 👨‍👩‍👧 山");
    }

    #[test]
    fn cutting_keeps_letters_whole_and_stays_inside() {
        let fonts = Fonts::bundled();
        let long = "e\u{301}".repeat(200);
        let cut = fit(fonts, &long, Weight::Bold, 8.0, 60.0);
        assert!(cut.width * 8.0 <= 60.0);
        assert!(cut.text.ends_with("\u{301}…"), "{}", cut.text);
        assert_eq!(fit(fonts, "short", Weight::Bold, 8.0, 60.0).text, "short");
        assert_eq!(fit(fonts, "nothing fits here", Weight::Bold, 8.0, 1.0).text, "…");
    }

    #[test]
    fn lines_are_broken_at_words_and_long_words_anywhere() {
        let fonts = Fonts::bundled();
        let lines = wrap(fonts, "likes to sit by the window", Weight::Regular, 8.0, 60.0, 9);
        assert_eq!(lines.join(" "), "likes to sit by the window");
        assert!(lines.len() > 1);
        let lines = wrap(fonts, &"W".repeat(40), Weight::Regular, 8.0, 60.0, 9);
        assert_eq!(lines.concat(), "W".repeat(40));
        let lines = wrap(fonts, &"word ".repeat(90), Weight::Regular, 8.0, 60.0, 3);
        assert_eq!(lines.len(), 3);
        assert!(lines[2].ends_with('…'));
        assert!(wrap(fonts, " \n\t ", Weight::Regular, 8.0, 60.0, 3).is_empty());
    }
}
