//! Files that people bring: calendars, lists of patients and visits, backups.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clinic::{ZoneName, Zones};
use desk::FrontDesk;
use ical::ReadOptions;
use serde_json::json;
use sha2::{Digest, Sha256};
use store::DatabaseKey;
use store::backup::{Opener, find_backup, list_backups, verify};
use tempfile::TempDir;

use super::{Read, Target};
use crate::faults::practice::{self, PASSPHRASE, add_patient, book, call};

struct Calendars {
    seeds: Vec<Vec<u8>>,
    zones: Zones,
    zone: ZoneName,
}

pub fn ics(_: u64) -> Result<Box<dyn Target>> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut seeds = Vec::new();
    for folder in [
        tests.join("fixtures/import"),
        tests.join("../crates/ical/tests/golden"),
    ] {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|ending| ending == "ics") {
                seeds.push(fs::read(path)?);
            }
        }
    }
    seeds.sort();
    Ok(Box::new(Calendars {
        seeds,
        zones: Zones::bundled(),
        zone: ZoneName::new("America/New_York"),
    }))
}

impl Target for Calendars {
    fn seeds(&self) -> Vec<Vec<u8>> {
        self.seeds.clone()
    }

    fn words(&self) -> &'static [&'static str] {
        &[
            "\r\n",
            "\r\n ",
            "BEGIN:VEVENT\r\n",
            "END:VEVENT\r\n",
            "BEGIN:VTIMEZONE\r\n",
            "RRULE:",
            "FREQ=",
            "YEARLY;",
            "SECONDLY;",
            "COUNT=",
            "INTERVAL=",
            "UNTIL=",
            "BYDAY=",
            "-5MO,",
            "BYSETPOS=",
            "BYYEARDAY=366",
            "EXDATE:",
            "RDATE;VALUE=PERIOD:",
            "DURATION:-P",
            "P1W",
            "T235960Z",
            "99991231T235959",
            "00000101",
            "20310309T023000",
            ";TZID=",
            "\"",
            "Europe/Berlin",
            "Eastern Standard Time",
            "RECURRENCE-ID:",
            "+2400",
            "=",
            ";",
            ":",
            ",",
        ]
    }

    fn read(&mut self, input: &[u8]) -> Result<Read, String> {
        let options = ReadOptions {
            zone: &self.zone,
            from: jiff::civil::date(2025, 1, 1),
            to: jiff::civil::date(2032, 12, 31),
            max_events: 10_000,
        };
        let calendar =
            ical::read_calendar(input, &options, &self.zones).map_err(|error| error.to_string())?;
        if calendar.events.len() > options.max_events {
            return Err(format!(
                "{} events, more than were asked for",
                calendar.events.len()
            ));
        }
        match calendar.events.is_empty() {
            true => Ok(Read::Refused),
            false => Ok(Read::Taken),
        }
    }
}

struct Lists {
    front: FrontDesk,
    _home: TempDir,
}

const PATIENTS: [&str; 3] = [
    "Chart #,LName,FName,DOB,Phone\nP1,Lund,Mia,2014-05-09,+1 207 555 0144\nP2,Lund,Sven,2011-03-31,\n",
    "family_name;given_name;birth_date;email\n\"Okafor; Obi\";Ada;12/01/2012;ada@example.org\n",
    "Last Name\tFirst Name\tMobile\nNovak\tLena\t2075550101\n",
];
const VISITS: [&str; 2] = [
    "AptNum,PatNum,AptDateTime,Length,Type,Op\n1,P1,2031-03-04 13:00,30,Consultation,Op 3\n2,P2,2031-03-09 02:30,30,Consultation,Op 3\n",
    "patient,date,time,minutes,type,operatory,provider\nRivera,03/04/2031,9:00 AM,45,Consultation,Op 1,Doctor 1\n",
];

pub fn csv(_: u64) -> Result<Box<dyn Target>> {
    let home = practice::home()?;
    let front = practice::found(&home.path().join("desk"))?;
    let patient = add_patient(&front, "Rivera", "Ana")?;
    book(&front, &patient, "Op 1", "09:00")?;
    Ok(Box::new(Lists { front, _home: home }))
}

impl Target for Lists {
    fn seeds(&self) -> Vec<Vec<u8>> {
        let all = PATIENTS.iter().chain(&VISITS);
        all.map(|text| text.as_bytes().to_vec()).collect()
    }

    fn words(&self) -> &'static [&'static str] {
        &[
            "\"",
            "\"\"",
            ",",
            ";",
            "\t",
            "\r\n",
            "\n",
            "LName",
            "Chart #",
            "DOB",
            "9999-12-31",
            "2031-03-09 02:30",
            "29.02.2023",
            "+1",
            "\u{feff}",
            "\u{0}",
            "é",
            "Op 3",
            "24:00",
            "-1",
            "99999999999999999999",
        ]
    }

    fn read(&mut self, input: &[u8]) -> Result<Read, String> {
        let text = String::from_utf8_lossy(input);
        let mut is_taken = false;
        for kind in ["patients_csv", "appointments_csv"] {
            let request = json!({ "kind": kind, "text": text, "dry_run": true, "job": "fuzz" });
            match self.front.call("import", request) {
                Ok(report) => is_taken |= report["added"].as_u64().is_some_and(|made| made > 0),
                Err(error) if ["internal", "bad_request"].contains(&error.code.as_str()) => {
                    return Err(format!("{kind}: {} ({})", error.message, error.code));
                }
                Err(_) => {}
            }
        }
        Ok(if is_taken { Read::Taken } else { Read::Refused })
    }
}

struct Backups {
    home: TempDir,
    key: DatabaseKey,
    /// The list of a backup, and where it lies.
    list: (PathBuf, Vec<u8>),
    chunk: (PathBuf, Vec<u8>),
    count: u64,
}

pub fn backup(_: u64) -> Result<Box<dyn Target>> {
    let home = practice::home()?;
    let (desk, backups) = (home.path().join("desk"), home.path().join("backups"));
    let front = practice::found(&desk)?;
    add_patient(&front, "Rivera", "Ana")?;
    call(&front, "back_up_now", json!({ "folder": backups }))?;
    front.close();
    let mut files = Vec::new();
    list(&backups, &mut files)?;
    files.sort();
    let found = |is_wanted: &dyn Fn(&[u8]) -> bool| -> Result<(PathBuf, Vec<u8>)> {
        for path in &files {
            let bytes = fs::read(path)?;
            if is_wanted(&bytes) {
                return Ok((path.clone(), bytes));
            }
        }
        anyhow::bail!("the backup has no such file")
    };
    Ok(Box::new(Backups {
        key: store::read_key_file(&desk, PASSPHRASE)?,
        list: found(&|bytes| bytes.starts_with(b"{")).context("its list")?,
        chunk: found(&|bytes| bytes.len() >= 4096 && !bytes.starts_with(b"{")).context("a chunk")?,
        home,
        count: 0,
    }))
}

fn list(folder: &Path, into: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        match path.is_dir() {
            true => list(&path, into)?,
            false => into.push(path),
        }
    }
    Ok(())
}

impl Target for Backups {
    fn seeds(&self) -> Vec<Vec<u8>> {
        vec![self.list.1.clone(), self.chunk.1.clone()]
    }

    fn words(&self) -> &'static [&'static str] {
        &[
            "\"",
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            "null",
            "-1",
            "1e999",
            "18446744073709551616",
            "\"format\": 1",
            "\"chunks\"",
            "\"../../x\"",
            "\n",
            "sha256 ",
            "seal ",
            "\\u0000",
            "é",
        ]
    }

    /// The sum in a list finds damage, not malice.
    fn repair(&self, input: &mut Vec<u8>) {
        let text = String::from_utf8_lossy(input).into_owned();
        if let Some((content, rest)) = text.split_once("sha256 ") {
            let digest = Sha256::digest(content.as_bytes());
            let sum: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            let seal = rest.find("seal ").map_or("seal 00\n", |at| &rest[at..]);
            *input = format!("{content}sha256 {sum}\n{seal}").into_bytes();
        }
    }

    fn read(&mut self, input: &[u8]) -> Result<Read, String> {
        self.count += 1;
        let is_list = input.starts_with(b"{") || input.windows(7).any(|part| part == b"sha256 ");
        let (path, whole) = if is_list { &self.list } else { &self.chunk };
        fs::write(path, input).map_err(|error| error.to_string())?;
        let folder = self.home.path().join("backups");
        let scratch = self.home.path().join("look");
        let read = list_backups(&folder)
            .and_then(|_| find_backup(&folder, None))
            .and_then(|found| verify(&found, Opener::Key(&self.key), &scratch, &mut |_, _, _| true));
        fs::write(path, whole).map_err(|error| error.to_string())?;
        match read {
            Ok(_) if input == whole => Ok(Read::Taken),
            Ok(_) => Err("a backup that was changed is taken for sound".to_owned()),
            Err(_) if input == whole => Err("a sound backup is refused".to_owned()),
            Err(_) => Ok(Read::Refused),
        }
    }
}
