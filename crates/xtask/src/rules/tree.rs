//! The files of the work tree that people write, read once.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// Path from the root, with `/` on every system, and contents.
pub struct File {
    pub path: String,
    pub text: Vec<u8>,
}

impl File {
    /// The contents, or nothing if they are not text.
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.text).ok()
    }
}

pub struct Files(pub Vec<File>);

/// Folders that hold what tools made, at any depth.
const NOT_OURS: &[&str] = &[
    ".git",
    "node_modules",
    "target",
    "dist",
    "test-results",
    "demo-data",
    "gen",
];

impl Files {
    /// Reads the tree below `root`.
    pub fn of(root: &Path) -> Result<Self> {
        let mut files = Vec::new();
        collect(root, "", &mut files)?;
        files.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(Self(files))
    }

    pub fn get(&self, path: &str) -> Option<&File> {
        self.0.iter().find(|file| file.path == path)
    }

    pub fn under<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a File> {
        self.0.iter().filter(move |file| file.path.starts_with(folder))
    }
}

fn collect(folder: &Path, prefix: &str, files: &mut Vec<File>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type()?;
        if kind.is_dir() {
            if !NOT_OURS.contains(&name.as_str()) {
                collect(&entry.path(), &format!("{prefix}{name}/"), files)?;
            }
        } else if kind.is_file() {
            let text = fs::read(entry.path()).with_context(|| format!("cannot read {prefix}{name}"))?;
            files.push(File {
                path: format!("{prefix}{name}"),
                text,
            });
        }
    }
    Ok(())
}

#[cfg(test)]
impl Files {
    /// A small invented tree, for trying the rules.
    pub fn invented(files: &[(&str, &str)]) -> Self {
        Self(
            files
                .iter()
                .map(|(path, text)| File {
                    path: (*path).to_owned(),
                    text: text.as_bytes().to_vec(),
                })
                .collect(),
        )
    }
}
