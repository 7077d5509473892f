//! The agreements of the house that a machine can watch over. Each rule gives a list of what breaks it, in words.

mod dependencies;
mod documents;
mod migrations;
mod sources;
mod tree;

use anyhow::Result;

use crate::house;

/// Everything that breaks a rule, one line each.
pub fn broken() -> Result<Vec<String>> {
    let files = tree::Files::of(&house::root())?;
    let mut broken = dependencies::broken()?;
    broken.extend(sources::broken(&files));
    broken.extend(documents::broken(&files));
    broken.extend(migrations::broken(&files));
    Ok(broken)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_house_keeps_its_rules() {
        let broken = super::broken().unwrap();
        assert!(broken.is_empty(), "\n  {}", broken.join("\n  "));
    }
}
