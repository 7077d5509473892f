//! The formats that reach disk, wire and paper: fixed examples, every bit flip, and anything at all as input.

use expect_test::expect;
use proptest::prelude::*;
use sync::cover::{Cover, Retention};
use sync::envelope::{Author, BadEnvelope, Envelope, MAX_BODY_BYTES, MAX_ENVELOPE_BYTES, Seen};
use sync::id::{ChainHash, PracticeId, WorkstationId};
use sync::invitation::{BadCode, InvitationCode};
use sync::keys::{PersonKeys, PracticeKey, PracticeKeys, WorkstationKeys};
use sync::log::{Chain, genesis};
use sync::mail::{self, BadLetter, CannotSeal, MailPublic};
use sync::membership::Membership;
use sync::memory::MemoryLog;
use sync::relay::{Log, NewEntry, ReadLog, ReadRequest, Write, read_page};
use sync::release::{LetIn, Named};
use sync::snapshot::{BadSnapshot, Contents, Index, Listed, Maker, Pinned, open_pack, seal_pack};
use sync::staff::{Factor, Note, Policy};
use sync::statement::{Capability, Found, Statement, WorkstationPublic};
use sync::wire::{
    AckMail, Claim, Claimed, Entries, Frame, GetMail, GetStatements, Have, Head, Hello, Holder, Letter, Mail,
    MailKey, Pong, Push, Refusal, RefusalCode, Statements, Welcome,
};
use sync::{ClaimKey, LetterId, PackHash, SetId, claim};

const PRACTICE: PracticeId = PracticeId([0x11; 16]);

fn workstation() -> WorkstationKeys {
    WorkstationKeys::generate(WorkstationId([0x22; 16]), std::array::from_fn(|n| n as u8))
}

fn person() -> PersonKeys {
    PersonKeys::generate([0x33; 32])
}

fn keys() -> PracticeKeys {
    PracticeKeys::new(PracticeKey {
        epoch: 1,
        key: [0x44; 32],
    })
}

fn seal(body: &[u8]) -> Envelope {
    let (workstation, person) = (workstation(), person());
    let seen = Seen {
        position: 1,
        hash: genesis(PRACTICE),
    };
    let author = Author {
        practice: PRACTICE,
        workstation: &workstation,
        person: &person,
        sequence: 7,
        seen,
    };
    Envelope::seal(&author, keys().newest().expect("one"), body, [0x55; 24]).expect("short")
}

fn founding() -> Envelope {
    let (workstation, person) = (workstation(), person());
    let seen = Seen {
        position: 0,
        hash: genesis(PRACTICE),
    };
    let author = Author {
        practice: PRACTICE,
        workstation: &workstation,
        person: &person,
        sequence: 1,
        seen,
    };
    let found = Found {
        founder: person.public(),
        workstation: WorkstationPublic::of(&workstation),
        epoch: 1,
        introduction: vec![1, 2, 3],
    };
    Envelope::state(&author, 1, &Statement::Found(found)).expect("short")
}

fn membership() -> Membership {
    let mut membership = Membership::new(PRACTICE, Some(person().public().fingerprint()));
    membership.apply(1, &founding()).expect("its own founding");
    membership
}

/// These bytes are in practices' logs: a change here needs a new format version, not a new expectation.
#[test]
fn the_envelope_format_is_what_it_was() {
    let envelope = seal(b"moved to Op 3");
    expect![[r#"526"#]].assert_eq(&envelope.bytes().len().to_string());
    expect!["010111111111111111111111111111111111222222222222222222222222222222224d6ec2fb444f6a4fa6cfb7490137bc510000000000000007000000010000000000000001e951d9ecfafce3d74fafd2fd326139abaab486a8a9e9cc3341dbf0087ae51f09"].assert_eq(&data_encoding::HEXLOWER.encode(&envelope.bytes()[..102]));
    expect!["85241d37acb95325e104c40c6f587c03fe9fd9a913583dc17cbd637f2d8a36b6"]
        .assert_eq(&envelope.id().to_string());
    expect!["b481c1acbf95470d4282e30192c930964ab105f103b14b574d4e90f5565a3995"]
        .assert_eq(&founding().id().to_string());
    expect!["83010184582017cb79fb2b4120f2b1ec65e4198d6e08b28e813feb01e4a400839b85e18080ce82582003a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b85820358072d6365880d1aeea329adf9121383851ed21a28e3b75e965d0d2cd1662540143010203"].assert_eq(&data_encoding::HEXLOWER.encode(founding().statement_bytes().expect("clear")));
    expect!["e951d9ecfafce3d74fafd2fd326139abaab486a8a9e9cc3341dbf0087ae51f09"]
        .assert_eq(&genesis(PRACTICE).to_string());
    assert_eq!(
        envelope.open(&keys()).expect("opens").as_slice(),
        b"moved to Op 3"
    );
    envelope.verify(&membership()).expect("rightly signed");
}

#[test]
fn the_invitation_format_is_what_it_was() {
    let code = InvitationCode::new("wss://relay.example.com", [0x66; 16]).expect("a good address");
    expect!["ORCA-21K6C-SK6CS-K6CSK-6CSK6-CSK6C-SK74S-BCC5W-JWSBR-C5PQ0-V355S-HPYVD-F9ERP-P"]
        .assert_eq(&code.to_string());
    expect!["131c4348599b9d92061caa7a36f2747d"].assert_eq(&code.lookup().to_string());
    expect!["f4c5f855045d61edf8dac2506b6db089bf7a070dc080d0e92ec0c346015e6a57"]
        .assert_eq(&data_encoding::HEXLOWER.encode(&code.public().0));
    expect!["830102835820f4c5f855045d61edf8dac2506b6db089bf7a070dc080d0e92ec0c346015e6a570209"]
        .assert_eq(&data_encoding::HEXLOWER.encode(&code.invite(Capability::Member, 9, None).to_bytes()));
}

fn letter() -> Vec<u8> {
    let key = keys().newest().expect("one").clone();
    let message = mail::Message {
        kind: "page".into(),
        body: b"yes".to_vec(),
    };
    let to = mail::public(PRACTICE, &key);
    mail::seal(
        mail::box_of(PRACTICE),
        1,
        to,
        LetterId([0x88; 16]),
        &message,
        [0x99; 32],
    )
    .expect("short")
}

/// Letters lie at relays for weeks, and their keys are in links that patients have.
#[test]
fn the_letter_format_is_what_it_was() {
    let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
    let key = keys().newest().expect("one").clone();
    expect!["20f3ab25d1a7297094ae0f3d657c212d"].assert_eq(&mail::box_of(PRACTICE).to_string());
    expect!["8b6e0c7c4371a392b69bd7688a4db9bd0df2ea4c92bed446ea0f449c8057e562"]
        .assert_eq(&hex(&mail::public(PRACTICE, &key).0));
    expect!["010000000188888888888888888888888888888888ba193836cff1f4e866c139715d306408d26a76f76d638a39afc1001084d25411"].assert_eq(&hex(&letter()[..53]));
    expect!["cc574f9e6fa08dcb39095d47fa7b6b29e7da33a286596e6e6d1e011f1346149c"]
        .assert_eq(&hex(&PackHash::of(&letter()).0));
    expect!["d0186776eb0a14370d11ec460628396746daf692f0a43a9d53332920568eb4ae880a1439b9ba939858432594032da93242da1eef3cd2cd5e494923fe2a4a320c"].assert_eq(&hex(&mail::announce(PRACTICE, &key, &workstation()).signature));
    let (id, message) = mail::open(PRACTICE, &keys(), &letter()).expect("opens");
    assert_eq!(
        (id, message.kind.as_str(), message.body.as_slice()),
        (LetterId([0x88; 16]), "page", &b"yes"[..])
    );
}

#[test]
fn every_bit_of_a_letter_counts() {
    let letter = letter();
    for bit in 0..letter.len() * 8 {
        let mut flipped = letter.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(mail::open(PRACTICE, &keys(), &flipped).is_err(), "bit {bit}");
    }
    for length in 0..letter.len() {
        assert!(
            mail::open(PRACTICE, &keys(), &letter[..length]).is_err(),
            "{length} bytes"
        );
    }
    let other = PracticeId([0x12; 16]);
    assert_eq!(mail::open(other, &keys(), &letter), Err(BadLetter::CannotOpen));
    let later = PracticeKeys::new(PracticeKey {
        epoch: 2,
        key: [0x44; 32],
    });
    assert_eq!(
        mail::open(PRACTICE, &later, &letter),
        Err(BadLetter::UnknownEpoch(1))
    );
}

#[test]
fn what_cannot_be_a_letter_is_not_sealed() {
    let key = keys().newest().expect("one").clone();
    let to = mail::public(PRACTICE, &key);
    let seal = |kind: &str, length: usize, to| {
        let message = mail::Message {
            kind: kind.into(),
            body: vec![7; length],
        };
        mail::seal(
            mail::box_of(PRACTICE),
            1,
            to,
            LetterId([1; 16]),
            &message,
            [9; 32],
        )
    };
    assert_eq!(seal("", 1, to), Err(CannotSeal::Kind(0)));
    assert_eq!(seal(&"k".repeat(65), 1, to), Err(CannotSeal::Kind(65)));
    assert!(matches!(
        seal("page", mail::MAX_MESSAGE_BYTES, to),
        Err(CannotSeal::TooLong(_))
    ));
    assert_eq!(seal("page", 1, mail::MailPublic([0; 32])), Err(CannotSeal::Key));
    let longest = seal("page", mail::MAX_MESSAGE_BYTES - 9, to).expect("fits");
    assert!(longest.len() <= mail::MAX_LETTER_BYTES);
    assert_eq!(
        mail::open(PRACTICE, &keys(), &longest)
            .expect("opens")
            .1
            .body
            .len(),
        mail::MAX_MESSAGE_BYTES - 9
    );
}

/// Other workstations make the same key of the same thing, also ones of later releases.
#[test]
fn a_claim_has_the_key_that_it_had() {
    let made = claim::key(PRACTICE, &keys(), "reminder", b"visit 7").expect("there are keys");
    expect!["1bc4c19c7293c3defded3910a817f6aee63e0ff6f9e32a22648dacc2005d3470"].assert_eq(&made.to_string());
    let mut later = keys();
    later.add(PracticeKey {
        epoch: 2,
        key: [0x45; 32],
    });
    assert_eq!(
        claim::key(PRACTICE, &later, "reminder", b"visit 7"),
        Some(made),
        "also after a new epoch"
    );
    assert_ne!(claim::key(PRACTICE, &keys(), "remind", b"ervisit 7"), Some(made));
    assert_ne!(
        claim::key(PracticeId([0x12; 16]), &keys(), "reminder", b"visit 7"),
        Some(made)
    );
    assert_eq!(
        claim::key(PRACTICE, &PracticeKeys::default(), "reminder", b"visit 7"),
        None
    );
}

#[test]
fn what_travels_beside_the_log_is_what_it_was() {
    let hex = |frame: Frame| {
        let bytes = frame.to_bytes();
        assert_eq!(Frame::parse(&bytes), Ok(frame));
        data_encoding::HEXLOWER.encode(&bytes)
    };
    let key = ClaimKey([0x77; 32]);
    expect!["8301148158207777777777777777777777777777777777777777777777777777777777777777"]
        .assert_eq(&hex(Frame::Claim(Claim { key })));
    let holder = Holder {
        workstation: WorkstationId([0x22; 16]),
        at_millis: 5,
    };
    expect!["830115825820777777777777777777777777777777777777777777777777777777777777777782502222222222222222222222222222222205"].assert_eq(&hex(Frame::Claimed(Claimed {
        key,
        holder: Some(holder),
        refused: None,
    })));
    expect!["8301158358207777777777777777777777777777777777777777777777777777777777777777f682106466756c6c"]
        .assert_eq(&hex(Frame::Claimed(Claimed {
            key,
            holder: None,
            refused: Some(Refusal::new(RefusalCode::PracticeFull, "full")),
        })));
    let public = MailPublic([0x66; 32]);
    expect!["83011818830358206666666666666666666666666666666666666666666666666666666666666666584055555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555"].assert_eq(&hex(Frame::PutMailKey(MailKey {
        epoch: 3,
        public,
        signature: [0x55; 64],
    })));
    expect!["830118198107"].assert_eq(&hex(Frame::GetMail(GetMail { after: 7 })));
    let letter = Letter {
        number: 8,
        received_at: 9,
        sealed: vec![1, 2, 3],
    };
    expect![
        "8301181a85818308094301020308080358206666666666666666666666666666666666666666666666666666666666666666"
    ]
    .assert_eq(&hex(Frame::Mail(Mail {
        letters: vec![letter],
        up_to: 8,
        last: 8,
        epoch: Some(3),
        public: Some(public),
    })));
    expect!["8301181a83800008"].assert_eq(&hex(Frame::Mail(Mail {
        letters: Vec::new(),
        up_to: 0,
        last: 8,
        epoch: None,
        public: None,
    })));
    expect!["8301181b8108"].assert_eq(&hex(Frame::AckMail(AckMail { up_to: 8 })));
    let head = Head {
        position: 1,
        hash: genesis(PRACTICE),
    };
    // Of a relay from before.
    expect!["8301048182015820e951d9ecfafce3d74fafd2fd326139abaab486a8a9e9cc3341dbf0087ae51f09"].assert_eq(
        &hex(Frame::Welcome(Welcome {
            head,
            understands: None,
            retention: None,
        })),
    );
    expect!["8301048282015820e951d9ecfafce3d74fafd2fd326139abaab486a8a9e9cc3341dbf0087ae51f09181b"]
        .assert_eq(&hex(Frame::Welcome(Welcome {
            head,
            understands: Some(27),
            retention: None,
        })));
    expect!["83010e83010203"].assert_eq(&hex(Frame::Pong(Pong {
        number: 1,
        head: 2,
        mail: Some(3),
    })));
}

#[test]
fn what_lets_envelopes_in_is_what_it_was() {
    let let_in = LetIn {
        reason: "asked for".into(),
        envelopes: vec![Named {
            id: sync::EnvelopeId([0x77; 32]),
            bytes: Some(vec![1, 2, 3].into()),
        }],
    };
    let release = let_in.seal(keys().newest().expect("one"), person().public(), [0x55; 24]);
    expect!["83010a818201585b5555555555555555555555555555555555555555555555558f11cbad270ebc4d5bc8491af3122b7088686be2c0a3bdbea4b76130fa197b77983cbf22e31e504ccefa1c6a1e1cd694941980869668621c696e241d43bbe4fd989198"]
        .assert_eq(&data_encoding::HEXLOWER.encode(&Statement::Release(release.clone()).to_bytes()));
    assert_eq!(release.open(&keys(), person().public()), Ok(let_in));
    let somebody_else = PersonKeys::generate([0x34; 32]).public();
    assert!(
        release.open(&keys(), somebody_else).is_err(),
        "nobody repeats it under their own name"
    );
}

#[test]
fn what_is_said_of_log_ins_is_what_it_was() {
    let note = |byte| Note {
        epoch: 1,
        sealed: vec![byte; 3],
    };
    let hex = |statement: Statement| data_encoding::HEXLOWER.encode(&statement.to_bytes());
    expect!["83010d81820143010101"].assert_eq(&hex(Statement::Factor(Factor {
        factor: Some(note(1)),
    })));
    expect!["83010d80"].assert_eq(&hex(Statement::Factor(Factor { factor: None })));
    // Without rules it is what it was before there were any, and with them an older program reads the table.
    let table_alone = Policy {
        table: note(1),
        rules: None,
    };
    expect![["83010781820143010101"]].assert_eq(&hex(Statement::Policy(table_alone)));
    let with_rules = Policy {
        table: note(1),
        rules: Some(note(2)),
    };
    expect!["83010782820143010101820143020202"].assert_eq(&hex(Statement::Policy(with_rules)));
    let sealed = person().seal_private(b"second factor 1", b"kept", [0x55; 24]);
    expect!["555555555555555555555555555555555555555555555555c57a423193e0c85176e70c0fda34d246897743ca"]
        .assert_eq(&data_encoding::HEXLOWER.encode(&sealed));
    let opened = person().open_private(b"second factor 1", &sealed);
    assert_eq!(opened.map(|plain| plain.to_vec()), Ok(b"kept".to_vec()));
    assert!(person().open_private(b"another place", &sealed).is_err());
    assert!(
        PersonKeys::generate([0x34; 32])
            .open_private(b"second factor 1", &sealed)
            .is_err()
    );
}

#[test]
fn what_covers_the_log_is_what_it_was() {
    let cover = Cover {
        position: 300,
        hash: ChainHash([0x11; 32]),
        form: 65_540,
        digest: PackHash([0x22; 32]),
        snapshot: Pinned {
            set: SetId([0x33; 16]),
            index: PackHash([0x44; 32]),
        },
        is_right: true,
    };
    let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
    expect!["83010e8619012c582011111111111111111111111111111111111111111111111111111111111111111a000100045820222222222222222222222222222222222222222222222222222222222222222282503333333333333333333333333333333358204444444444444444444444444444444444444444444444444444444444444444f5"].assert_eq(&hex(&Statement::Cover(cover).to_bytes()));
    // A relay that keeps everything says what it always said, and one that prunes says more behind it.
    let welcome = |retention| {
        let head = Head {
            position: 7,
            hash: ChainHash([0x11; 32]),
        };
        let welcome = Welcome {
            head,
            understands: Some(30),
            retention,
        };
        hex(&Frame::Welcome(welcome).to_bytes())
    };
    expect!["83010482820758201111111111111111111111111111111111111111111111111111111111111111181e"]
        .assert_eq(&welcome(None));
    expect![
        "83010483820758201111111111111111111111111111111111111111111111111111111111111111181e831901900605"
    ]
    .assert_eq(&welcome(Some(Retention {
        days: 400,
        pruned: 6,
        gone: 5,
    })));
    let have = Have {
        position: 7,
        hash: ChainHash([0x11; 32]),
    };
    expect!["8301181c820758201111111111111111111111111111111111111111111111111111111111111111"]
        .assert_eq(&hex(&Frame::Have(have).to_bytes()));
    expect!["8301181d8107"].assert_eq(&hex(&Frame::GetStatements(GetStatements { after: 7 }).to_bytes()));
    let statements = Statements {
        entries: vec![(8, vec![1, 2].into())],
        has_more: true,
    };
    expect!["8301181e82818208420102f5"].assert_eq(&hex(&Frame::Statements(statements).to_bytes()));
    assert_eq!(RefusalCode::Pruned.number(), 24);
}

/// A rotation that knows of no kit is the bytes it always was.
#[test]
fn a_rotation_without_a_kit_is_what_it_was() {
    let key = PracticeKey {
        epoch: 2,
        key: [0x45; 32],
    };
    let rotate = membership().rotation(&key, [7; 32]).expect("good keys");
    assert_eq!(rotate.recovery, None);
    let bytes = Statement::Rotate(rotate).to_bytes();
    assert_eq!(bytes[..4], [0x83, 0x01, 0x05, 0x83], "three fields");
}

#[test]
fn every_flipped_bit_is_noticed() {
    let membership = membership();
    for original in [seal(b"a note about a crown"), founding()] {
        for bit in 0..original.bytes().len() * 8 {
            let mut bytes = original.bytes().to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let noticed = match Envelope::parse(bytes) {
                Err(_) => true,
                Ok(envelope) if envelope.statement_bytes().is_some() => {
                    Membership::new(PRACTICE, None).apply(1, &envelope).is_err()
                }
                Ok(envelope) => envelope.verify(&membership).is_err(),
            };
            assert!(noticed, "bit {bit}");
        }
    }
}

/// A relay or thief who re-signs nothing but swaps parts: the ciphertext is bound to its header.
#[test]
fn a_body_does_not_open_under_another_header_or_key() {
    let (one, two) = (seal(b"one"), {
        let (workstation, person) = (workstation(), person());
        let seen = Seen {
            position: 1,
            hash: genesis(PRACTICE),
        };
        let author = Author {
            practice: PRACTICE,
            workstation: &workstation,
            person: &person,
            sequence: 8,
            seen,
        };
        Envelope::seal(&author, keys().newest().expect("one"), b"two", [0x56; 24]).expect("short")
    });
    let mut spliced = two.bytes()[..102].to_vec();
    spliced.extend_from_slice(&one.bytes()[102..]);
    let spliced = Envelope::parse(spliced).expect("well-formed");
    assert!(spliced.open(&keys()).is_err() && spliced.verify(&membership()).is_err());
    let other = PracticeKeys::new(PracticeKey {
        epoch: 1,
        key: [0x45; 32],
    });
    assert!(one.open(&other).is_err());
    assert!(
        one.open(&PracticeKeys::new(PracticeKey {
            epoch: 2,
            key: [0x44; 32]
        }))
        .is_err()
    );
}

#[test]
fn sizes_are_padded_and_bounded() {
    assert_eq!(seal(&[1; 1]).bytes().len(), seal(&[1; 252]).bytes().len());
    assert_eq!(seal(&[1; 253]).bytes().len(), seal(&[1; 252]).bytes().len() + 256);
    let largest = seal(&vec![1; MAX_BODY_BYTES]);
    assert!(largest.bytes().len() <= MAX_ENVELOPE_BYTES);
    assert_eq!(largest.open(&keys()).expect("opens").len(), MAX_BODY_BYTES);
    let (workstation, person) = (workstation(), person());
    let seen = Seen {
        position: 1,
        hash: genesis(PRACTICE),
    };
    let author = Author {
        practice: PRACTICE,
        workstation: &workstation,
        person: &person,
        sequence: 7,
        seen,
    };
    let key = keys().newest().expect("one").clone();
    assert!(Envelope::seal(&author, &key, &vec![1; MAX_BODY_BYTES + 1], [0; 24]).is_err());
    assert!(matches!(
        Envelope::parse(vec![1; MAX_ENVELOPE_BYTES + 1]),
        Err(BadEnvelope::Length { .. })
    ));
}

#[test]
fn codes_are_read_as_people_type_them() {
    let code = InvitationCode::new("ws://10.0.0.5:7370", [0xab; 16]).expect("a good address");
    let text = code.to_string();
    for typed in [
        text.to_lowercase(),
        text.replace('-', " "),
        text.replace('-', ""),
        text.replace('-', "–"),
        format!("  {text}\n"),
        text.replace('0', "O").replace('1', "l"),
    ] {
        assert_eq!(typed.parse::<InvitationCode>().as_ref(), Ok(&code), "{typed}");
    }
    assert_eq!("hello".parse::<InvitationCode>(), Err(BadCode::Prefix));
    assert_eq!(
        format!("{text}!").parse::<InvitationCode>(),
        Err(BadCode::Character('!'))
    );
    assert_eq!(
        text[..text.len() - 1].parse::<InvitationCode>(),
        Err(BadCode::Checksum)
    );
    assert_eq!(
        InvitationCode::new("https://relay.example", [0; 16]),
        Err(BadCode::Relay)
    );
    assert_eq!(format!("{code:?}"), "InvitationCode(ws://10.0.0.5:7370, secret)");
    // One wrong letter anywhere.
    for index in 5..text.len() {
        let letter = text.as_bytes()[index];
        if letter == b'-' {
            continue;
        }
        let mut typed = text.clone().into_bytes();
        typed[index] = if letter == b'7' { b'8' } else { b'7' };
        assert!(
            String::from_utf8(typed)
                .expect("ASCII")
                .parse::<InvitationCode>()
                .is_err(),
            "at {index}"
        );
    }
}

#[test]
fn a_log_pulled_in_pages_of_any_size_is_the_log() {
    for length in [0_u64, 1, 2, 3, 7, 8, 9, 31, 64] {
        let mut log = MemoryLog::default();
        let mut chain = Chain::at(0, genesis(PRACTICE));
        let mut written = Vec::new();
        for position in 1..=length {
            let bytes = vec![position as u8; 10 + position as usize * 3];
            let id = Envelope::id_of(&bytes);
            chain.push(id);
            let hash = chain.hash();
            let entry = NewEntry {
                practice: PRACTICE,
                position,
                id,
                hash,
                is_statement: false,
                bytes: bytes.clone(),
                received_at: 0,
            };
            log.write(&[Write::Entry(entry)]).expect("memory");
            written.push(bytes);
        }
        for max_entries in 1..=length as usize + 2 {
            for max_bytes in [1, 50, 100_000] {
                let mut pulled = Vec::new();
                let mut at = Chain::at(0, genesis(PRACTICE));
                loop {
                    let expect = Some(at.hash());
                    let after = at.position();
                    let request = ReadRequest {
                        practice: PRACTICE,
                        after,
                        expect,
                        max_entries,
                        max_bytes,
                    };
                    let page = read_page(&mut log, &request)
                        .expect("memory")
                        .expect("the same log");
                    for bytes in &page.envelopes {
                        at.push(Envelope::id_of(bytes));
                    }
                    assert_eq!(page.hash, at.hash());
                    if page.envelopes.is_empty() {
                        break;
                    }
                    pulled.extend(page.envelopes);
                }
                assert_eq!(
                    pulled, written,
                    "{length} entries in pages of {max_entries}, {max_bytes} bytes"
                );
            }
        }
        assert_eq!(
            log.head(PRACTICE)
                .expect("memory")
                .map_or(0, |head| head.position),
            length
        );
    }
}

#[test]
fn stored_keys_come_back_and_damaged_ones_are_refused() {
    let stored = workstation().to_bytes();
    let back = WorkstationKeys::from_bytes(&stored).expect("what was written");
    assert_eq!(
        (back.id(), back.signing_public()),
        (workstation().id(), workstation().signing_public())
    );
    assert_eq!(back.wrapping_public(), workstation().wrapping_public());
    assert!(WorkstationKeys::from_bytes(&stored[1..]).is_err());
    let stored = person().to_bytes();
    assert_eq!(
        PersonKeys::from_bytes(&stored)
            .expect("what was written")
            .key_id(),
        person().key_id()
    );
    let mut all = keys();
    all.add(PracticeKey {
        epoch: 2,
        key: [9; 32],
    });
    let stored = all.to_bytes();
    let back = PracticeKeys::from_bytes(&stored).expect("what was written");
    assert_eq!(
        back.iter().map(|key| (key.epoch, key.key)).collect::<Vec<_>>(),
        [(1, [0x44; 32]), (2, [9; 32])]
    );
    assert!(PracticeKeys::from_bytes(&stored[..stored.len() - 1]).is_err());
    assert!(PracticeKeys::from_bytes(&[1]).is_err());
}

#[test]
fn frames_of_a_newer_relay_are_a_clean_error() {
    let reserved = minicbor::to_vec((1_u8, 999_u16, "a surprise")).expect("to a Vec");
    assert_eq!(
        Frame::parse(&reserved).expect_err("unknown").to_string(),
        "frame number 999 is not understood here: update the program"
    );
    let newer = minicbor::to_vec((2_u8, 1_u16, "hello")).expect("to a Vec");
    assert!(
        Frame::parse(&newer)
            .expect_err("unknown")
            .to_string()
            .contains("version 2")
    );
}

const SET: SetId = SetId([0x66; 16]);

/// Two packs and their index, made by the founder at position 1.
fn snapshot() -> (Vec<Vec<u8>>, Index) {
    snapshot_of(None)
}

fn snapshot_of(days: Option<[u32; 2]>) -> (Vec<Vec<u8>>, Index) {
    let (workstation, person, keys) = (workstation(), person(), keys());
    let key = keys.newest().expect("one");
    let packs: Vec<Vec<u8>> = [&b"today"[..], &b"everything else"[..]]
        .iter()
        .zip(1..)
        .map(|(content, number)| seal_pack(PRACTICE, SET, number, key, content, [0x77; 24]))
        .collect();
    let contents = Contents {
        data_version: 3,
        membership: vec![9; 40],
        clock_millis: 1_770_000_000_000,
        clock_counter: 4,
        packs: packs
            .iter()
            .zip([1, 3])
            .map(|(pack, kind)| Listed {
                kind,
                hash: PackHash::of(pack),
            })
            .collect(),
        counts: vec![1, 2, 3],
        days,
    };
    let maker = Maker {
        workstation: &workstation,
        person: &person,
        key,
    };
    let covers = Seen {
        position: 1,
        hash: genesis(PRACTICE),
    };
    let index = Index::seal(&maker, PRACTICE, covers, SET, &contents, [0x88; 24]).expect("two packs");
    (packs, index)
}

/// Snapshots lie at relays for a while, and invitations name them by hash.
#[test]
fn the_snapshot_format_is_what_it_was() {
    let (packs, index) = snapshot();
    index.verify(&membership()).expect("the founder made it");
    let contents = index.open(&keys()).expect("its own key");
    assert_eq!(
        (contents.counts.as_slice(), contents.data_version),
        (&[1, 2, 3][..], 3)
    );
    let content = |number: u32| {
        open_pack(
            index.header(),
            &contents,
            number,
            &keys(),
            &packs[number as usize - 1],
        )
    };
    assert_eq!(content(1).expect("sealed here"), b"today");
    assert_eq!(content(2).expect("sealed here"), b"everything else");
    let hash = |bytes: &[u8]| PackHash::of(bytes).to_string();
    expect![[r#"
        e413523f78a4ad0ccae531c1927a9eb3b1e769c6e4bf38d08d7add346bac320b
        134a7302e163bb6b0b138e655c0cdd780b0764cd8fbb4fbae181329d0f74318d
        680dcda21b0ae736061dd727d5b0adcb78cb321b99abbcd18c03501cb3f48eba"#]]
    .assert_eq(&[hash(&packs[0]), hash(&packs[1]), hash(index.bytes())].join("\n"));
    // What an older release made says nothing of days, and is read as ever.
    assert_eq!(contents.days, None);
    let days = Some([20_260_303, 20_260_310]);
    let (_, newer) = snapshot_of(days);
    assert_eq!(newer.open(&keys()).expect("its own key").days, days);
}

#[test]
fn a_snapshot_that_was_altered_or_mixed_up_is_noticed() {
    let (packs, index) = snapshot();
    let contents = index.open(&keys()).expect("sound");
    let pinned: Pinned = index.pinned();
    for at in 0..index.bytes().len() {
        let mut altered = index.bytes().to_vec();
        altered[at] ^= 1 << (at % 8);
        assert_ne!(
            PackHash::of(&altered),
            pinned.index,
            "an invitation's newcomer notices"
        );
        // … and so does whoever goes by signatures.
        if let Ok(altered) = Index::parse(altered) {
            assert!(altered.verify(&membership()).is_err(), "byte {at}");
        }
    }
    for cut in 0..index.bytes().len() {
        if let Ok(cut) = Index::parse(index.bytes()[..cut].to_vec()) {
            assert!(cut.verify(&membership()).is_err());
        }
    }
    for at in 0..packs[0].len() {
        let mut altered = packs[0].clone();
        altered[at] ^= 0x10;
        let opened = open_pack(index.header(), &contents, 1, &keys(), &altered);
        assert_eq!(opened, Err(BadSnapshot::Other), "byte {at}");
    }
    // A pack in another's place, or of a set that is none.
    for number in [0, 2, 3, u32::MAX] {
        assert!(open_pack(index.header(), &contents, number, &keys(), &packs[0]).is_err());
    }
    // The same bytes listed under another number or in another set do not open: both are sealed in.
    let mut swapped = contents.clone();
    swapped.packs.swap(0, 1);
    let opened = open_pack(index.header(), &swapped, 2, &keys(), &packs[0]);
    assert_eq!(opened, Err(BadSnapshot::Sealed));
    let mut elsewhere = *index.header();
    elsewhere.set = SetId([0x67; 16]);
    let opened = open_pack(&elsewhere, &contents, 1, &keys(), &packs[0]);
    assert_eq!(opened, Err(BadSnapshot::Sealed));
    // Another practice's key.
    let other = PracticeKeys::new(PracticeKey {
        epoch: 1,
        key: [0x45; 32],
    });
    assert_eq!(index.open(&other), Err(BadSnapshot::Sealed));
}

fn mutate(original: &[u8], edits: &[(usize, u8)], cut: usize) -> Vec<u8> {
    let mut bytes = original.to_vec();
    for (at, value) in edits {
        let length = bytes.len();
        bytes[at % length] = *value;
    }
    bytes.truncate(bytes.len() - cut % bytes.len());
    bytes
}

proptest! {
    #[test]
    fn no_bytes_make_a_parser_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = Frame::parse(&bytes);
        let _ = Statement::parse(&bytes);
        let _ = Membership::from_bytes(&bytes);
        let _ = WorkstationKeys::from_bytes(&bytes);
        let _ = PracticeKeys::from_bytes(&bytes);
        prop_assert!(mail::open(PRACTICE, &keys(), &bytes).is_err());
        let code = InvitationCode::new("wss://relay.example", [1; 16]).unwrap();
        let _ = code.open(&bytes);
        let _ = code.answer(&bytes);
        if let Ok(envelope) = Envelope::parse(bytes) {
            prop_assert!(envelope.verify(&membership()).is_err());
        }
    }

    #[test]
    fn no_mutation_makes_a_parser_panic(
        edits in proptest::collection::vec((any::<usize>(), any::<u8>()), 0..6),
        cut in 0_usize..40,
    ) {
        let push = Frame::Push(Push { batch: 1, envelopes: vec![seal(b"x").into_bytes().into()] });
        let hello = Frame::Hello(Hello { practice: PRACTICE, workstation: WorkstationId([2; 16]) });
        let entries = Frame::Entries(Entries {
            after: 3,
            envelopes: vec![founding().into_bytes().into()],
            hash: genesis(PRACTICE),
            head: 9,
        });
        for frame in [push, hello, entries] {
            if let Ok(parsed) = Frame::parse(&mutate(&frame.to_bytes(), &edits, cut)) {
                prop_assert_eq!(Frame::parse(&parsed.to_bytes()), Ok(parsed));
            }
        }
        let _ = Membership::from_bytes(&mutate(&membership().to_bytes(), &edits, cut));
        let found = founding();
        let statement = mutate(found.statement_bytes().unwrap(), &edits, cut);
        if let Ok(parsed) = Statement::parse(&statement) {
            prop_assert_eq!(Statement::parse(&parsed.to_bytes()), Ok(parsed));
        }
        if let Ok(envelope) = Envelope::parse(mutate(found.bytes(), &edits, cut)) {
            let same = envelope == found;
            prop_assert_eq!(Membership::new(PRACTICE, None).apply(1, &envelope).is_ok(), same);
        }
    }

    #[test]
    fn no_text_makes_the_code_reader_panic(text in "\\PC{0,80}") {
        let _ = text.parse::<InvitationCode>();
        let _ = format!("ORCA-{text}").parse::<InvitationCode>();
    }

    #[test]
    fn every_code_reads_back(secret in any::<[u8; 16]>(), host in "[a-z0-9.]{1,60}", port in 1_u16.., tls in any::<bool>()) {
        let scheme = if tls { "wss" } else { "ws" };
        let code = InvitationCode::new(&format!("{scheme}://{host}:{port}/sync"), secret).unwrap();
        prop_assert_eq!(code.to_string().parse::<InvitationCode>(), Ok(code));
    }

    #[test]
    fn every_body_comes_back(body in proptest::collection::vec(any::<u8>(), 0..3000)) {
        let envelope = Envelope::parse(seal(&body).into_bytes()).unwrap();
        prop_assert_eq!(envelope.open(&keys()).unwrap().to_vec(), body);
    }
}
