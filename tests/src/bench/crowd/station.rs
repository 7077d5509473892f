//! One workstation reduced to its keys and its socket.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use minicbor::bytes::ByteVec;
use sync::envelope::{Author, Envelope, Seen};
use sync::invitation::InvitationCode;
use sync::keys::{PersonKeys, PracticeKey, WorkstationKeys};
use sync::log::genesis;
use sync::statement::{Capability, Found, Statement, WorkstationPublic};
use sync::wire::{Auth, Frame, Hello, Pull, Push};
use sync::{PracticeId, WorkstationId};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

pub type Sink = SplitSink<WebSocketStream<TcpStream>, Message>;
pub type Stream = SplitStream<WebSocketStream<TcpStream>>;

/// Longer than any invitation here lives.
const FAR: u64 = u64::MAX / 2;

pub struct Station {
    pub practice: PracticeId,
    keys: WorkstationKeys,
    person: PersonKeys,
    key: PracticeKey,
    sequence: u64,
    admission: Vec<u8>,
}

fn bytes<const N: usize>(numbers: [usize; 3]) -> [u8; N] {
    // Different for everybody, and the same in every run.
    std::array::from_fn(|at| {
        let [a, b, c] = numbers;
        (a * 7 + b * 31 + c * 101 + at * 13 + at * at * (a + 3 * b + 1)) as u8
            ^ (a >> 3) as u8
            ^ (b << 4) as u8
    })
}

impl Station {
    fn new(practice: usize, number: usize) -> Self {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&(practice as u64).to_be_bytes());
        id[8..].copy_from_slice(&(number as u64).to_be_bytes());
        let mut practice_id = [9; 16];
        practice_id[..8].copy_from_slice(&(practice as u64).to_be_bytes());
        Self {
            practice: PracticeId(practice_id),
            keys: WorkstationKeys::generate(WorkstationId(id), bytes([practice, number, 1])),
            person: PersonKeys::generate(bytes([practice, number, 2])),
            key: PracticeKey {
                epoch: 1,
                key: bytes([practice, 0, 3]),
            },
            sequence: 0,
            admission: Vec::new(),
        }
    }

    pub fn founder(practice: usize) -> Result<Self> {
        let mut station = Self::new(practice, 0);
        let found = Statement::Found(Found {
            founder: station.person.public(),
            workstation: WorkstationPublic::of(&station.keys),
            epoch: 1,
            introduction: Vec::new(),
        });
        station.admission = station.say(&found)?.into_bytes();
        Ok(station)
    }

    /// Another workstation of this practice, and the statement that invites it.
    pub fn invite(&mut self, practice: usize, number: usize) -> Result<(Station, Envelope)> {
        let code = InvitationCode::new("ws://127.0.0.1", bytes([practice, number, 4]))?;
        let invite = self.say(&code.invite(Capability::Member, FAR, None))?;
        let mut other = Self::new(practice, number);
        let join = code.join(self.practice, &other.keys, &other.person, Vec::new());
        other.admission = other.say(&join)?.into_bytes();
        Ok((other, invite))
    }

    fn author(&self) -> Author<'_> {
        Author {
            practice: self.practice,
            workstation: &self.keys,
            person: &self.person,
            sequence: self.sequence,
            seen: Seen {
                position: 0,
                hash: genesis(self.practice),
            },
        }
    }

    fn say(&mut self, statement: &Statement) -> Result<Envelope> {
        self.sequence += 1;
        Ok(Envelope::state(&self.author(), 1, statement)?)
    }

    /// Envelopes as long as those of an ordinary change.
    pub fn write(&mut self, count: usize) -> Result<Vec<Envelope>> {
        (0..count)
            .map(|at| {
                self.sequence += 1;
                let mut nonce = [0; 24];
                nonce[..8].copy_from_slice(&self.sequence.to_be_bytes());
                nonce[8..16].copy_from_slice(&(at as u64).to_be_bytes());
                Ok(Envelope::seal(&self.author(), &self.key, &[7; 200], nonce)?)
            })
            .collect()
    }

    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// A proven connection.
    pub async fn connect(&self, address: SocketAddr) -> Result<(Sink, Stream)> {
        let stream = TcpStream::connect(address).await.context("connecting")?;
        stream.set_nodelay(true)?;
        let (socket, _) = client_async(format!("ws://{address}/sync"), stream).await?;
        let (mut sink, mut stream) = socket.split();
        let hello = Frame::Hello(Hello {
            practice: self.practice,
            workstation: self.keys.id(),
        });
        send(&mut sink, &hello).await?;
        let nonce = match receive(&mut stream).await? {
            Frame::Challenge(challenge) => challenge.nonce,
            other => bail!("no challenge but {}", other.name()),
        };
        let auth = Frame::Auth(Auth {
            signature: self.keys.prove(&nonce, self.practice),
            admission: Some(ByteVec::from(self.admission.clone())),
            registration_token: None,
        });
        send(&mut sink, &auth).await?;
        match receive(&mut stream).await? {
            Frame::Welcome(_) => Ok((sink, stream)),
            Frame::Refused(refusal) => bail!("refused: {}", refusal.message),
            other => bail!("no welcome but {}", other.name()),
        }
    }

    /// Asks for the log from its beginning; what follows comes by itself.
    pub fn pull(&self, after: u64, hash: sync::ChainHash) -> Frame {
        Frame::Pull(Pull {
            after,
            hash,
            limit: 256,
        })
    }
}

pub fn push(batch: u64, envelopes: &[Envelope]) -> Frame {
    Frame::Push(Push {
        batch,
        envelopes: envelopes
            .iter()
            .map(|envelope| ByteVec::from(envelope.bytes().to_vec()))
            .collect(),
    })
}

pub async fn send(sink: &mut Sink, frame: &Frame) -> Result<()> {
    Ok(sink.send(Message::Binary(frame.to_bytes().into())).await?)
}

pub async fn receive(stream: &mut Stream) -> Result<Frame> {
    loop {
        match stream.next().await {
            Some(Ok(Message::Binary(bytes))) => return Ok(Frame::parse(&bytes)?),
            Some(Ok(Message::Close(_))) | None => bail!("the relay closed the connection"),
            Some(Ok(_)) => {}
            Some(Err(error)) => return Err(error.into()),
        }
    }
}
