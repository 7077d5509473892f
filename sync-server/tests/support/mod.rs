//! A workstation reduced to its frames, over a real socket on loopback.
#![allow(dead_code)] // each test binary uses its part

#[macro_use]
pub mod place;
pub mod postgres;

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use minicbor::bytes::ByteVec;
use orca_relay::{Config, Relay};
use sync::envelope::{Author, Envelope, Seen};
use sync::id::{ChainHash, ClaimKey, EnvelopeId, PracticeId, WorkstationId};
use sync::invitation::{InvitationCode, WelcomeParcel};
use sync::keys::{PersonKeys, PracticeKey, PracticeKeys, WorkstationKeys};
use sync::log::{genesis, next};
use sync::mail::announce;
use sync::membership::Membership;
use sync::statement::{Capability, Found, Statement, WorkstationPublic};
use sync::wire::{Accepted, Auth, Claim, Frame, GetMail, Hello, Mail, Pull, Push, Refusal, Welcome};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

pub const PRACTICE: PracticeId = PracticeId([9; 16]);
/// Nothing on loopback takes this long; a test that waits for it has failed.
const PATIENCE: Duration = Duration::from_secs(20);

pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system has random numbers");
    bytes
}

/// A relay in this process.
pub struct Running {
    pub address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Running {
    pub async fn start(config: Config) -> Self {
        let relay = Relay::bind(config).await.expect("it starts");
        let address = relay.address();
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(relay.serve(async move {
            let _ = stopped.await;
        }));
        Self {
            address,
            stop: Some(stop),
            serving,
        }
    }

    pub async fn on(data: &Path) -> Self {
        Self::start(Config::loopback(data.to_owned())).await
    }

    pub async fn stop(mut self) {
        self.stop.take().expect("once").send(()).expect("it is serving");
        tokio::time::timeout(PATIENCE, self.serving)
            .await
            .expect("in time")
            .expect("no panic")
            .expect("no error");
    }
}

/// One workstation's keys and what it has seen.
pub struct Desk {
    pub keys: WorkstationKeys,
    pub person: PersonKeys,
    pub practice_keys: PracticeKeys,
    pub sequence: u64,
    pub seen: Seen,
    pub admission: Option<Envelope>,
}

impl Desk {
    pub fn new() -> Self {
        Self {
            keys: WorkstationKeys::generate(WorkstationId(random()), random()),
            person: PersonKeys::generate(random()),
            practice_keys: PracticeKeys::new(PracticeKey {
                epoch: 1,
                key: random(),
            }),
            sequence: 0,
            seen: Seen {
                position: 0,
                hash: genesis(PRACTICE),
            },
            admission: None,
        }
    }

    /// A desk that founds the practice.
    pub fn founder() -> Self {
        let mut desk = Self::new();
        let found = Statement::Found(Found {
            founder: desk.person.public(),
            workstation: WorkstationPublic::of(&desk.keys),
            epoch: 1,
            introduction: Vec::new(),
        });
        desk.admission = Some(desk.say(&found));
        desk
    }

    fn author(&self) -> Author<'_> {
        Author {
            practice: PRACTICE,
            workstation: &self.keys,
            person: &self.person,
            sequence: self.sequence,
            seen: self.seen,
        }
    }

    pub fn say(&mut self, statement: &Statement) -> Envelope {
        self.sequence += 1;
        Envelope::state(&self.author(), 1, statement).expect("short")
    }

    pub fn write(&mut self, text: &str) -> Envelope {
        self.sequence += 1;
        let key = self.practice_keys.newest().expect("it has one");
        Envelope::seal(&self.author(), key, text.as_bytes(), random()).expect("short")
    }

    pub fn invite(&mut self) -> (InvitationCode, Envelope, Frame) {
        let code = InvitationCode::new("ws://127.0.0.1", random()).expect("a good address");
        let welcome = WelcomeParcel {
            practice: PRACTICE,
            practice_name: "Harbour Dental".into(),
            keys: self.practice_keys.clone(),
            founder: self.person.public().fingerprint(),
            seen: Seen {
                position: 0,
                hash: genesis(PRACTICE),
            },
            snapshot: None,
        };
        let parcel = Frame::PutParcel(code.parcel(&welcome, u64::MAX / 2, random()));
        let invite = self.say(&code.invite(Capability::Member, u64::MAX / 2, None));
        (code, invite, parcel)
    }

    pub fn invited(code: &InvitationCode, welcome: &WelcomeParcel) -> Self {
        let mut desk = Self {
            practice_keys: welcome.keys.clone(),
            seen: welcome.seen,
            ..Self::new()
        };
        let join = code.join(welcome.practice, &desk.keys, &desk.person, Vec::new());
        desk.admission = Some(desk.say(&join));
        desk
    }
}

/// Invites a second workstation at one relay and lets it in at another.
pub async fn second_desk(front: &mut Desk, at: SocketAddr, joins_at: SocketAddr) -> (Desk, Line) {
    let mut line = Line::connect(at, front).await;
    let (code, invite, parcel) = front.invite();
    line.push(&[invite]).await;
    assert!(line.accepted().await.expect("open").refused.is_none());
    line.send(&parcel).await;
    assert!(matches!(line.receive().await, Some(Frame::ParcelStored(_))));
    let mut asking = Line::open(joins_at).await;
    asking.send_raw(code.ask()).await;
    let answer = asking.receive().await.expect("an answer").to_bytes();
    let second = Desk::invited(&code, &code.answer(&answer).expect("the parcel opens"));
    let line = Line::connect(joins_at, &second).await;
    (second, line)
}

/// An open socket.
pub struct Line {
    socket: WebSocketStream<TcpStream>,
    batch: u64,
}

impl Line {
    pub async fn open(address: SocketAddr) -> Self {
        Self::try_open(address).await.expect("the relay listens")
    }

    /// Nothing if the relay is away.
    async fn try_open(address: SocketAddr) -> Option<Self> {
        let stream = TcpStream::connect(address).await.ok()?;
        stream.set_nodelay(true).expect("a TCP socket");
        let config = WebSocketConfig::default()
            .max_message_size(Some(16 << 20))
            .read_buffer_size(4096);
        let (socket, _) = client_async_with_config(format!("ws://{address}/sync"), stream, Some(config))
            .await
            .ok()?;
        Some(Self { socket, batch: 0 })
    }

    pub async fn send(&mut self, frame: &Frame) {
        self.send_raw(frame.to_bytes()).await;
    }

    pub async fn send_raw(&mut self, bytes: Vec<u8>) {
        // A relay that has closed meanwhile is noticed when reading.
        let _ = self.socket.send(Message::Binary(bytes.into())).await;
    }

    /// The next frame; `None` when the relay closed.
    pub async fn receive(&mut self) -> Option<Frame> {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.socket.next())
                .await
                .expect("an answer in time");
            match message {
                Some(Ok(Message::Binary(bytes))) => return Some(Frame::parse(&bytes).expect("a frame")),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    pub async fn auth(&mut self, desk: &Desk, token: Option<&str>) -> Result<Welcome, Refusal> {
        match self.greet(desk, token).await {
            Some(Frame::Welcome(welcome)) => Ok(welcome),
            Some(Frame::Refused(refusal)) => Err(refusal),
            other => panic!("neither welcome nor refusal: {other:?}"),
        }
    }

    /// Says who it is and proves it; gives what the relay says to that, or to the first word.
    async fn greet(&mut self, desk: &Desk, token: Option<&str>) -> Option<Frame> {
        let workstation = desk.keys.id();
        self.send(&Frame::Hello(Hello {
            practice: PRACTICE,
            workstation,
        }))
        .await;
        let challenge = match self.receive().await? {
            Frame::Challenge(challenge) => challenge,
            other => return Some(other),
        };
        let auth = Auth {
            signature: desk.keys.prove(&challenge.nonce, PRACTICE),
            admission: desk
                .admission
                .as_ref()
                .map(|envelope| ByteVec::from(envelope.bytes().to_vec())),
            registration_token: token.map(str::to_owned),
        };
        self.send(&Frame::Auth(auth)).await;
        self.receive().await
    }

    /// A proven connection, if the relay is there and can serve.
    pub async fn try_connect(address: SocketAddr, desk: &Desk) -> Option<Self> {
        let mut line = Self::try_open(address).await?;
        match line.greet(desk, None).await? {
            Frame::Welcome(_) => Some(line),
            _ => None,
        }
    }

    /// A proven connection.
    pub async fn connect(address: SocketAddr, desk: &Desk) -> Self {
        let mut line = Self::open(address).await;
        line.auth(desk, None).await.expect("welcome");
        line
    }

    pub async fn push(&mut self, envelopes: &[Envelope]) {
        self.batch += 1;
        let envelopes = envelopes
            .iter()
            .map(|envelope| ByteVec::from(envelope.bytes().to_vec()))
            .collect();
        self.send(&Frame::Push(Push {
            batch: self.batch,
            envelopes,
        }))
        .await;
    }

    /// The next acknowledgement, passing over live entries.
    pub async fn accepted(&mut self) -> Option<Accepted> {
        loop {
            match self.receive().await? {
                Frame::Accepted(accepted) => return Some(accepted),
                Frame::Entries(_) => {}
                other => panic!("not an acknowledgement: {other:?}"),
            }
        }
    }

    /// The same, where the relay may stop or lose its database instead.
    async fn accepted_or_closed(&mut self) -> Option<Accepted> {
        loop {
            match self.receive().await? {
                Frame::Accepted(accepted) => return Some(accepted),
                Frame::Entries(_) => {}
                _ => return None,
            }
        }
    }

    /// Asks for a claim; who has it, or why the relay does not say. Live entries are passed over.
    pub async fn claim(&mut self, key: ClaimKey) -> Result<WorkstationId, Refusal> {
        self.try_claim(key).await.expect("an answer")
    }

    /// Nothing if the connection ends before an answer.
    pub async fn try_claim(&mut self, key: ClaimKey) -> Option<Result<WorkstationId, Refusal>> {
        self.send(&Frame::Claim(Claim { key })).await;
        loop {
            match self.receive().await? {
                Frame::Claimed(claimed) => {
                    assert_eq!(claimed.key, key);
                    return Some(match (claimed.holder, claimed.refused) {
                        (Some(holder), None) => Ok(holder.workstation),
                        (None, Some(refusal)) => Err(refusal),
                        other => panic!("neither or both: {other:?}"),
                    });
                }
                Frame::Refused(refusal) => return Some(Err(refusal)),
                Frame::Entries(_) | Frame::Mail(_) => {}
                other => panic!("not an answer to a claim: {other:?}"),
            }
        }
    }

    /// The next word about the mail box.
    pub async fn mail(&mut self) -> Mail {
        loop {
            match self.receive().await.expect("open") {
                Frame::Mail(mail) => return mail,
                Frame::Entries(_) => {}
                other => panic!("not about mail: {other:?}"),
            }
        }
    }

    pub async fn get_mail(&mut self, after: u64) -> Mail {
        self.send(&Frame::GetMail(GetMail { after })).await;
        self.mail().await
    }

    /// Says the mail key, and waits until the relay says it, too.
    pub async fn say_mail_key(&mut self, desk: &Desk) {
        self.get_mail(0).await;
        let key = desk.practice_keys.newest().expect("it has one");
        self.send(&Frame::PutMailKey(announce(PRACTICE, key, &desk.keys)))
            .await;
        assert_eq!(self.mail().await.epoch, Some(key.epoch));
    }

    pub async fn pull(&mut self, after: u64, hash: ChainHash, limit: u32) {
        self.send(&Frame::Pull(Pull { after, hash, limit })).await;
    }

    /// The log after a position, page by page, its chain verified.
    pub async fn pull_all(&mut self, mut after: u64, mut hash: ChainHash, limit: u32) -> Vec<EnvelopeId> {
        let mut ids = Vec::new();
        loop {
            self.pull(after, hash, limit).await;
            let Some(Frame::Entries(page)) = self.receive().await else {
                panic!("no page")
            };
            assert_eq!(page.after, after);
            for bytes in &page.envelopes {
                let id = Envelope::id_of(bytes);
                hash = next(hash, id);
                ids.push(id);
            }
            after += page.envelopes.len() as u64;
            assert_eq!(hash, page.hash, "the chain at {after}");
            if after == page.head {
                return ids;
            }
            assert!(!page.envelopes.is_empty(), "a page before the head is not empty");
        }
    }
}

/// Pushes everything in batches, through whichever of the relays serves, until all is acknowledged, as a workstation
/// does. Gives the acknowledged positions.
pub async fn deliver(desk: &Desk, written: &[Envelope], relays: impl Fn() -> Vec<SocketAddr>) -> Vec<u64> {
    let mut positions = Vec::new();
    let deadline = tokio::time::Instant::now() + 3 * PATIENCE;
    let mut attempt = 0;
    let mut line = None;
    while positions.len() < written.len() {
        assert!(
            tokio::time::Instant::now() < deadline,
            "{} of {} acknowledged in time",
            positions.len(),
            written.len()
        );
        let Some(open) = &mut line else {
            let relays = relays();
            line = Line::try_connect(relays[attempt % relays.len()], desk).await;
            attempt += 1;
            if line.is_none() {
                tokio::time::sleep(Duration::from_millis(20)).await; // As a workstation pauses between attempts.
            }
            continue;
        };
        let batch = &written[positions.len()..written.len().min(positions.len() + 8)];
        open.push(batch).await;
        match open.accepted_or_closed().await {
            Some(accepted) => {
                let whole = accepted.positions.len() == batch.len();
                positions.extend(accepted.positions);
                if !whole {
                    line = None;
                }
            }
            None => line = None,
        }
    }
    positions
}

/// Waits for a condition.
pub async fn until_true(what: &str, holds: impl Fn() -> bool) {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while !holds() {
        assert!(tokio::time::Instant::now() < deadline, "in time: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Asks over plain HTTP, as a monitor would.
pub async fn http(address: SocketAddr, path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nHost: relay\r\nConnection: close\r\n\r\n");
    http_raw(address, request.as_bytes()).await
}

/// Puts something somewhere, with further headers.
pub async fn post(address: SocketAddr, path: &str, headers: &str, body: &[u8]) -> String {
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: relay\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n",
        body.len()
    );
    http_raw(address, &[head.as_bytes(), body].concat()).await
}

async fn http_raw(address: SocketAddr, request: &[u8]) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = TcpStream::connect(address).await.expect("the relay listens");
    // A relay that refuses may answer before it has read everything.
    let _ = stream.write_all(request).await;
    let mut answer = Vec::new();
    // Whatever came before it hung up.
    let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer))
        .await
        .expect("in time");
    String::from_utf8(answer).expect("text")
}

pub fn membership() -> Membership {
    Membership::new(PRACTICE, None)
}
