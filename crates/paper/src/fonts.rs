//! The letters that are embedded: Noto Sans for the scripts that names are written in, and what the caller adds.

use std::sync::{Arc, OnceLock};

use harfrust::ShaperData;
use skrifa::{FontRef, MetadataProvider};

type Bytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// One file of letters.
pub(crate) struct Face {
    data: Bytes,
    index: u32,
    shaper: ShaperData,
    pub(crate) units_per_em: f32,
    pub(crate) krilla: krilla::text::Font,
}

impl Face {
    fn new(data: Bytes, index: u32) -> Option<Face> {
        let font = FontRef::from_index((*data).as_ref(), index).ok()?;
        let shaper = ShaperData::new(&font);
        let krilla = krilla::text::Font::new(data.clone().into(), index)?;
        let units_per_em = krilla.units_per_em();
        Some(Face {
            data,
            index,
            shaper,
            units_per_em,
            krilla,
        })
    }

    fn font(&self) -> FontRef<'_> {
        FontRef::from_index((*self.data).as_ref(), self.index).expect("it was read when it came in")
    }

    pub(crate) fn with_shaper<T>(&self, shape: impl FnOnce(&harfrust::Shaper<'_>) -> T) -> T {
        shape(&self.shaper.shaper(&self.font()).build())
    }

    pub(crate) fn glyph(&self, letter: char) -> Option<u32> {
        let glyph = self.font().charmap().map(letter)?.to_u32();
        (glyph != 0).then_some(glyph)
    }
}

/// Thick or thin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Weight {
    Regular,
    Bold,
}

/// A font that the computer has and the program does not, such as one with Chinese.
pub struct ExtraFont {
    pub bytes: Vec<u8>,
    /// Which one, where the file is a collection.
    pub index: u32,
}

/// The fonts of a book, in the order in which they are tried.
pub struct Fonts {
    faces: Vec<Face>,
    regular: Vec<usize>,
    bold: Vec<usize>,
}

const REGULAR: [&[u8]; 7] = [
    include_bytes!("../fonts/NotoSans-Regular.ttf"),
    include_bytes!("../fonts/NotoSansHebrew-Regular.ttf"),
    include_bytes!("../fonts/NotoSansArabic-Regular.ttf"),
    include_bytes!("../fonts/NotoSansArmenian-Regular.ttf"),
    include_bytes!("../fonts/NotoSansGeorgian-Regular.ttf"),
    include_bytes!("../fonts/NotoSansThai-Regular.ttf"),
    include_bytes!("../fonts/NotoSansDevanagari-Regular.ttf"),
];

const BOLD: [&[u8]; 3] = [
    include_bytes!("../fonts/NotoSans-Bold.ttf"),
    include_bytes!("../fonts/NotoSansHebrew-Bold.ttf"),
    include_bytes!("../fonts/NotoSansArabic-Bold.ttf"),
];

impl Fonts {
    /// Latin, Greek, Cyrillic, Hebrew, Arabic, Armenian, Georgian, Thai and Devanagari.
    pub fn bundled() -> &'static Fonts {
        static BUNDLED: OnceLock<Fonts> = OnceLock::new();
        BUNDLED.get_or_init(|| Fonts::with(Vec::new()))
    }

    /// The bundled ones, and these for what the bundled ones lack. A file that cannot be read as a font is passed over.
    pub fn with(extra: Vec<ExtraFont>) -> Fonts {
        let mut faces = Vec::new();
        let mut add = |data: Bytes, index: u32| {
            Face::new(data, index).map(|face| {
                faces.push(face);
                faces.len() - 1
            })
        };
        let of_program = |data: &'static [u8]| Arc::new(data) as Bytes;
        let thin: Vec<usize> = REGULAR
            .iter()
            .filter_map(|data| add(of_program(data), 0))
            .collect();
        let thick: Vec<usize> = BOLD.iter().filter_map(|data| add(of_program(data), 0)).collect();
        let more: Vec<usize> = extra
            .into_iter()
            .filter_map(|font| add(Arc::new(font.bytes), font.index))
            .collect();
        let regular = [thin.as_slice(), &more].concat();
        Fonts {
            faces,
            bold: [thick.as_slice(), &regular].concat(),
            regular,
        }
    }

    /// Whether all of a text can be drawn. What cannot is drawn as a box a letter.
    pub fn cover(&self, text: &str) -> bool {
        text.chars()
            .all(|letter| is_silent(letter) || self.face_of(letter, Weight::Regular).is_some())
    }

    pub(crate) fn face(&self, index: usize) -> &Face {
        &self.faces[index]
    }

    /// The first font that has a letter.
    pub(crate) fn face_of(&self, letter: char, weight: Weight) -> Option<usize> {
        self.order(weight)
            .iter()
            .copied()
            .find(|index| self.faces[*index].glyph(letter).is_some())
    }

    /// The font of everything that no font has.
    pub(crate) fn first(&self, weight: Weight) -> usize {
        self.order(weight)[0]
    }

    fn order(&self, weight: Weight) -> &[usize] {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }
}

/// Letters that only say how others are drawn: joiners, marks of direction, variation selectors.
pub(crate) fn is_silent(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_bundled_files_are_fonts_and_cover_what_names_are_written_in() {
        let fonts = Fonts::bundled();
        assert_eq!(fonts.faces.len(), REGULAR.len() + BOLD.len());
        for name in [
            "Łukasz Ångström",
            "Nguyễn Thị",
            "Αθηνά",
            "Юлія Ґалаґан",
            "אורי",
            "عَائِشَة",
            "Անի",
            "ნინო",
            "สมชาย",
            "प्रिया",
        ] {
            assert!(fonts.cover(name), "{name}");
        }
        assert!(!fonts.cover("山田"));
        assert!(!fonts.cover("🦷"));
    }

    #[test]
    fn a_broken_font_is_passed_over() {
        let fonts = Fonts::with(vec![ExtraFont {
            bytes: b"no font".to_vec(),
            index: 0,
        }]);
        assert_eq!(fonts.faces.len(), REGULAR.len() + BOLD.len());
    }
}
