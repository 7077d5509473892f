//! The door for the outside world: `GET /mail/<box>` says to which key a practice's mail is sealed, `POST /mail/<box>` puts
//! a sealed letter in. Whoever knocks need not prove anything, so each address and each box has its rate.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::serve::IncomingStream;
use serde_json::json;
use sync::id::MailBoxId;
use sync::mail::MAX_LETTER_BYTES;
use sync::relay::{LogError, MailAsked, Rate, Submission};
use sync::wire::{Refusal, RefusalCode};
use tokio::sync::oneshot;

use crate::Door;
use crate::listener::Listener;
use crate::metrics::add;
use crate::writer::{Job, now_millis};

/// A letter must have come within this time.
const READ_WITHIN: Duration = Duration::from_secs(20);
/// Addresses and boxes whose rate is remembered. When there are more, those that have been quiet are forgotten.
const REMEMBERED: usize = 10_000;

/// How often the outside world may knock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailLimits {
    /// Requests a minute from one address in the long run, and as many at once.
    pub per_address: u32,
    /// Letters a minute into one box in the long run, and as many at once.
    pub per_box: u32,
    /// The relay is behind a proxy, which says in `X-Forwarded-For` (its last entry) who knocks.
    pub is_behind_proxy: bool,
}

impl Default for MailLimits {
    /// A patient sends one or two, a telephone company's webhooks come from few addresses.
    fn default() -> Self {
        Self {
            per_address: 120,
            per_box: 600,
            is_behind_proxy: false,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Who {
    /// Of IPv6 the network: whoever has one address has 2⁶⁴.
    Address([u8; 16]),
    Box(MailBoxId),
}

impl Who {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::Address(address.to_ipv6_mapped().octets()),
            IpAddr::V6(address) => {
                let mut octets = address.octets();
                octets[8..].fill(0);
                Self::Address(octets)
            }
        }
    }
}

/// What was asked of late.
pub struct Knocks {
    limits: MailLimits,
    rates: Mutex<HashMap<Who, (Rate, u64)>>,
}

impl Knocks {
    #[must_use]
    pub fn new(limits: MailLimits) -> Self {
        Self {
            limits,
            rates: Mutex::default(),
        }
    }

    /// The seconds after which it may knock again, if that was too often.
    fn too_often(&self, who: Who, now: u64) -> Option<u64> {
        let per_minute = match who {
            Who::Address(_) => self.limits.per_address,
            Who::Box(_) => self.limits.per_box,
        };
        let mut rates = self.rates.lock().unwrap_or_else(PoisonError::into_inner);
        if rates.len() >= REMEMBERED && !rates.contains_key(&who) {
            // A full bucket is no different from none.
            rates.retain(|_, (_, at)| at.saturating_add(60_000) > now);
            if rates.len() >= REMEMBERED {
                return Some(60);
            }
        }
        let (rate, at) = rates
            .entry(who)
            .or_insert_with(|| (Rate::per_minute(per_minute, now), now));
        *at = now;
        let wait = rate.try_take(now);
        (wait > 0).then(|| wait.div_ceil(1000))
    }
}

/// Who is at the other end of the socket.
#[derive(Clone, Copy)]
pub struct Peer(SocketAddr);

impl Connected<IncomingStream<'_, Listener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Listener>) -> Self {
        Self(*stream.remote_addr())
    }
}

/// In words and as a code, for whoever writes pages and webhooks.
fn refuse(status: StatusCode, code: &str, message: impl Into<String>) -> Response {
    let body = json!({ "code": code, "message": message.into() });
    (status, Json(body)).into_response()
}

fn wait(seconds: u64) -> Response {
    let mut response = refuse(
        StatusCode::TOO_MANY_REQUESTS,
        "too_often",
        format!("Too many requests: try again in {seconds} seconds."),
    );
    response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    response
}

fn unavailable(error: &LogError) -> Response {
    tracing::error!(%error, "the mail box cannot be read");
    refuse(
        StatusCode::SERVICE_UNAVAILABLE,
        "unavailable",
        "The relay cannot take anything in at the moment: try again in a minute.",
    )
}

fn no_box() -> Response {
    refuse(
        StatusCode::NOT_FOUND,
        "no_mail_box",
        "There is no mail box of this name here.",
    )
}

fn refused(refusal: Refusal) -> Response {
    let (status, code) = match refusal.code {
        RefusalCode::PracticeFull => (StatusCode::INSUFFICIENT_STORAGE, "mail_box_full"),
        RefusalCode::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
        RefusalCode::NoMailBox | RefusalCode::UnknownPractice => (StatusCode::NOT_FOUND, "no_mail_box"),
        RefusalCode::Rejected => (StatusCode::CONFLICT, "wrong_key"),
        _ => (StatusCode::BAD_REQUEST, "not_a_letter"),
    };
    refuse(status, code, refusal.message)
}

impl Door {
    fn who(&self, peer: Peer, headers: &HeaderMap) -> Who {
        let said = headers
            .get_all("x-forwarded-for")
            .iter()
            .next_back()
            .filter(|_| self.knocks.limits.is_behind_proxy)
            .and_then(|value| value.to_str().ok())
            .and_then(|list| list.rsplit(',').next()?.trim().parse().ok());
        Who::from(said.unwrap_or_else(|| peer.0.ip()))
    }

    /// The box, unless it knocks too often or there is none.
    fn knock(&self, peer: Peer, headers: &HeaderMap, name: &str) -> Result<MailBoxId, Response> {
        if let Some(seconds) = self.knocks.too_often(self.who(peer, headers), now_millis()) {
            return Err(wait(seconds));
        }
        parse(name).ok_or_else(no_box)
    }
}

fn parse(name: &str) -> Option<MailBoxId> {
    let mut bytes = [0; MailBoxId::LENGTH];
    if name.len() != 2 * bytes.len() || !name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, digits) in bytes.iter_mut().zip(name.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(MailBoxId(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The key of a box. Whoever has it from a safer place than the relay compares.
pub(crate) async fn key(
    State(door): State<Door>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    let mail_box = match door.knock(peer, &headers, &name) {
        Ok(mail_box) => mail_box,
        Err(refusal) => return refusal,
    };
    match door.shared.readers.with(move |log| log.mail_key(mail_box)).await {
        Ok(Some((_, said))) => Json(json!({
            "box": mail_box.to_string(),
            "epoch": said.key.epoch,
            "public": hex(&said.key.public.0),
            "workstation": said.workstation.to_string(),
            "signature": hex(&said.key.signature),
        }))
        .into_response(),
        Ok(None) => no_box(),
        Err(error) => unavailable(&error),
    }
}

/// Takes a letter in. The same letter again, by its id, gets the same answer.
pub(crate) async fn post(
    State(door): State<Door>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let taken = take(&door, peer, &name, &headers, body).await;
    taken.unwrap_or_else(|(is_counted, refusal)| {
        if !is_counted {
            add(&door.shared.metrics.letters_refused, 1);
        }
        refusal
    })
}

/// A refusal, and whether the writer has counted it.
type Refused = (bool, Response);

async fn take(
    door: &Door,
    peer: Peer,
    name: &str,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Refused> {
    let early = |refusal: Response| (false, refusal);
    let mail_box = door.knock(peer, headers, name).map_err(early)?;
    let read = tokio::time::timeout(READ_WITHIN, to_bytes(body, MAX_LETTER_BYTES)).await;
    let slow = || {
        let message = "The letter did not come in time: send it again.";
        early(refuse(StatusCode::REQUEST_TIMEOUT, "too_slow", message))
    };
    let sealed = read.map_err(|_| slow())?.map_err(|_| {
        let message = format!("A letter has at most {MAX_LETTER_BYTES} bytes.");
        early(refuse(StatusCode::PAYLOAD_TOO_LARGE, "too_long", message))
    })?;
    let found = door.shared.readers.with(move |log| log.mail_key(mail_box)).await;
    let practice = match found {
        Ok(Some((practice, _))) => practice,
        Ok(None) => return Err(early(no_box())),
        Err(error) => return Err(early(unavailable(&error))),
    };
    if let Some(seconds) = door.knocks.too_often(Who::Box(mail_box), now_millis()) {
        return Err(early(wait(seconds)));
    }
    let submission = Submission::Mail(MailAsked::Letter {
        practice,
        sealed: sealed.into(),
        received_at: now_millis(),
    });
    let (reply, answer) = oneshot::channel();
    let stopping = || early(unavailable(&LogError("the relay is stopping".into())));
    let job = Job::Submit { submission, reply };
    door.shared.jobs.send(job).await.map_err(|_| stopping())?;
    let answer = answer.await.map_err(|_| stopping())?;
    match answer.refused {
        Some(refusal) => Err((true, refused(refusal))),
        None => Ok((StatusCode::ACCEPTED, Json(json!({ "kept": true }))).into_response()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_knocks_too_often_waits_and_others_do_not() {
        let knocks = Knocks::new(MailLimits {
            per_address: 3,
            ..MailLimits::default()
        });
        let who = |address: &str| Who::from(address.parse().unwrap());
        let now = 1_000_000;
        for _ in 0..3 {
            assert_eq!(knocks.too_often(who("192.0.2.1"), now), None);
        }
        assert_eq!(knocks.too_often(who("192.0.2.1"), now), Some(20));
        assert_eq!(knocks.too_often(who("::ffff:192.0.2.1"), now), Some(20));
        assert_eq!(knocks.too_often(who("192.0.2.2"), now), None);
        assert_eq!(
            knocks.too_often(who("192.0.2.1"), now + 20_000),
            None,
            "knocking in vain costs nothing"
        );
        for host in 1..=3 {
            assert_eq!(knocks.too_often(who(&format!("2001:db8::{host}")), now), None);
        }
        assert_eq!(
            knocks.too_often(who("2001:db8::9"), now),
            Some(20),
            "one network is one address"
        );
        assert_eq!(knocks.too_often(who("2001:db8:0:1::1"), now), None);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let knocks = Knocks::new(MailLimits::default());
        let who = |n: usize| {
            Who::Address(std::array::from_fn(|at| {
                u8::try_from(n >> (8 * (at % 2)) & 255).unwrap()
            }))
        };
        for n in 0..REMEMBERED {
            assert_eq!(knocks.too_often(who(n), 1_000), None);
        }
        assert_eq!(knocks.too_often(who(REMEMBERED), 2_000), Some(60));
        assert_eq!(knocks.too_often(who(0), 2_000), None, "known ones go on");
        assert_eq!(knocks.too_often(who(REMEMBERED), 62_001), None);
        assert!(knocks.rates.lock().unwrap().len() < 10);
    }

    #[test]
    fn a_box_has_the_name_that_it_is_printed_with() {
        let mail_box = MailBoxId([0xa7; 16]);
        assert_eq!(parse(&mail_box.to_string()), Some(mail_box));
        for nonsense in [
            "",
            "a7",
            &"a7".repeat(17),
            &"zz".repeat(16),
            &"+7".repeat(16),
            &"é".repeat(16),
        ] {
            assert_eq!(parse(nonsense), None, "{nonsense}");
        }
    }
}
