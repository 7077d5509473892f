//! What a person does with files and paper: commands that need a desktop and therefore are not the desk's.
//!
//! They travel over the same one command, under names that begin with `shell_`. The window cannot write where no person
//! pointed to, and learns no path but of a folder that a person chose for backups.

use std::fs;
use std::path::PathBuf;

use data_encoding::BASE64;
use desk::DeskError;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tauri::WebviewWindow;
use tauri_plugin_dialog::DialogExt;

use crate::viewer;

/// A text to be kept where the person says.
#[derive(Deserialize)]
struct SaveFile {
    /// What the dialog offers as name, with its ending: `visit.ics`.
    suggested_name: String,
    contents: String,
}

/// A PDF to be kept where the person says, and then shown.
#[derive(Deserialize)]
struct SavePdf {
    suggested_name: String,
    /// In base64.
    pdf: String,
}

/// Answers a `shell_…` command, or gives `None` if the name is none of ours. Blocks while a dialog is open.
pub fn call(window: &WebviewWindow, name: &str, request: &Value) -> Option<Result<Value, DeskError>> {
    match name {
        "shell_save_file" => Some(read(request).and_then(|request| save_file(window, &request))),
        "shell_save_pdf" => Some(read(request).and_then(|request| save_pdf(window, &request))),
        "shell_choose_folder" => Some(Ok(choose_folder(window))),
        "shell_print" => Some(window.print().map(|()| Value::Null).map_err(|error| {
            DeskError::new(
                "cannot_print",
                format!("The print dialog cannot be opened: {error}."),
            )
        })),
        _ => None,
    }
}

/// `{ "saved": false }` if the person changed their mind.
fn save_file(window: &WebviewWindow, request: &SaveFile) -> Result<Value, DeskError> {
    let saved = save(window, &request.suggested_name, request.contents.as_bytes())?;
    Ok(json!({ "saved": saved.is_some() }))
}

/// Saves and opens with the system's viewer: the one program that the window may start, and only with a PDF that a person
/// just gave a name. `opened` is false where the system has no viewer; the file is there all the same.
fn save_pdf(window: &WebviewWindow, request: &SavePdf) -> Result<Value, DeskError> {
    let bytes = pdf_of(request)?;
    let saved = save(window, &request.suggested_name, &bytes)?;
    // The name may have been changed to that of a program.
    let is_pdf = |path: &PathBuf| {
        path.extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("pdf"))
    };
    let opened = saved
        .as_ref()
        .filter(|path| is_pdf(path))
        .is_some_and(|path| viewer::open(path).is_ok());
    Ok(json!({ "saved": saved.is_some(), "opened": opened }))
}

fn pdf_of(request: &SavePdf) -> Result<Vec<u8>, DeskError> {
    let bytes = BASE64.decode(request.pdf.as_bytes()).unwrap_or_default();
    if bytes.starts_with(b"%PDF-") && request.suggested_name.to_lowercase().ends_with(".pdf") {
        return Ok(bytes);
    }
    Err(DeskError::new("bad_request", "This is no PDF."))
}

/// Where it was saved; none if the person changed their mind.
fn save(window: &WebviewWindow, suggested_name: &str, contents: &[u8]) -> Result<Option<PathBuf>, DeskError> {
    // The name comes from the window; only its last part may reach a path.
    let name: String = suggested_name
        .chars()
        .map(|c| {
            if "/\\:*?\"<>|".contains(c) || c.is_control() {
                '-'
            } else {
                c
            }
        })
        .collect();
    let mut dialog = window.dialog().file().set_parent(window).set_file_name(&name);
    if let Some((_, ending)) = name.rsplit_once('.') {
        dialog = dialog.add_filter(ending.to_uppercase(), &[ending]);
    }
    let Some(chosen) = dialog.blocking_save_file() else {
        return Ok(None);
    };
    let trouble = |error: String| {
        DeskError::new("cannot_save", format!("The file cannot be saved there: {error}."))
            .hint("Choose another folder.")
    };
    let path = chosen.into_path().map_err(|error| trouble(error.to_string()))?;
    fs::write(&path, contents).map_err(|error| trouble(error.to_string()))?;
    Ok(Some(path))
}

/// `{ "folder": null }` if the person changed their mind.
fn choose_folder(window: &WebviewWindow) -> Value {
    let chosen = window.dialog().file().set_parent(window).blocking_pick_folder();
    let folder = chosen.and_then(|chosen| chosen.into_path().ok());
    json!({ "folder": folder.map(|path| path.display().to_string()) })
}

fn read<T: DeserializeOwned>(request: &Value) -> Result<T, DeskError> {
    T::deserialize(request)
        .map_err(|error| DeskError::new("bad_request", format!("The request cannot be read: {error}.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(name: &str, bytes: &[u8]) -> SavePdf {
        SavePdf {
            suggested_name: name.to_owned(),
            pdf: BASE64.encode(bytes),
        }
    }

    #[test]
    fn only_a_pdf_is_saved_to_be_opened() {
        assert_eq!(
            pdf_of(&request("day.pdf", b"%PDF-1.7 x")).ok().as_deref(),
            Some(b"%PDF-1.7 x".as_slice())
        );
        for wrong in [
            request("day.exe", b"%PDF-1.7"),
            request("day.pdf", b"MZ"),
            SavePdf {
                suggested_name: "day.pdf".to_owned(),
                pdf: "no base64!".to_owned(),
            },
        ] {
            assert_eq!(pdf_of(&wrong).expect_err("refused").code, "bad_request");
        }
    }
}
