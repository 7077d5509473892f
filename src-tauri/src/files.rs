//! What a person does with files and paper: commands that need a desktop and therefore are not the desk's.
//!
//! They travel over the same one command, under names that begin with `shell_`. The window cannot write where no person
//! pointed to, and learns no path but of a folder that a person chose for backups.

use std::fs;

use desk::DeskError;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tauri::WebviewWindow;
use tauri_plugin_dialog::DialogExt;

/// A text to be kept where the person says.
#[derive(Deserialize)]
struct SaveFile {
    /// What the dialog offers as name, with its ending: `visit.ics`.
    suggested_name: String,
    contents: String,
}

/// Answers a `shell_…` command, or gives `None` if the name is none of ours. Blocks while a dialog is open.
pub fn call(window: &WebviewWindow, name: &str, request: &Value) -> Option<Result<Value, DeskError>> {
    match name {
        "shell_save_file" => Some(read(request).and_then(|request| save_file(window, &request))),
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
    // The name comes from the window; only its last part may reach a path.
    let name: String = request
        .suggested_name
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
        return Ok(json!({ "saved": false }));
    };
    let trouble = |error: String| {
        DeskError::new("cannot_save", format!("The file cannot be saved there: {error}."))
            .hint("Choose another folder.")
    };
    let path = chosen.into_path().map_err(|error| trouble(error.to_string()))?;
    fs::write(&path, request.contents.as_bytes()).map_err(|error| trouble(error.to_string()))?;
    Ok(json!({ "saved": true }))
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
