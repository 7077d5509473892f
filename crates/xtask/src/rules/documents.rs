//! Documents that must list what there is.

use super::tree::Files;

pub fn broken(files: &Files) -> Vec<String> {
    let mut broken = decisions(files);
    broken.extend(dependencies(files));
    broken
}

/// Every decision record is in the list of decisions.
fn decisions(files: &Files) -> Vec<String> {
    let list = files
        .get("docs/adr/README.md")
        .and_then(|file| file.text())
        .unwrap_or_default();
    files
        .under("docs/adr/")
        .filter_map(|file| file.path.strip_prefix("docs/adr/"))
        .filter(|name| name.ends_with(".md") && *name != "README.md" && !list.contains(name))
        .map(|name| format!("docs/adr/README.md does not list {name}"))
        .collect()
}

/// Every library that the workspace names has its reason written down.
fn dependencies(files: &Files) -> Vec<String> {
    let reasons = files
        .get("docs/DEPENDENCIES.md")
        .and_then(|file| file.text())
        .unwrap_or_default();
    let Some(manifest) = files.get("Cargo.toml").and_then(|file| file.text()) else {
        return Vec::new();
    };
    shared_versions(manifest)
        .filter(|name| !reasons.contains(&format!("| `{name}`")))
        .map(|name| format!("docs/DEPENDENCIES.md does not say why we use {name}"))
        .collect()
}

/// Names under `[workspace.dependencies]` that are not our own crates.
fn shared_versions(manifest: &str) -> impl Iterator<Item = &str> {
    manifest
        .lines()
        .skip_while(|line| line.trim() != "[workspace.dependencies]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.starts_with('#') && !line.contains("path ="))
        .filter_map(|line| line.split_once(" = ").map(|(name, _)| name.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_that_is_not_listed_is_found() {
        let files = Files::invented(&[
            ("docs/adr/README.md", "- 0001-clock.md"),
            ("docs/adr/0001-clock.md", ""),
            ("docs/adr/0002-keys.md", ""),
        ]);
        assert_eq!(broken(&files), ["docs/adr/README.md does not list 0002-keys.md"]);
    }

    #[test]
    fn a_library_without_a_reason_is_found() {
        let manifest = "[workspace.dependencies]\nclinic = { path = \"crates/clinic\" }\n# exact\nserde = \"1\"\njiff = \"1\"\n\n[profile.dev]\ndebug = 1\n";
        let files = Files::invented(&[
            ("Cargo.toml", manifest),
            ("docs/DEPENDENCIES.md", "| `serde` | JSON |"),
        ]);
        assert_eq!(
            broken(&files),
            ["docs/DEPENDENCIES.md does not say why we use jiff"]
        );
    }
}
