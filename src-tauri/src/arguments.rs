//! How the app is started: which folder it works on.

use std::ffi::OsString;
use std::path::PathBuf;

/// What the person who started the program wants.
#[derive(Debug, PartialEq, Eq)]
pub enum Wish {
    Open(Start),
    /// Help or version.
    Say(String),
    /// Something that is not understood.
    Refuse(String),
}

#[derive(Debug, PartialEq, Eq)]
pub struct Start {
    /// The folder with the workstation's data; none: the usual place of this system.
    pub data_dir: Option<PathBuf>,
}

const USAGE: &str = "\
orca-front-desk [--data DIR]

  --data DIR   the folder with this workstation's data (also ORCA_DATA)
  --version
  --help

ORCA_PASSPHRASE opens the practice without asking.";

/// `data` is ORCA_DATA; an argument goes before it.
pub fn read(words: impl Iterator<Item = OsString>, data: Option<OsString>) -> Wish {
    let mut data_dir = data.filter(|dir| !dir.is_empty()).map(PathBuf::from);
    let mut words = words;
    while let Some(word) = words.next() {
        match word.to_str() {
            Some("--help" | "-h") => return Wish::Say(USAGE.to_owned()),
            Some("--version" | "-V") => {
                return Wish::Say(format!("orca-front-desk {}", env!("CARGO_PKG_VERSION")));
            }
            Some("--data") => match words.next() {
                Some(dir) if !dir.is_empty() => data_dir = Some(dir.into()),
                _ => return Wish::Refuse(format!("--data needs a folder.\n\n{USAGE}")),
            },
            Some(text) if text.len() > "--data=".len() && text.starts_with("--data=") => {
                data_dir = Some(text["--data=".len()..].into());
            }
            _ => {
                return Wish::Refuse(format!(
                    "“{}” is not understood.\n\n{USAGE}",
                    word.to_string_lossy()
                ));
            }
        }
    }
    Wish::Open(Start { data_dir })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_line(line: &str, data: Option<&str>) -> Wish {
        read(
            line.split_whitespace().map(OsString::from),
            data.map(OsString::from),
        )
    }

    fn open(dir: Option<&str>) -> Wish {
        Wish::Open(Start {
            data_dir: dir.map(PathBuf::from),
        })
    }

    #[test]
    fn an_argument_goes_before_the_environment() {
        assert_eq!(read_line("", None), open(None));
        assert_eq!(read_line("", Some("")), open(None));
        assert_eq!(read_line("", Some("there")), open(Some("there")));
        assert_eq!(read_line("--data here", Some("there")), open(Some("here")));
        assert_eq!(read_line("--data=here", Some("there")), open(Some("here")));
    }

    #[test]
    fn what_is_not_understood_is_named() {
        assert!(matches!(read_line("--date here", None), Wish::Refuse(text) if text.contains("“--date”")));
        assert!(matches!(read_line("--data", None), Wish::Refuse(text) if text.contains("needs a folder")));
        assert!(matches!(read_line("--data=", None), Wish::Refuse(_)));
    }
}
