//! Reading flags: just enough for a tool with a dozen of them.

use anyhow::{Result, bail};

/// The words after the command's name. Flags are taken out one by one; `finish` refuses what is left.
pub struct Args {
    words: Vec<String>,
}

impl Args {
    pub fn new(words: Vec<String>) -> Self {
        Self { words }
    }

    /// Whether `--help` stands before any `--`.
    pub fn asks_for_help(&self) -> bool {
        self.words
            .iter()
            .take_while(|word| *word != "--")
            .any(|word| word == "--help" || word == "-h")
    }

    /// Takes `--name`; says whether it was there.
    pub fn flag(&mut self, name: &str) -> bool {
        let before = self.words.len();
        self.words.retain(|word| word != name);
        self.words.len() < before
    }

    /// Takes `--name VALUE` or `--name=VALUE`.
    ///
    /// # Errors
    /// If the value is missing.
    pub fn value(&mut self, name: &str) -> Result<Option<String>> {
        let joined = format!("{name}=");
        if let Some(at) = self.words.iter().position(|word| word.starts_with(&joined)) {
            return Ok(Some(self.words.remove(at)[joined.len()..].to_owned()));
        }
        let Some(at) = self.words.iter().position(|word| word == name) else {
            return Ok(None);
        };
        self.words.remove(at);
        if at == self.words.len() || self.words[at].starts_with("--") {
            bail!("{name} needs a value");
        }
        Ok(Some(self.words.remove(at)))
    }

    /// Everything that is left, to pass on to another program.
    pub fn rest(self) -> Vec<String> {
        self.words
    }

    /// # Errors
    /// Names the first word that nobody took.
    pub fn finish(self) -> Result<()> {
        match self.words.first() {
            None => Ok(()),
            Some(word) => bail!("“{word}” is not understood here; --help lists what is"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(line: &str) -> Args {
        Args::new(line.split_whitespace().map(str::to_owned).collect())
    }

    #[test]
    fn flags_and_values_are_taken_in_any_order() {
        let mut args = args("--seed 7 --json --steps=20");
        assert!(args.flag("--json"));
        assert_eq!(args.value("--steps").unwrap().as_deref(), Some("20"));
        assert_eq!(args.value("--seed").unwrap().as_deref(), Some("7"));
        assert_eq!(args.value("--seeds").unwrap(), None);
        args.finish().unwrap();
    }

    #[test]
    fn a_missing_value_and_a_stray_word_are_named() {
        assert_eq!(
            args("--data --json").value("--data").unwrap_err().to_string(),
            "--data needs a value"
        );
        assert!(
            args("--jsno")
                .finish()
                .unwrap_err()
                .to_string()
                .contains("“--jsno”")
        );
    }

    #[test]
    fn help_after_two_dashes_belongs_to_the_other_program() {
        assert!(args("--seed 1 --help").asks_for_help());
        assert!(!args("-- --help").asks_for_help());
    }
}
