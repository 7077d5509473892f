//! Which letters names need, and where the computer has those that the program lacks.

use std::cell::Cell;
use std::path::Path;
use std::sync::OnceLock;

use paper::{ExtraFont, Fonts};

/// Fonts with Chinese, Japanese and Korean where systems keep them: file and which one in a collection. The first two that are there are
/// enough; each is some twenty megabytes.
const OF_SYSTEMS: &[(&str, u32)] = &[
    ("C:\\Windows\\Fonts\\msyh.ttc", 0),
    ("C:\\Windows\\Fonts\\YuGothM.ttc", 0),
    ("C:\\Windows\\Fonts\\malgun.ttf", 0),
    ("/System/Library/Fonts/PingFang.ttc", 0),
    ("/System/Library/Fonts/AppleSDGothicNeo.ttc", 0),
    ("/System/Library/Fonts/Supplemental/Arial Unicode.ttf", 0),
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 0),
    ("/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", 0),
    ("/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc", 0),
    ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 0),
    ("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf", 0),
];
const ENOUGH: usize = 3;

/// Watches what is printed: the computer's own fonts are read only for a name that needs them.
#[derive(Default)]
pub(crate) struct Letters {
    needs_more: Cell<bool>,
}

impl Letters {
    /// A text of which nothing may be lost, with what stands for it where it cannot be drawn.
    pub(crate) fn or_else(&self, text: String, instead: impl FnOnce() -> String) -> String {
        if self.can_draw(&text) {
            return text;
        }
        match instead() {
            other if other.is_empty() => text,
            other => format!("{text} ({other})"),
        }
    }

    /// A text that is drawn as well as it can be.
    pub(crate) fn noting(&self, text: &str) -> String {
        self.can_draw(text);
        text.to_owned()
    }

    fn can_draw(&self, text: &str) -> bool {
        if Fonts::bundled().cover(text) {
            return true;
        }
        self.needs_more.set(true);
        of_computer().cover(text)
    }

    /// Those for a book with everything that was asked about.
    pub(crate) fn fonts(&self) -> &'static Fonts {
        match self.needs_more.get() {
            true => of_computer(),
            false => Fonts::bundled(),
        }
    }
}

fn of_computer() -> &'static Fonts {
    static FONTS: OnceLock<Fonts> = OnceLock::new();
    FONTS.get_or_init(|| {
        let found = OF_SYSTEMS.iter().filter(|(path, _)| Path::new(path).exists());
        let extra = found.take(ENOUGH).filter_map(|(path, index)| {
            let bytes = std::fs::read(path).ok()?;
            Some(ExtraFont { bytes, index: *index })
        });
        Fonts::with(extra.collect())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_drawn_has_something_beside_it() {
        let letters = Letters::default();
        assert_eq!(
            letters.or_else("Łukasz".to_owned(), || "chart 7".to_owned()),
            "Łukasz"
        );
        assert!(std::ptr::eq(letters.fonts(), Fonts::bundled()));
        // No font has this: it is nobody's.
        let private = "\u{f8ff}";
        assert_eq!(
            letters.or_else(private.to_owned(), || "chart 7".to_owned()),
            "\u{f8ff} (chart 7)"
        );
        assert_eq!(letters.or_else(private.to_owned(), String::new), private);
        assert!(!std::ptr::eq(letters.fonts(), Fonts::bundled()));
    }
}
