//! Finding a record by what people write: its id, code, name, or the part of the name that is enough.

use std::fmt;

/// Something that can be meant.
#[derive(Debug, Clone)]
pub struct Choice<T> {
    pub id: T,
    /// As lists show it.
    pub label: String,
    /// Id, code, name, short name: whatever names it exactly.
    pub names: Vec<String>,
}

/// Why it is not clear what is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unclear {
    /// Nothing of the kind; the list says what there is.
    Nothing(Vec<String>),
    /// Several fit.
    Several(Vec<String>),
}

impl fmt::Display for Unclear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (words, list) = match self {
            Unclear::Nothing(list) if list.is_empty() => return f.write_str("there are none yet"),
            Unclear::Nothing(list) => ("there are: ", list),
            Unclear::Several(list) => ("it could be: ", list),
        };
        f.write_str(words)?;
        f.write_str(&list.iter().take(12).cloned().collect::<Vec<_>>().join(", "))?;
        if list.len() > 12 {
            write!(f, " and {} more", list.len() - 12)
        } else {
            Ok(())
        }
    }
}

/// The one choice that `text` means. Exact names win over names without case, punctuation and titles, these
/// over names of which every word of `text` is a part.
pub fn pick<T: Copy + PartialEq>(text: &str, choices: &[Choice<T>]) -> Result<T, Unclear> {
    let wanted = text.trim();
    let exact = |choice: &&Choice<T>| choice.names.iter().any(|name| name == wanted);
    let plain = plain(wanted);
    let loose = |choice: &&Choice<T>| choice.names.iter().any(|name| self::plain(name) == plain);
    let part = |choice: &&Choice<T>| {
        !plain.is_empty()
            && choice.names.iter().any(|name| {
                let name = self::plain(name);
                let words: Vec<&str> = name.split(' ').collect();
                plain.split(' ').all(|word| words.contains(&word))
            })
    };
    let joined = plain.replace(' ', "");
    let run_together = |choice: &&Choice<T>| {
        !joined.is_empty()
            && choice
                .names
                .iter()
                .any(|name| self::plain(name).replace(' ', "") == joined)
    };
    for rule in [
        &exact as &dyn Fn(&&Choice<T>) -> bool,
        &loose,
        &run_together,
        &part,
    ] {
        let found: Vec<&Choice<T>> = choices.iter().filter(rule).collect();
        match found.as_slice() {
            [] => {}
            [one] => return Ok(one.id),
            several => {
                return Err(Unclear::Several(
                    several.iter().map(|choice| choice.label.clone()).collect(),
                ));
            }
        }
    }
    Err(Unclear::Nothing(
        choices.iter().map(|choice| choice.label.clone()).collect(),
    ))
}

/// Lower case without accents, punctuation and titles, single spaces: `Dr. Ramírez, Lucía` is `ramirez lucia`.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            '’' | '\'' | '´' | '`' => {}
            _ if letter.is_alphanumeric() => match without_accent(letter) {
                Some(base) => plain.push_str(base),
                None => plain.push(letter),
            },
            _ => plain.push(' '),
        }
    }
    let words: Vec<&str> = plain
        .split_whitespace()
        .filter(|word| !matches!(*word, "dr" | "dmd" | "dds" | "rdh"))
        .collect();
    words.join(" ")
}

/// The usual Latin letters of names; others stay as they are.
fn without_accent(letter: char) -> Option<&'static str> {
    Some(match letter {
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' | 'ā' | 'ą' | 'ă' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'č' => "c",
        'ď' | 'đ' => "d",
        'é' | 'è' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => "e",
        'ğ' => "g",
        'í' | 'ì' | 'î' | 'ï' | 'ī' | 'ı' => "i",
        'ł' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ø' | 'ō' | 'ő' => "o",
        'œ' => "oe",
        'ř' => "r",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'ß' => "ss",
        'ť' | 'ţ' | 'ț' => "t",
        'ú' | 'ù' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choices() -> Vec<Choice<u8>> {
        let choice = |id, label: &str, names: &[&str]| Choice {
            id,
            label: label.to_owned(),
            names: names.iter().map(|&name| name.to_owned()).collect(),
        };
        vec![
            choice(1, "Dr Mei Chen", &["01A", "Dr Mei Chen", "Chen"]),
            choice(2, "Dr Lucía Ramírez", &["01B", "Dr Lucía Ramírez", "Ramírez"]),
            choice(3, "Op 1", &["Op 1"]),
            choice(4, "Op 11", &["Op 11"]),
            choice(5, "Dr Lucía Osei", &["01C", "Dr Lucía Osei", "Osei"]),
        ]
    }

    #[test]
    fn ids_names_and_parts_of_names_are_understood() {
        for (text, id) in [
            ("01A", 1),
            ("chen", 1),
            ("Chen, Mei", 1),
            ("dr. mei chen", 1),
            ("RAMIREZ", 2),
            ("Op 1", 3),
            ("op1", 3),
            ("OP-11", 4),
            ("Lucia Osei", 5),
        ] {
            assert_eq!(pick(text, &choices()), Ok(id), "{text}");
        }
    }

    #[test]
    fn what_is_unclear_lists_what_it_could_be() {
        let both = vec!["Dr Lucía Ramírez".to_owned(), "Dr Lucía Osei".to_owned()];
        assert_eq!(pick("Lucia", &choices()), Err(Unclear::Several(both)));
        let error = pick("Okafor", &choices()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "there are: Dr Mei Chen, Dr Lucía Ramírez, Op 1, Op 11, Dr Lucía Osei"
        );
        assert!(pick("", &choices()).is_err());
    }
}
