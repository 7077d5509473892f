//! The keyboard: `"Alt+ArrowDown"` as it is written in the help sheet.

use std::sync::atomic::Ordering;

use anyhow::{Result, bail};
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::key::Key;

use super::app::App;

impl App {
    /// Presses a key, with the modifiers before it held: `Enter`, `Ctrl+z`, `Alt+ArrowDown`.
    ///
    /// # Errors
    /// If a key has no such name, or the window does not answer.
    pub async fn press(&self, chord: &str) -> Result<()> {
        let keys = chord_keys(chord)?;
        let down = keys.iter().map(|&value| KeyAction::Down { value });
        let up = keys.iter().rev().map(|&value| KeyAction::Up { value });
        let actions = down
            .chain(up)
            .fold(KeyActions::new("keyboard".to_owned()), KeyActions::then);
        self.client().perform_actions(actions).await?;
        self.presses.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// How often [`App::press`] was called: a chord counts once, typed text does not count.
    pub fn presses(&self) -> u32 {
        self.presses.load(Ordering::Relaxed)
    }

    /// Types a text into whatever has the focus.
    ///
    /// # Errors
    /// If the window does not answer.
    pub async fn type_text(&self, text: &str) -> Result<()> {
        let actions = text
            .chars()
            .fold(KeyActions::new("keyboard".to_owned()), |actions, value| {
                actions
                    .then(KeyAction::Down { value })
                    .then(KeyAction::Up { value })
            });
        self.client().perform_actions(actions).await?;
        Ok(())
    }
}

fn chord_keys(chord: &str) -> Result<Vec<char>> {
    // A plus at the end is the key itself: `Ctrl++`.
    let (modifiers, last) = match chord.strip_suffix("++") {
        Some(modifiers) => (Some(modifiers), "+"),
        None if chord == "+" => (None, "+"),
        None => chord
            .rsplit_once('+')
            .map_or((None, chord), |(modifiers, last)| (Some(modifiers), last)),
    };
    let mut keys = Vec::new();
    for modifier in modifiers.into_iter().flat_map(|modifiers| modifiers.split('+')) {
        keys.push(char::from(match modifier {
            "Ctrl" => Key::Control,
            "Alt" => Key::Alt,
            "Shift" => Key::Shift,
            "Meta" => Key::Meta,
            other => bail!("“{other}” in “{chord}” is no modifier: Ctrl, Alt, Shift, Meta"),
        }));
    }
    keys.push(named(last, chord)?);
    Ok(keys)
}

fn named(name: &str, chord: &str) -> Result<char> {
    let mut characters = name.chars();
    if let (Some(only), None) = (characters.next(), characters.next()) {
        return Ok(only);
    }
    let key = match name {
        "Enter" => Key::Enter,
        "Escape" => Key::Escape,
        "Tab" => Key::Tab,
        "Space" => return Ok(' '),
        "Backspace" => Key::Backspace,
        "Delete" => Key::Delete,
        "Home" => Key::Home,
        "End" => Key::End,
        "PageUp" => Key::PageUp,
        "PageDown" => Key::PageDown,
        "ArrowLeft" => Key::Left,
        "ArrowRight" => Key::Right,
        "ArrowUp" => Key::Up,
        "ArrowDown" => Key::Down,
        "F1" => Key::F1,
        "F2" => Key::F2,
        "F3" => Key::F3,
        "F4" => Key::F4,
        "F5" => Key::F5,
        "F6" => Key::F6,
        "F7" => Key::F7,
        "F8" => Key::F8,
        "F9" => Key::F9,
        "F10" => Key::F10,
        "F11" => Key::F11,
        "F12" => Key::F12,
        other => bail!("“{other}” in “{chord}” is no key's name"),
    };
    Ok(key.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chords_are_read_as_the_help_sheet_writes_them() {
        assert_eq!(chord_keys("z").unwrap(), ['z']);
        assert_eq!(chord_keys("Ctrl+z").unwrap(), [char::from(Key::Control), 'z']);
        assert_eq!(chord_keys("Ctrl++").unwrap(), [char::from(Key::Control), '+']);
        assert_eq!(chord_keys("+").unwrap(), ['+']);
        assert_eq!(
            chord_keys("Alt+Shift+ArrowDown").unwrap(),
            [
                char::from(Key::Alt),
                char::from(Key::Shift),
                char::from(Key::Down)
            ]
        );
        assert!(chord_keys("Strg+z").unwrap_err().to_string().contains("“Strg”"));
        assert!(
            chord_keys("Ctrl+Pfeil")
                .unwrap_err()
                .to_string()
                .contains("“Pfeil”")
        );
    }
}
