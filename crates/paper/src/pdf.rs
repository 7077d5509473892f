//! Pages as a PDF, tagged so that it can be read aloud (PDF/UA-1, ISO 14289-1).

use std::num::NonZeroU16;

use krilla::color::luma;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{Path, PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, LineCap, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, SpanTag, Tag, TagGroup, TagTree};
use krilla::{Document, SerializeSettings};

use crate::fonts::Fonts;
use crate::page::{Area, Grey, Item, Page, Role};

/// Distance between hatching lines.
const HATCH: f32 = 4.5;

/// A chapter for the outline: its title and its first page.
pub(crate) type Chapter = (String, usize);

pub(crate) fn write(pages: &[Page], title: &str, chapters: &[Chapter], fonts: &Fonts) -> Vec<u8> {
    let settings = SerializeSettings {
        configuration: ConfigurationBuilder::new()
            .with_accessibility_validator(Accessibility::UA1)
            .finish()
            .expect("one standard alone contradicts nothing"),
        ..SerializeSettings::default()
    };
    match written(pages, title, chapters, fonts, settings) {
        Ok(bytes) => bytes,
        // A name whose letters a font draws in a way that the standard does not allow must still be printed.
        Err(_) => written(pages, title, chapters, fonts, SerializeSettings::default())
            .expect("what is drawn here are lines and letters of fonts that were read"),
    }
}

fn written(
    pages: &[Page],
    title: &str,
    chapters: &[Chapter],
    fonts: &Fonts,
    settings: SerializeSettings,
) -> krilla::error::KrillaResult<Vec<u8>> {
    let mut document = Document::new_with(settings);
    document.set_metadata(
        Metadata::new()
            .title(title.to_owned())
            .language("en".to_owned())
            .creator("Orca Front Desk".to_owned()),
    );
    let mut tags = TagTree::new();
    for page in pages {
        let size = PageSettings::from_wh(page.width, page.height).expect("paper has a size");
        let mut sheet = document.start_page_with(size);
        let mut surface = sheet.surface();
        draw(page, &mut surface, fonts, &mut tags);
        surface.finish();
        sheet.finish();
    }
    document.set_tag_tree(tags);
    let mut outline = Outline::new();
    for (name, page) in chapters {
        let top = XyzDestination::new(*page, Point::from_xy(0.0, 0.0));
        outline.push_child(OutlineNode::new(name.clone(), top));
    }
    document.set_outline(outline);
    document.finish()
}

fn draw(page: &Page, surface: &mut Surface<'_>, fonts: &Fonts, tags: &mut TagTree) {
    let mut group: Option<(Role, TagGroup)> = None;
    for item in &page.items {
        let Item::Text { role, shaped, .. } = item else {
            surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
            shape(item, surface);
            surface.end_tagged();
            continue;
        };
        if *role == Role::Artifact {
            surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(
                ArtifactType::PaginationOther,
            )));
            letters(item, surface, fonts);
            surface.end_tagged();
            continue;
        }
        let id = surface.start_tagged(ContentTag::Span(SpanTag::empty()));
        letters(item, surface, fonts);
        surface.end_tagged();
        match &mut group {
            Some((last, group)) if last == role => group.push(id),
            _ => {
                if let Some((_, done)) = group.take() {
                    tags.push(done);
                }
                let mut begun = match role {
                    Role::Heading => TagGroup::new(Tag::Hn(NonZeroU16::MIN, Some(shaped.text.clone()))),
                    _ => TagGroup::new(Tag::P),
                };
                begun.push(id);
                group = Some((*role, begun));
            }
        }
    }
    if let Some((_, done)) = group {
        tags.push(done);
    }
}

fn letters(item: &Item, surface: &mut Surface<'_>, fonts: &Fonts) {
    let Item::Text {
        x,
        baseline,
        size,
        grey,
        shaped,
        ..
    } = item
    else {
        return;
    };
    paint(surface, *grey);
    let mut x = *x;
    for run in &shaped.runs {
        surface.draw_glyphs(
            Point::from_xy(x, *baseline),
            &run.glyphs,
            fonts.face(run.face).krilla.clone(),
            &shaped.text,
            *size,
            false,
        );
        x += run.width * size;
    }
}

fn shape(item: &Item, surface: &mut Surface<'_>) {
    match item {
        Item::Text { .. } => {}
        Item::Filled(area, grey) => {
            paint(surface, *grey);
            path(surface, |path| rectangle(path, *area));
        }
        Item::Outlined(area, width, grey) => {
            stroke(surface, *width, *grey, false);
            path(surface, |path| rectangle(path, *area));
        }
        Item::Line {
            from,
            to,
            width,
            grey,
            is_dashed,
        } => {
            stroke(surface, *width, *grey, *is_dashed);
            path(surface, |path| {
                path.move_to(from.0, from.1);
                path.line_to(to.0, to.1);
            });
        }
        Item::Hatched(area) => {
            stroke(surface, 0.45, 120, false);
            path(surface, |path| hatching(path, *area));
        }
        Item::Tick(x, y, size) => {
            stroke(surface, size * 0.17, 0, false);
            path(surface, |path| {
                path.move_to(x + size * 0.08, y + size * 0.55);
                path.line_to(x + size * 0.38, y + size * 0.88);
                path.line_to(x + size * 0.95, y + size * 0.12);
            });
        }
    }
}

/// Lines from lower left to upper right, cut at the edges.
fn hatching(path: &mut PathBuilder, area: Area) {
    // On x + y = sum. Sums count from the page's corner, so that neighbours' lines meet.
    let mut sum = ((area.x + area.y) / HATCH).ceil() * HATCH;
    while sum < area.right() + area.bottom() {
        let left = area.x.max(sum - area.bottom());
        let right = area.right().min(sum - area.y);
        if right - left > 0.1 {
            path.move_to(left, sum - left);
            path.line_to(right, sum - right);
        }
        sum += HATCH;
    }
}

fn rectangle(path: &mut PathBuilder, area: Area) {
    if let Some(rect) = Rect::from_xywh(area.x, area.y, area.w, area.h) {
        path.push_rect(rect);
    }
}

fn paint(surface: &mut Surface<'_>, grey: Grey) {
    surface.set_stroke(None);
    surface.set_fill(Some(Fill {
        paint: luma::Color::new(grey).into(),
        opacity: NormalizedF32::ONE,
        ..Fill::default()
    }));
}

fn stroke(surface: &mut Surface<'_>, width: f32, grey: Grey, is_dashed: bool) {
    surface.set_fill(None);
    surface.set_stroke(Some(Stroke {
        paint: luma::Color::new(grey).into(),
        width,
        line_cap: LineCap::Butt,
        dash: is_dashed.then(|| StrokeDash {
            array: vec![3.0, 3.0],
            offset: 0.0,
        }),
        ..Stroke::default()
    }));
}

fn path(surface: &mut Surface<'_>, draw: impl FnOnce(&mut PathBuilder)) {
    let mut builder = PathBuilder::new();
    draw(&mut builder);
    let path: Option<Path> = builder.finish();
    if let Some(path) = path {
        surface.draw_path(&path);
    }
}
