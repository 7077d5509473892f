//! The window itself: folders, second starts, crashes, and what a page in it may not do.

use std::process::Command;

use anyhow::Result;
use orca_tests::driver::{App, Desk, program};
use serde_json::{Value, json};

#[tokio::test]
async fn two_folders_are_two_desks() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let one = App::start(Desk::new("two-folders-one", folder.path().join("one"))).await?;
    let two = App::start(Desk::new("two-folders-two", folder.path().join("two"))).await?;
    for app in [&one, &two] {
        let boot = app.call("boot", json!({})).await?;
        assert_eq!(boot["state"], "fresh");
        assert_eq!(boot["data_dir"], json!(app.data_dir()));
        assert_eq!(app.client().title().await?, "Orca Front Desk");
    }
    assert_ne!(one.process()?, two.process()?);
    Ok(())
}

#[tokio::test]
async fn a_second_start_for_the_same_folder_only_brings_the_window_up() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let app = App::start(Desk::new("second-start", folder.path())).await?;
    let second = Command::new(program("orca-front-desk")?)
        .arg("--data")
        .arg(folder.path())
        .output()?;
    assert!(second.status.success(), "{second:?}");
    assert!(
        String::from_utf8_lossy(&second.stdout).contains("already open"),
        "{second:?}"
    );
    assert_eq!(
        app.call("boot", json!({})).await?["state"],
        "fresh",
        "the first window works on"
    );
    Ok(())
}

#[tokio::test]
async fn after_a_crash_the_folder_opens_again() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let app = App::start(Desk::new("crash", folder.path())).await?;
    let before = app.process()?;
    let app = App::start(app.kill().await?).await?;
    assert_ne!(app.process()?, before);
    assert_eq!(
        app.call("boot", json!({})).await?["state"],
        "fresh",
        "neither lock nor bell was left in the way"
    );
    Ok(())
}

/// Whatever gets into the page, a note with markup or a poisoned package, can only call the desk.
#[tokio::test]
async fn a_page_has_no_other_powers() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let app = App::start(Desk::new("no-powers", folder.path())).await?;
    let invoke = "
        const [command, request, done] = arguments;
        window.__TAURI_INTERNALS__.invoke(command, request).then(() => done('allowed'), (error) => done('denied: ' + error));";
    for (command, request) in [
        (
            "plugin:window|set_title",
            json!({ "label": "main", "value": "Maria Lopez" }),
        ),
        ("plugin:dialog|open", json!({ "options": {} })),
        (
            "plugin:event|emit",
            json!({ "event": "desk-event", "payload": [] }),
        ),
        ("plugin:fs|read_text_file", json!({ "path": "/etc/hostname" })),
    ] {
        let said = app
            .client()
            .execute_async(invoke, vec![json!(command), request])
            .await?;
        assert!(
            said.as_str().is_some_and(|said| said.starts_with("denied")),
            "{command}: {said}"
        );
    }

    let outside = "
        const done = arguments[0];
        fetch('http://127.0.0.1:9/').then(() => done('answered'), (error) => done(String(error)));";
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    listener.set_nonblocking(true)?;
    let outside = outside.replace(":9/", &format!(":{}/", listener.local_addr()?.port()));
    let said = app.client().execute_async(&outside, Vec::new()).await?;
    assert_ne!(said, "answered");
    assert!(listener.accept().is_err(), "the page reached the network");

    let inline = "
        const script = document.createElement('script');
        script.textContent = 'window.inline = true';
        document.head.append(script);
        return window.inline === true;";
    assert_eq!(
        app.client().execute(inline, Vec::new()).await?,
        Value::Bool(false),
        "inline scripts run"
    );
    Ok(())
}

#[tokio::test]
async fn an_error_of_the_desk_reaches_the_page_whole() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let app = App::start(Desk::new("error", folder.path())).await?;
    let error = app
        .call("no_such_command", json!({}))
        .await
        .expect_err("there is no such command")
        .to_string();
    assert!(error.contains(r#""code":"unknown_command""#), "{error}");
    assert!(
        error.contains(r#""message""#) && error.contains(r#""hint""#),
        "{error}"
    );
    Ok(())
}
