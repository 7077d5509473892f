//! A connection that only carries a snapshot, beside the one that syncs: greeting, then packs one way. Which packs, and how
//! many are on their way at once, is up to whoever drives it; a connection that breaks is simply made again.

use std::sync::Arc;

use crate::cover::Retention;
use crate::id::{PracticeId, SetId};
use crate::keys::WorkstationKeys;
use crate::log::LogEntry;
use crate::wire::{Auth, BadFrame, Frame, GetPack, GetStatements, Hello, PutPack, Refusal};

/// The workstation's side of the conversation.
pub struct Courier {
    keys: Arc<WorkstationKeys>,
    practice: PracticeId,
    /// This workstation's `Join`, by which it comes in if it is new to the relay.
    admission: Option<Vec<u8>>,
    is_open: bool,
    retention: Option<Retention>,
}

/// What the relay said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// Send this, then go on listening.
    Say(Vec<u8>),
    /// From here on packs can be asked for and put.
    Open,
    Pack {
        set: SetId,
        number: u32,
        bytes: Vec<u8>,
    },
    /// Durable at the relay.
    Stored {
        set: SetId,
        number: u32,
    },
    Statements {
        entries: Vec<LogEntry>,
        has_more: bool,
    },
}

/// Why this connection is of no more use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CannotCarry {
    #[error("{}", .0.message)]
    Refused(Refusal),
    #[error("the relay answered with {0}, which does not fit here")]
    OutOfTurn(&'static str),
    #[error(transparent)]
    Frame(#[from] BadFrame),
}

impl Courier {
    #[must_use]
    pub fn new(keys: Arc<WorkstationKeys>, practice: PracticeId, admission: Option<Vec<u8>>) -> Self {
        Self {
            keys,
            practice,
            admission,
            is_open: false,
            retention: None,
        }
    }

    /// What the relay does with old parts of the log, once the connection is open.
    #[must_use]
    pub fn retention(&self) -> Option<Retention> {
        self.retention
    }

    /// The first frame of a fresh connection.
    #[must_use]
    pub fn hello(&self) -> Vec<u8> {
        Frame::Hello(Hello {
            practice: self.practice,
            workstation: self.keys.id(),
        })
        .to_bytes()
    }

    /// Asks for a pack; number 0 is the index.
    #[must_use]
    pub fn get(set: SetId, number: u32) -> Vec<u8> {
        Frame::GetPack(GetPack { set, number }).to_bytes()
    }

    /// Puts a pack; number 0, the index, comes last.
    #[must_use]
    pub fn put(set: SetId, number: u32, bytes: Vec<u8>) -> Vec<u8> {
        Frame::PutPack(PutPack { set, number, bytes }).to_bytes()
    }

    /// Asks for the statements after a position.
    #[must_use]
    pub fn statements(after: u64) -> Vec<u8> {
        Frame::GetStatements(GetStatements { after }).to_bytes()
    }

    /// Takes one frame of the relay's.
    ///
    /// # Errors
    /// If the relay refuses or says what does not fit: the connection is to be closed.
    pub fn hear(&mut self, frame: &[u8]) -> Result<Heard, CannotCarry> {
        match Frame::parse(frame)? {
            Frame::Challenge(challenge) if !self.is_open => {
                let auth = Auth {
                    signature: self.keys.prove(&challenge.nonce, self.practice),
                    admission: self.admission.take().map(Into::into),
                    registration_token: None,
                };
                Ok(Heard::Say(Frame::Auth(auth).to_bytes()))
            }
            Frame::Welcome(welcome) if !self.is_open => {
                self.is_open = true;
                self.retention = welcome.retention;
                Ok(Heard::Open)
            }
            Frame::Pack(pack) if self.is_open => Ok(Heard::Pack {
                set: pack.set,
                number: pack.number,
                bytes: pack.bytes,
            }),
            Frame::PackStored(stored) if self.is_open => Ok(Heard::Stored {
                set: stored.set,
                number: stored.number,
            }),
            Frame::Statements(statements) if self.is_open => Ok(Heard::Statements {
                entries: statements
                    .entries
                    .into_iter()
                    .map(|(position, bytes)| LogEntry {
                        position,
                        bytes: bytes.into(),
                    })
                    .collect(),
                has_more: statements.has_more,
            }),
            Frame::Refused(refusal) => Err(CannotCarry::Refused(refusal)),
            other => Err(CannotCarry::OutOfTurn(other.name())),
        }
    }
}
