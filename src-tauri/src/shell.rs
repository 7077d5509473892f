//! The window and what connects it with the desk.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use desk::{DeskError, Event};
use serde_json::Value;
use tauri::webview::NewWindowResponse;
use tauri::{
    App, AppHandle, Emitter, Manager, RunEvent, State, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
};
use tauri_plugin_window_state::StateFlags;

use crate::arguments::Start;
use crate::front::Front;
use crate::{bell, files};

/// Our only window.
const WINDOW: &str = "main";
/// Never a patient's name: titles are seen on locked screens and by other programs.
const TITLE: &str = "Orca Front Desk";
/// The one event the window listens to; its payload is a list of `desk::Event`, to be applied together.
const EVENT: &str = "desk-event";

/// Opens the window and runs until it is closed.
pub fn run(start: Start) -> ExitCode {
    let context = tauri::generate_context!();
    let data_dir = match start
        .data_dir
        .or_else(usual_data_dir(&context.config().identifier))
    {
        Some(dir) => std::path::absolute(&dir).unwrap_or(dir),
        None => {
            eprintln!("This computer has no usual place for a program's data. Say where with --data DIR.");
            return ExitCode::FAILURE;
        }
    };
    if bell::ring(&data_dir) {
        println!(
            "Orca Front Desk is already open for {}; its window was brought to the front.",
            data_dir.display()
        );
        return ExitCode::SUCCESS;
    }
    if let Err(error) = std::fs::create_dir_all(&data_dir) {
        eprintln!(
            "The folder {} cannot be made: {error}. Say another with --data DIR.",
            data_dir.display()
        );
        return ExitCode::FAILURE;
    }

    // Each folder remembers its own window; the plug-in takes a full path as well as a name.
    let window_file = data_dir.join("window.json").to_string_lossy().into_owned();
    let built = tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .plugin(
            tauri_plugin_window_state::Builder::default()
                .with_filename(window_file)
                .with_state_flags(StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED)
                .build(),
        )
        .invoke_handler(tauri::generate_handler![call])
        .setup(move |app| open(app, &data_dir))
        .build(context);
    let app = match built {
        Ok(app) => app,
        Err(error) => {
            eprintln!("The window cannot be opened: {error}.");
            return ExitCode::FAILURE;
        }
    };
    ExitCode::from(app.run_return(|app, event| {
        if let RunEvent::Exit = event {
            app.state::<Arc<Front>>().close();
        }
    }) as u8)
}

/// Forwards a command of the window to the desk, off the window's own thread.
#[tauri::command]
async fn call(
    window: WebviewWindow,
    front: State<'_, Arc<Front>>,
    name: String,
    request: Value,
) -> Result<Value, DeskError> {
    let front = Arc::clone(&front);
    let done = tauri::async_runtime::spawn_blocking(move || {
        files::call(&window, &name, &request).unwrap_or_else(|| front.call(&name, request))
    });
    done.await.unwrap_or_else(|error| {
        Err(DeskError::new(
            "internal",
            format!("The command was not finished: {error}."),
        ))
    })
}

fn open(app: &mut App, data_dir: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let handle = app.handle().clone();
    app.manage(Front::open(data_dir.to_owned(), move |batch: &[Event]| {
        // It fails only while the window is closing, when nobody looks any more.
        let _ = handle.emit_to(WINDOW, EVENT, batch);
    }));

    #[cfg(target_os = "linux")]
    lock_before_sleep(Arc::clone(&app.state::<Arc<Front>>()));

    // The engine keeps nothing on disk: no cache, no storage, no trace of a patient. WebKit's test driver cannot
    // reach a window without a store; it sets this variable, and the store then lies beside the rest of the data.
    let is_driven = std::env::var_os("TAURI_WEBVIEW_AUTOMATION").is_some();
    WebviewWindowBuilder::new(app, WINDOW, WebviewUrl::default())
        .title(TITLE)
        .inner_size(1440.0, 900.0)
        .min_inner_size(960.0, 600.0)
        .incognito(!is_driven)
        .data_directory(data_dir.join("webview"))
        // Drops of files are the screen's own business (import), not the engine's.
        .disable_drag_drop_handler()
        .general_autofill_enabled(false)
        .on_navigation(is_ours)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()?;

    let handle = app.handle().clone();
    if let Err(error) = bell::hang(data_dir, move || come_to_the_front(&handle)) {
        eprintln!("A second start will not find this window: {error}.");
    }
    Ok(())
}

/// Locks the desk before the computer sleeps, and gives the window a moment to paint over what it showed: it is the first
/// thing that whoever opens the lid would see.
#[cfg(target_os = "linux")]
fn lock_before_sleep(front: Arc<Front>) {
    const TO_PAINT: std::time::Duration = std::time::Duration::from_millis(300);
    crate::suspend::watch(move || match front.call("lock", Value::Null) {
        Ok(_) => std::thread::sleep(TO_PAINT),
        // Nobody here has a passphrase to come back with, or no practice is open.
        Err(error) => eprintln!("The desk is not locked for the computer's sleep: {error}"),
    });
}

/// The window shows our own pages and nothing else, whatever a link says.
fn is_ours(url: &Url) -> bool {
    let is_embedded = url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost");
    let is_development = cfg!(not(feature = "custom-protocol")) && url.host_str() == Some("localhost");
    is_embedded || is_development
}

fn come_to_the_front(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(WINDOW) {
        // Window systems may refuse to let a program take the focus; then its task-bar entry asks for attention.
        let _ = window.unminimize();
        let _ = window.show();
        let _ = window.set_focus();
        let _ = window.request_user_attention(Some(tauri::UserAttentionType::Informational));
    }
}

/// Where programs keep data on this system: known before there is an app, because the bell is rung before.
fn usual_data_dir(identifier: &str) -> impl FnOnce() -> Option<PathBuf> + use<> {
    let identifier = identifier.to_owned();
    move || {
        let base = if cfg!(windows) {
            std::env::var_os("LOCALAPPDATA").map(PathBuf::from)
        } else if cfg!(target_os = "macos") {
            std::env::home_dir().map(|home| home.join("Library/Application Support"))
        } else {
            std::env::var_os("XDG_DATA_HOME")
                .map(PathBuf::from)
                .filter(|dir| dir.is_absolute())
                .or_else(|| std::env::home_dir().map(|home| home.join(".local/share")))
        };
        base.map(|base| base.join(identifier))
    }
}
