//! Migrations are numbered from 1 without gaps, in each folder for itself.

use std::collections::BTreeMap;

use super::tree::Files;

pub fn broken(files: &Files) -> Vec<String> {
    let mut folders: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for file in files.under("migrations/") {
        if let Some((folder, name)) = file.path.rsplit_once('/')
            && name.ends_with(".sql")
        {
            folders.entry(folder).or_default().push(name);
        }
    }
    folders
        .into_iter()
        .flat_map(|(folder, names)| gaps(folder, names))
        .collect()
}

fn gaps(folder: &str, mut names: Vec<&str>) -> Vec<String> {
    names.sort_unstable();
    let mut broken = Vec::new();
    for (at, name) in names.iter().enumerate() {
        let digits: String = name.chars().take_while(char::is_ascii_digit).collect();
        let wanted = at + 1;
        if digits.parse() != Ok(wanted) {
            broken.push(format!("{folder}/{name} should have number {wanted:04}: migrations are numbered without gaps or doubles"));
        }
    }
    broken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_and_doubles_are_found_in_each_folder() {
        let files = Files::invented(&[
            ("migrations/workstation/0001-start.sql", ""),
            ("migrations/workstation/0002-history.sql", ""),
            ("migrations/workstation/0002-search.sql", ""),
            ("migrations/relay-sqlite/0001-log.sql", ""),
            ("migrations/relay-sqlite/0003-claims.sql", ""),
        ]);
        let broken = broken(&files);
        assert_eq!(broken.len(), 2, "{broken:?}");
        assert!(broken[0].contains("0003-claims.sql should have number 0002"));
        assert!(broken[1].contains("0002-search.sql should have number 0003"));
    }
}
