//! What the relay is held against: a WebSocket server that only echoes, and bare rows into the same engine.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use axum::extract::WebSocketUpgrade;
use axum::extract::ws::{Message as Echoed, WebSocket};
use axum::routing::get;
use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Message;

use super::super::stats::Samples;
use super::load::Plan;

/// About what one envelope in a push takes.
const BYTES: usize = 640;
/// Rows in one commit: as many as the relay takes together at its ceiling.
const IN_ONE_COMMIT: usize = 512;

async fn echo_all(mut socket: WebSocket) {
    while let Some(Ok(message)) = socket.recv().await {
        if let Echoed::Binary(_) = message
            && socket.send(message).await.is_err()
        {
            return;
        }
    }
}

/// The same sockets and the same rate; round trips, timed from when they were due.
pub async fn echo(plan: &Plan) -> Result<Samples> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address: SocketAddr = listener.local_addr()?;
    let app = axum::Router::new().route(
        "/echo",
        get(async |upgrade: WebSocketUpgrade| upgrade.on_upgrade(echo_all)),
    );
    let serving = tokio::spawn(async move { axum::serve(listener, app).await });
    let all = plan.practices * plan.stations;
    let each = (plan.rate * plan.seconds).div_ceil(all);
    let mut sockets = Vec::with_capacity(all);
    for _ in 0..all {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        sockets.push(client_async(format!("ws://{address}/echo"), stream).await?.0);
    }
    let start = Instant::now() + Duration::from_millis(100);
    let rate = plan.rate as f64;
    let mut tasks = JoinSet::new();
    for (at, mut socket) in sockets.into_iter().enumerate() {
        tasks.spawn(async move {
            let mut took = Vec::with_capacity(each);
            for turn in 0..each {
                let due = start + Duration::from_secs_f64((turn * all + at) as f64 / rate);
                tokio::time::sleep_until(due.into()).await;
                socket.send(Message::Binary(vec![7; BYTES].into())).await?;
                socket.next().await.context("no echo")??;
                took.push(due.elapsed());
            }
            Ok::<_, anyhow::Error>(took)
        });
    }
    let mut samples = Samples::default();
    while let Some(done) = tasks.join_next().await {
        for took in done?? {
            samples.add(took);
        }
    }
    serving.abort();
    Ok(samples)
}

/// Rows a second into SQLite as the relay keeps it, with nothing verified and nobody told.
pub fn append(folder: &Path, rows: usize) -> Result<f64> {
    let connection = rusqlite::Connection::open(folder.join("bare.sqlite"))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.execute_batch(
        "CREATE TABLE entry (practice INTEGER, position INTEGER, id BLOB, hash BLOB, bytes BLOB,
                             PRIMARY KEY (practice, position)) WITHOUT ROWID;
         CREATE UNIQUE INDEX entry_by_id ON entry (practice, id);",
    )?;
    let bytes = vec![7_u8; BYTES];
    let start = Instant::now();
    let mut written = 0;
    while written < rows {
        let transaction = connection.unchecked_transaction()?;
        for _ in 0..IN_ONE_COMMIT.min(rows - written) {
            let mut id = [0_u8; 32];
            // As scattered as hashes are.
            let scattered = (written as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            id[..8].copy_from_slice(&scattered.to_be_bytes());
            transaction
                .prepare_cached("INSERT INTO entry VALUES (?1, ?2, ?3, ?4, ?5)")?
                .execute(rusqlite::params![
                    written as i64 % 100,
                    written as i64,
                    id,
                    id,
                    bytes
                ])?;
            written += 1;
        }
        transaction.commit()?;
    }
    Ok(rows as f64 / start.elapsed().as_secs_f64())
}
