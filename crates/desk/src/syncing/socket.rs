//! A WebSocket to the relay.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use sync::wire::MAX_FRAME_BYTES;
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Bytes, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::DeskError;

/// What a socket tells the driver, with the number of the connection it belongs to.
pub enum Heard {
    Connected,
    Frame(Vec<u8>),
    Closed(String),
}

const CONNECT_WITHIN: Duration = Duration::from_secs(15);

pub(super) async fn open(relay: &str) -> Result<WebSocketStream<MaybeTlsStream<TcpStream>>, String> {
    let url = format!("{}/sync", relay.trim_end_matches('/'));
    let config = WebSocketConfig::default()
        .max_message_size(Some(MAX_FRAME_BYTES))
        .max_frame_size(Some(MAX_FRAME_BYTES));
    let connecting = tokio_tungstenite::connect_async_with_config(url, Some(config), true);
    match tokio::time::timeout(CONNECT_WITHIN, connecting).await {
        Ok(Ok((socket, _))) => Ok(socket),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("no answer".to_owned()),
    }
}

/// Connects, then carries frames both ways until either side ends.
pub async fn carry(
    number: u64,
    relay: String,
    mut outgoing: UnboundedReceiver<Vec<u8>>,
    heard: UnboundedSender<(u64, Heard)>,
) {
    // The driver may be gone; then nobody needs to hear.
    let tell = |what| {
        let _ = heard.send((number, what));
    };
    let socket = match open(&relay).await {
        Ok(socket) => socket,
        Err(why) => return tell(Heard::Closed(why)),
    };
    tell(Heard::Connected);
    let (mut sink, mut stream) = socket.split();
    let why = loop {
        tokio::select! {
            frame = outgoing.recv() => match frame {
                Some(frame) => {
                    let mut result = sink.feed(Message::Binary(Bytes::from(frame))).await;
                    // What is queued already goes out with it, in one write.
                    while let (Ok(()), Ok(frame)) = (&result, outgoing.try_recv()) {
                        result = sink.feed(Message::Binary(Bytes::from(frame))).await;
                    }
                    if let Err(error) = match result { Ok(()) => sink.flush().await, other => other } {
                        break error.to_string();
                    }
                }
                None => {
                    // The driver closed this connection; the relay notices by itself if this does not reach it.
                    let _ = sink.close().await;
                    break "closed".to_owned();
                }
            },
            message = stream.next() => match message {
                Some(Ok(Message::Binary(bytes))) => tell(Heard::Frame(bytes.to_vec())),
                Some(Ok(Message::Close(_))) | None => break "the relay closed the connection".to_owned(),
                Some(Ok(_)) => {}
                Some(Err(error)) => break error.to_string(),
            },
        }
    };
    tell(Heard::Closed(why));
}

/// One question on a connection of its own: how an invitation's parcel is fetched.
pub fn ask_once(relay: &str, question: Vec<u8>, patience: Duration) -> Result<Vec<u8>, DeskError> {
    let unreachable = |why: String| {
        DeskError::new(
            "relay_unreachable",
            format!("The relay {relay} does not answer: {why}."),
        )
        .hint("Check the network, and that the relay is running.")
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| unreachable(error.to_string()))?;
    runtime.block_on(async {
        let exchange = async {
            let mut socket = open(relay).await?;
            socket
                .send(Message::Binary(Bytes::from(question)))
                .await
                .map_err(|error| error.to_string())?;
            while let Some(message) = socket.next().await {
                if let Message::Binary(bytes) = message.map_err(|error| error.to_string())? {
                    return Ok(bytes.to_vec());
                }
            }
            Err("it closed the connection".to_owned())
        };
        match tokio::time::timeout(patience, exchange).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(why)) => Err(unreachable(why)),
            Err(_) => Err(unreachable("no answer in time".to_owned())),
        }
    })
}
