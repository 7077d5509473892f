//! The loopback bridge for tests and development: the same command table as the window, over HTTP, with the
//! screen's built files. Not a product: it listens on 127.0.0.1 only, needs the token that it prints, and is
//! in no bundle.
//!
//! `orca-bridge --data DIR [--ui DIR] [--port N] [--demo]` prints `bridge on http://127.0.0.1:PORT/?bridge=…&token=…`.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path as UrlPath, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::sse::{Event as SseEvent, KeepAlive, Sse};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use desk::{DeskError, FrontDesk, Options};
use serde_json::Value;
use tokio::sync::broadcast;

struct Bridge {
    front: FrontDesk,
    token: String,
    ui: PathBuf,
    events: broadcast::Sender<String>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut data_dir = None;
    let mut ui = PathBuf::from("ui/dist");
    let mut port = 0;
    let mut demo = false;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || {
            arguments
                .next()
                .with_context(|| format!("{argument} needs a value"))
        };
        match argument.as_str() {
            "--data" => data_dir = Some(PathBuf::from(value()?)),
            "--ui" => ui = PathBuf::from(value()?),
            "--port" => port = value()?.parse().context("--port takes a number")?,
            "--demo" => demo = true,
            other => bail!("unknown argument {other}"),
        }
    }
    let data_dir = data_dir.context("--data DIR is needed")?;
    let front = FrontDesk::start(Options::window(data_dir).from_env());
    if demo && matches!(front.call("boot", Value::Null)?, Value::Object(boot) if boot["state"] == "fresh") {
        front.call("open_demo", serde_json::json!({}))?;
    }
    let (events, _) = broadcast::channel(1024);
    let sender = events.clone();
    front.subscribe(Box::new(move |batch| {
        // Nobody listening is fine: a page hydrates when it opens.
        let _ = sender.send(serde_json::to_string(batch).unwrap_or_default());
    }));
    let token = std::env::var("BRIDGE_TOKEN").unwrap_or_else(|_| format!("{:032x}", rand::random::<u128>()));
    let bridge = Arc::new(Bridge {
        front,
        token: token.clone(),
        ui,
        events,
    });
    let app = Router::new()
        .route("/call/{name}", post(call))
        .route("/events", get(stream))
        .fallback(get(file))
        .with_state(bridge);
    let listener = tokio::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], port))).await?;
    let base = format!("http://{}", listener.local_addr()?);
    println!("bridge on {base}/?bridge={base}&token={token}");
    axum::serve(listener, app).await?;
    Ok(())
}

async fn call(
    State(bridge): State<Arc<Bridge>>,
    UrlPath(name): UrlPath<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if headers
        .get("x-bridge-token")
        .and_then(|value| value.to_str().ok())
        != Some(bridge.token.as_str())
    {
        return StatusCode::FORBIDDEN.into_response();
    }
    let request = if body.is_empty() {
        Ok(Value::Null)
    } else {
        serde_json::from_slice(&body)
    };
    let Ok(request) = request else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let result = tokio::task::spawn_blocking(move || bridge.front.call(&name, request)).await;
    match result {
        Ok(Ok(answer)) => Json(answer).into_response(),
        Ok(Err(error)) => (StatusCode::UNPROCESSABLE_ENTITY, Json(error)).into_response(),
        Err(_) => {
            let error = DeskError::new("internal", "The command broke off.");
            (StatusCode::INTERNAL_SERVER_ERROR, Json(error)).into_response()
        }
    }
}

#[derive(serde::Deserialize)]
struct StreamQuery {
    token: String,
}

async fn stream(State(bridge): State<Arc<Bridge>>, Query(query): Query<StreamQuery>) -> Response {
    if query.token != bridge.token {
        return StatusCode::FORBIDDEN.into_response();
    }
    let receiver = bridge.events.subscribe();
    let events = futures_util::stream::unfold(receiver, |mut receiver| async {
        loop {
            match receiver.recv().await {
                Ok(text) => return Some((Ok::<_, Infallible>(SseEvent::default().data(text)), receiver)),
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    });
    Sse::new(events).keep_alive(KeepAlive::default()).into_response()
}

async fn file(State(bridge): State<Arc<Bridge>>, uri: axum::http::Uri) -> Response {
    let relative = uri.path().trim_start_matches('/');
    let relative = Path::new(if relative.is_empty() {
        "index.html"
    } else {
        relative
    });
    if relative
        .components()
        .any(|part| !matches!(part, Component::Normal(_)))
    {
        return StatusCode::NOT_FOUND.into_response();
    }
    let kind = match relative.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    };
    match std::fs::read(bridge.ui.join(relative)) {
        Ok(bytes) => ([(header::CONTENT_TYPE, kind)], bytes).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}
