//! Targets that only read: envelopes, statements, batches, frames, invitation codes.

use anyhow::{Result, anyhow};
use store::Batch;
use sync::invitation::InvitationCode;
use sync::mail::{self, Message, Outside};
use sync::wire::Frame;
use sync::{Envelope, LetterId, Membership, PracticeKeys, Statement};

use super::frames::{self, Talk};
use super::{Read, Target};

const SECRET: [u8; 16] = [7; 16];

/// What a world said, and who belongs to it.
struct Parsed {
    seeds: Vec<Vec<u8>>,
    membership: Membership,
    keys: PracticeKeys,
    words: &'static [&'static str],
    read: fn(&Parsed, &[u8]) -> Result<Read, String>,
}

impl Target for Parsed {
    fn seeds(&self) -> Vec<Vec<u8>> {
        self.seeds.clone()
    }

    fn words(&self) -> &'static [&'static str] {
        self.words
    }

    fn read(&mut self, input: &[u8]) -> Result<Read, String> {
        (self.read)(self, input)
    }
}

fn parsed(seed: u64, read: fn(&Parsed, &[u8]) -> Result<Read, String>) -> Result<(Parsed, Talk)> {
    let talk = frames::talk(seed)?;
    Ok((
        Parsed {
            seeds: Vec::new(),
            membership: talk.membership.clone(),
            keys: talk.keys.clone(),
            words: &[],
            read,
        },
        talk,
    ))
}

/// What can be read is written again as the same bytes: there is only one way to say a thing.
fn same(input: &[u8], again: &[u8]) -> Result<Read, String> {
    match input == again {
        true => Ok(Read::Taken),
        false => Err("two encodings of one thing are taken".to_owned()),
    }
}

pub fn envelope(seed: u64) -> Result<Box<dyn Target>> {
    let (mut target, talk) = parsed(seed, |all, input| {
        let Ok(envelope) = Envelope::parse(input.to_vec()) else {
            return Ok(Read::Refused);
        };
        // Whoever made it: nothing here may panic on what a stranger writes.
        let is_a_members = envelope.verify(&all.membership).is_ok();
        if let Ok(body) = envelope.open(&all.keys) {
            // What comes out of a seal may be anything if its author is not to be trusted.
            let _ = Batch::decode(&body);
        }
        if let Some(statement) = envelope.statement_bytes() {
            let _ = Statement::parse(statement);
            let _ = all
                .membership
                .clone()
                .apply(envelope.header().seen.position + 1, &envelope);
        }
        match is_a_members {
            true => same(input, envelope.bytes()),
            false => Ok(Read::Refused),
        }
    })?;
    target.seeds = talk.envelopes;
    Ok(Box::new(target))
}

pub fn statement(seed: u64) -> Result<Box<dyn Target>> {
    let (mut target, talk) = parsed(seed, |_, input| match Statement::parse(input) {
        Ok(_) => Ok(Read::Taken),
        Err(_) => Ok(Read::Refused),
    })?;
    target.seeds = talk
        .envelopes
        .iter()
        .filter_map(|bytes| Some(Envelope::parse(bytes.clone()).ok()?.statement_bytes()?.to_vec()))
        .collect();
    Ok(Box::new(target))
}

pub fn batch(seed: u64) -> Result<Box<dyn Target>> {
    let (mut target, talk) = parsed(seed, |_, input| match Batch::decode(input) {
        Ok(batch) => {
            let again = batch.encode();
            match Batch::decode(&again) {
                Ok(same) if same == batch => Ok(Read::Taken),
                _ => Err("what was read is written as something else".to_owned()),
            }
        }
        Err(_) => Ok(Read::Refused),
    })?;
    target.words = &["book_appointment", "add_patient", "update_settings"];
    target.seeds = talk
        .envelopes
        .iter()
        .filter_map(|bytes| {
            let envelope = Envelope::parse(bytes.clone()).ok()?;
            Some(envelope.open(&talk.keys).ok()?.to_vec())
        })
        .collect();
    Ok(Box::new(target))
}

pub fn frame(seed: u64) -> Result<Box<dyn Target>> {
    let (mut target, talk) = parsed(seed, |_, input| match Frame::parse(input) {
        Ok(frame) => {
            let again = frame.to_bytes();
            match Frame::parse(&again) {
                Ok(same) if same == frame => Ok(Read::Taken),
                _ => Err("what was read is written as something else".to_owned()),
            }
        }
        Err(_) => Ok(Read::Refused),
    })?;
    target.seeds = [talk.up, talk.down].concat();
    Ok(Box::new(target))
}

/// Letters from outside, as the relay looks at them and as a desk opens them.
pub fn letter(seed: u64) -> Result<Box<dyn Target>> {
    let (mut target, _) = parsed(seed, |all, input| {
        let outside = Outside::of(input);
        match mail::open(all.membership.practice(), &all.keys, input) {
            Ok((id, _)) if all.seeds.iter().any(|sound| sound == input) => {
                match outside.is_ok_and(|outside| outside.id == id) {
                    true => Ok(Read::Taken),
                    false => Err("the relay sees another letter than the desk".to_owned()),
                }
            }
            Ok(_) => Err("a letter that nobody wrote is opened".to_owned()),
            Err(_) => Ok(Read::Refused),
        }
    })?;
    let key = target.keys.newest().ok_or_else(|| anyhow!("no practice key"))?;
    let practice = target.membership.practice();
    let (place, to) = (mail::box_of(practice), mail::public(practice, key));
    for (number, length) in [(1, 0), (2, 40), (3, 3_000)] {
        let message = Message {
            kind: "page".to_owned(),
            body: vec![b'x'; length],
        };
        let sealed = mail::seal(
            place,
            key.epoch,
            to,
            LetterId([number; 16]),
            &message,
            [number; 32],
        );
        target.seeds.push(sealed.map_err(|error| anyhow!("{error}"))?);
    }
    Ok(Box::new(target))
}

pub fn invitation(seed: u64) -> Result<Box<dyn Target>> {
    let (mut target, _) = parsed(seed, |_, input| {
        let text = String::from_utf8_lossy(input);
        // As a code, and as the address in one: its checksum would stop most changes before they are looked at.
        let codes = [text.parse().ok(), InvitationCode::new(&text, SECRET).ok()];
        let mut is_taken = false;
        for code in codes.into_iter().flatten() {
            is_taken = true;
            match code.to_string().parse::<InvitationCode>() {
                Ok(again) if again.relay() == code.relay() => {}
                _ => return Err("a code that is taken cannot be typed".to_owned()),
            }
        }
        Ok(if is_taken { Read::Taken } else { Read::Refused })
    })?;
    target.words = &[
        "ORCA-", "wss://", "ws://", "-", "[::1]", ":", "/", "é", "\u{202e}",
    ];
    for relay in [
        "ws://relay.invalid",
        "wss://relay.example.org:8443/orca",
        "ws://[::1]:9",
    ] {
        let code = InvitationCode::new(relay, SECRET).map_err(|error| anyhow!("{error}"))?;
        target.seeds.push(relay.as_bytes().to_vec());
        target.seeds.push(code.to_string().into_bytes());
        target.seeds.push(code.to_string().to_lowercase().into_bytes());
    }
    Ok(Box::new(target))
}
