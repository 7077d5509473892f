//! Carries a snapshot's packs over a connection of its own, several on their way at once.

use std::sync::mpsc::{Receiver, SyncSender};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use sync::courier::{CannotCarry, Courier, Heard};
use sync::cover::Retention;
use sync::log::LogEntry;
use sync::snapshot::{Index, Pinned};
use sync::wire::RefusalCode;
use sync::{PackHash, SetId};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio_tungstenite::tungstenite::{Bytes, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::socket;
use crate::DeskError;

/// Packs on their way at the same time: enough to fill a line of 100 Mbit/s and 200 ms.
const WINDOW: u32 = 6;
/// A pack takes no longer than this, on a slow line either.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often a slow line is asked whether anybody still waits for it.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Why a snapshot could not be carried.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// The log says the same, only more slowly.
    #[error("the relay does not have the snapshot, or takes none")]
    NoSnapshot,
    /// What came is not what was promised.
    #[error("{0}")]
    Altered(String),
    /// The line, or the relay; later it may go on.
    #[error("{0}")]
    Line(String),
    #[error("{}", .0.message)]
    Desk(DeskError),
}

impl From<DeskError> for Trouble {
    fn from(error: DeskError) -> Self {
        Trouble::Desk(error)
    }
}

impl From<store::StoreError> for Trouble {
    fn from(error: store::StoreError) -> Self {
        Trouble::Desk(error.into())
    }
}

impl From<CannotCarry> for Trouble {
    fn from(error: CannotCarry) -> Self {
        match error {
            CannotCarry::Refused(refusal)
                if matches!(
                    refusal.code,
                    RefusalCode::NoSnapshot
                        | RefusalCode::NotUnderstood
                        | RefusalCode::OutOfTurn
                        | RefusalCode::PracticeFull
                ) =>
            {
                Trouble::NoSnapshot
            }
            other => Trouble::Line(other.to_string()),
        }
    }
}

/// An open connection.
pub(crate) struct Carrier {
    runtime: Runtime,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    courier: Courier,
}

impl Carrier {
    /// Connects and proves who this is; a newcomer comes in by it.
    pub fn open(relay: &str, mut courier: Courier) -> Result<Carrier, Trouble> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Trouble::Line(error.to_string()))?;
        let socket = runtime.block_on(async {
            let mut socket = socket::open(relay).await.map_err(Trouble::Line)?;
            say(&mut socket, courier.hello()).await?;
            loop {
                match hear(&mut socket, &mut courier).await? {
                    Heard::Say(bytes) => say(&mut socket, bytes).await?,
                    Heard::Open => return Ok::<_, Trouble>(socket),
                    Heard::Pack { .. } | Heard::Stored { .. } | Heard::Statements { .. } => {}
                }
            }
        })?;
        Ok(Carrier {
            runtime,
            socket,
            courier,
        })
    }

    /// What the relay does with old parts of the log.
    pub fn retention(&self) -> Option<Retention> {
        self.courier.retention()
    }

    /// All statements of the log after a position, in its order.
    pub fn statements(&mut self, after: u64) -> Result<Vec<LogEntry>, Trouble> {
        let Carrier {
            runtime,
            socket,
            courier,
        } = self;
        runtime.block_on(async {
            let mut all: Vec<LogEntry> = Vec::new();
            loop {
                let after = all.last().map_or(after, |entry| entry.position);
                say(socket, Courier::statements(after)).await?;
                let Heard::Statements { entries, has_more } = hear(socket, courier).await? else {
                    return Err(Trouble::Line("the relay did not say who belongs".to_owned()));
                };
                let is_empty = entries.is_empty();
                for entry in entries {
                    if all.last().is_some_and(|last| last.position >= entry.position) {
                        return Err(Trouble::Altered(
                            "the relay’s statements are out of order".to_owned(),
                        ));
                    }
                    all.push(entry);
                }
                if is_empty || !has_more {
                    return Ok(all);
                }
            }
        })
    }

    /// The index that was promised.
    pub fn index(&mut self, pinned: Pinned) -> Result<Index, Trouble> {
        let Carrier {
            runtime,
            socket,
            courier,
        } = self;
        runtime.block_on(async {
            say(socket, Courier::get(pinned.set, 0)).await?;
            let bytes = pack(socket, courier, pinned.set, 0).await?;
            if PackHash::of(&bytes) != pinned.index {
                return Err(Trouble::Altered(
                    "the snapshot is not the one that the invitation names".to_owned(),
                ));
            }
            Index::parse(bytes).map_err(|error| Trouble::Altered(error.to_string()))
        })
    }

    /// Fetches these packs and hands them out in order, until nobody wants them any more or it `stops`.
    pub fn fetch(
        mut self,
        set: SetId,
        numbers: std::ops::RangeInclusive<u32>,
        out: &SyncSender<(u32, Vec<u8>)>,
        stops: &dyn Fn() -> bool,
    ) -> Result<(), Trouble> {
        let (socket, courier) = (&mut self.socket, &mut self.courier);
        self.runtime.block_on(async {
            let mut asked = *numbers.start();
            for number in numbers.clone() {
                while asked <= *numbers.end() && asked < number + WINDOW {
                    say(socket, Courier::get(set, asked)).await?;
                    asked += 1;
                }
                let bytes = tokio::select! {
                    bytes = pack(socket, courier, set, number) => bytes?,
                    () = until(stops) => return Err(Trouble::Line("the practice is being closed".to_owned())),
                };
                if out.send((number, bytes)).is_err() {
                    break;
                }
            }
            // What was asked for and is not wanted any more ends with the connection.
            let _ = socket.close(None).await;
            Ok(())
        })
    }

    /// Puts packs until no more come. All of them are durable at the relay then.
    pub fn put(&mut self, set: SetId, packs: &Receiver<(u32, Vec<u8>)>) -> Result<(), Trouble> {
        let Carrier {
            runtime,
            socket,
            courier,
        } = self;
        runtime.block_on(async {
            let mut unanswered = 0;
            // Packing is slower than sending, and this thread has nothing else to do than wait for it.
            while let Ok((number, bytes)) = packs.recv() {
                say(socket, Courier::put(set, number, bytes)).await?;
                unanswered += 1;
                if unanswered == WINDOW {
                    stored(socket, courier).await?;
                    unanswered -= 1;
                }
            }
            for _ in 0..unanswered {
                stored(socket, courier).await?;
            }
            Ok(())
        })
    }

    /// Puts the index, which completes the snapshot.
    pub fn complete(&mut self, index: &Index) -> Result<(), Trouble> {
        let Carrier {
            runtime,
            socket,
            courier,
        } = self;
        runtime.block_on(async {
            say(
                socket,
                Courier::put(index.header().set, 0, index.bytes().to_vec()),
            )
            .await?;
            stored(socket, courier).await?;
            let _ = socket.close(None).await;
            Ok(())
        })
    }
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn until(stops: &dyn Fn() -> bool) {
    while !stops() {
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn say(socket: &mut Socket, frame: Vec<u8>) -> Result<(), Trouble> {
    match tokio::time::timeout(PATIENCE, socket.send(Message::Binary(Bytes::from(frame)))).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(Trouble::Line(error.to_string())),
        Err(_) => Err(Trouble::Line("the relay takes nothing".to_owned())),
    }
}

async fn hear(socket: &mut Socket, courier: &mut Courier) -> Result<Heard, Trouble> {
    let next = async {
        loop {
            match socket.next().await {
                Some(Ok(Message::Binary(bytes))) => return Ok(bytes),
                Some(Ok(Message::Close(_))) | None => {
                    return Err(Trouble::Line("the relay closed the connection".to_owned()));
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(Trouble::Line(error.to_string())),
            }
        }
    };
    match tokio::time::timeout(PATIENCE, next).await {
        Ok(bytes) => Ok(courier.hear(&bytes?)?),
        Err(_) => Err(Trouble::Line("no answer in time".to_owned())),
    }
}

async fn pack(
    socket: &mut Socket,
    courier: &mut Courier,
    set: SetId,
    number: u32,
) -> Result<Vec<u8>, Trouble> {
    match hear(socket, courier).await? {
        Heard::Pack {
            set: found,
            number: at,
            bytes,
        } if found == set && at == number => Ok(bytes),
        _ => Err(Trouble::Altered(
            "the relay sent another pack than was asked for".to_owned(),
        )),
    }
}

async fn stored(socket: &mut Socket, courier: &mut Courier) -> Result<(), Trouble> {
    match hear(socket, courier).await? {
        Heard::Stored { .. } => Ok(()),
        _ => Err(Trouble::Line(
            "the relay did not say that it has the pack".to_owned(),
        )),
    }
}
