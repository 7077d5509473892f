//! One page as a list of what is drawn on it, and the pen that draws.

use crate::fonts::{Fonts, Weight};
use crate::text::{self, Shaped};

/// Black, white and what is between: 0 to 255.
pub(crate) type Grey = u8;
pub(crate) const BLACK: Grey = 0;
pub(crate) const WHITE: Grey = 255;
/// For what is beside the point, and still black enough for a bad printer.
pub(crate) const SOFT: Grey = 80;

/// A rectangle in points, from the upper left corner of the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Area {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) w: f32,
    pub(crate) h: f32,
}

impl Area {
    pub(crate) fn right(self) -> f32 {
        self.x + self.w
    }

    pub(crate) fn bottom(self) -> f32 {
        self.y + self.h
    }

    pub(crate) fn inside(self, by: f32) -> Area {
        Area {
            x: self.x + by,
            y: self.y + by,
            w: (self.w - 2.0 * by).max(0.0),
            h: (self.h - 2.0 * by).max(0.0),
        }
    }
}

/// What a stretch of text is to somebody who has it read aloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Read on every page and therefore on none: heads, feet, times along the edge.
    Artifact,
    Heading,
    /// Texts with the same number are one paragraph.
    Paragraph(usize),
}

#[derive(Debug, Clone)]
pub(crate) enum Item {
    Text {
        x: f32,
        baseline: f32,
        size: f32,
        grey: Grey,
        role: Role,
        shaped: Shaped,
    },
    Filled(Area, Grey),
    Outlined(Area, f32, Grey),
    Line {
        from: (f32, f32),
        to: (f32, f32),
        width: f32,
        grey: Grey,
        is_dashed: bool,
    },
    /// Slanted lines.
    Hatched(Area),
    /// A tick as tall as wide, from its upper left corner.
    Tick(f32, f32, f32),
}

#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) width: f32,
    pub(crate) height: f32,
    pub(crate) items: Vec<Item>,
    paragraphs: usize,
}

/// Free on every side; printers reach no nearer to the edge.
pub(crate) const MARGIN: f32 = 28.0;

impl Page {
    pub(crate) fn new((width, height): (f32, f32)) -> Page {
        Page {
            width,
            height,
            items: Vec::new(),
            paragraphs: 0,
        }
    }

    pub(crate) fn pen<'a>(&'a mut self, fonts: &'a Fonts) -> Pen<'a> {
        Pen {
            page: self,
            fonts,
            role: Role::Artifact,
        }
    }

    /// What is read aloud, a line a paragraph.
    pub(crate) fn read(&self) -> String {
        let mut lines: Vec<(Role, String)> = Vec::new();
        for item in &self.items {
            let Item::Text { role, shaped, .. } = item else {
                continue;
            };
            match lines.last_mut() {
                Some((last, line)) if last == role && *role != Role::Artifact => {
                    line.push_str("  ");
                    line.push_str(&shaped.text);
                }
                _ => lines.push((*role, shaped.text.clone())),
            }
        }
        lines
            .into_iter()
            .map(|(role, line)| match role {
                Role::Artifact => format!("  ({line})\n"),
                Role::Heading => format!("# {line}\n"),
                Role::Paragraph(_) => format!("- {line}\n"),
            })
            .collect()
    }
}

/// Draws on a page. Where text goes is where its letters stand: the baseline.
pub(crate) struct Pen<'a> {
    page: &'a mut Page,
    pub(crate) fonts: &'a Fonts,
    role: Role,
}

impl Pen<'_> {
    pub(crate) fn artifact(&mut self) {
        self.role = Role::Artifact;
    }

    pub(crate) fn heading(&mut self) {
        self.role = Role::Heading;
    }

    /// What comes now is a paragraph of its own.
    pub(crate) fn paragraph(&mut self) {
        self.page.paragraphs += 1;
        self.role = Role::Paragraph(self.page.paragraphs);
    }

    /// Draws what fits into a width and says how wide it became.
    pub(crate) fn text(&mut self, x: f32, baseline: f32, width: f32, style: Style, text: &str) -> f32 {
        if text.is_empty() || width <= 0.0 {
            return 0.0;
        }
        let shaped = text::fit(self.fonts, text, style.weight, style.size, width);
        self.put(x, baseline, style, shaped)
    }

    /// The same, ending at `right`.
    pub(crate) fn text_to(&mut self, right: f32, baseline: f32, width: f32, style: Style, text: &str) -> f32 {
        if text.is_empty() || width <= 0.0 {
            return 0.0;
        }
        let shaped = text::fit(self.fonts, text, style.weight, style.size, width);
        let x = right - shaped.width * style.size;
        self.put(x, baseline, style, shaped)
    }

    /// Several lines, and where the next one would stand.
    pub(crate) fn lines(
        &mut self,
        x: f32,
        baseline: f32,
        width: f32,
        style: Style,
        most: usize,
        text: &str,
    ) -> f32 {
        let mut baseline = baseline;
        for line in text::wrap(self.fonts, text, style.weight, style.size, width, most) {
            self.text(x, baseline, width, style, &line);
            baseline += style.leading();
        }
        baseline
    }

    pub(crate) fn width_of(&self, style: Style, text: &str) -> f32 {
        text::shape(self.fonts, text, style.weight).width * style.size
    }

    fn put(&mut self, x: f32, baseline: f32, style: Style, shaped: Shaped) -> f32 {
        let width = shaped.width * style.size;
        self.page.items.push(Item::Text {
            x,
            baseline,
            size: style.size,
            grey: style.grey,
            role: self.role,
            shaped,
        });
        width
    }

    pub(crate) fn fill(&mut self, area: Area, grey: Grey) {
        self.page.items.push(Item::Filled(area, grey));
    }

    pub(crate) fn outline(&mut self, area: Area, width: f32, grey: Grey) {
        self.page.items.push(Item::Outlined(area, width, grey));
    }

    pub(crate) fn line(&mut self, from: (f32, f32), to: (f32, f32), width: f32, grey: Grey) {
        self.page.items.push(Item::Line {
            from,
            to,
            width,
            grey,
            is_dashed: false,
        });
    }

    pub(crate) fn dashes(&mut self, from: (f32, f32), to: (f32, f32)) {
        self.page.items.push(Item::Line {
            from,
            to,
            width: 0.5,
            grey: SOFT,
            is_dashed: true,
        });
    }

    pub(crate) fn hatch(&mut self, area: Area) {
        self.page.items.push(Item::Hatched(area));
    }

    pub(crate) fn tick(&mut self, x: f32, y: f32, size: f32) {
        self.page.items.push(Item::Tick(x, y, size));
    }
}

/// How text looks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    pub(crate) size: f32,
    pub(crate) weight: Weight,
    pub(crate) grey: Grey,
}

impl Style {
    pub(crate) fn leading(self) -> f32 {
        self.size * 1.2
    }
}

pub(crate) fn plain(size: f32) -> Style {
    Style {
        size,
        weight: Weight::Regular,
        grey: BLACK,
    }
}

pub(crate) fn bold(size: f32) -> Style {
    Style {
        size,
        weight: Weight::Bold,
        grey: BLACK,
    }
}

pub(crate) fn soft(size: f32) -> Style {
    Style {
        size,
        weight: Weight::Regular,
        grey: SOFT,
    }
}
