//! Invented days, always the same.

#![allow(dead_code, reason = "each test uses some of it")]

use paper::{
    Block, Column, DayClock, DaySheet, Head, Progress, RouteSlips, Slip, Span, Unit, Visit, Week, WeekDay,
    WeekRow, WeekVisit,
};

const NAMES: [&str; 14] = [
    "Rivera, Ana",
    "Osei-Bonsu, Kofi “KB”",
    "Nguyễn, Thị Hương",
    "Schönberger-Łukasiewicz, Anneliese",
    "Γεωργίου, Ελένη",
    "Шевченко, Тарас",
    "كريم, ليلى",
    "כהן, אורי",
    "O’Brien, Saoirse",
    "Nakamura, Yui",
    "山田, 太郎",
    "de la Cruz y Fernández, María José",
    "Li, Bo",
    "Àkànní, Fọláṣadé",
];

const KINDS: [(&str, &str, u16, &str); 6] = [
    ("A", "Adjustment", 30, "XX/XX/"),
    ("B", "Bonding", 60, "//XXXX//XX//"),
    ("C", "Consultation", 45, "/XXX/////"),
    ("R", "Retainer check", 15, "/X/"),
    ("D", "Debond", 75, "//XXX//////XX//"),
    ("E", "Emergency", 20, "XXXX"),
];

pub fn head() -> Head {
    Head {
        practice: "Harbour Orthodontics".to_owned(),
        location: "Main Street".to_owned(),
        zone: "New York (EST)".to_owned(),
        printed_at: "3 March 2026, 06:00".to_owned(),
        printed_by: "Amara Diallo".to_owned(),
    }
}

pub fn pattern(text: &str) -> Vec<Unit> {
    text.chars()
        .map(|unit| match unit {
            'X' => Unit::Provider,
            _ => Unit::Assistant,
        })
        .collect()
}

pub fn visit(nth: usize, starts: u16) -> Visit {
    let (letter, kind, length, units) = KINDS[nth % KINDS.len()];
    let states = [
        (Progress::Unconfirmed, "scheduled"),
        (Progress::Confirmed, "confirmed"),
        (Progress::Confirmed, "confirmed"),
        (Progress::Here, "arrived"),
        (Progress::Done, "completed"),
    ];
    let (progress, status) = states[nth % states.len()];
    Visit {
        starts,
        length,
        name: NAMES[(nth * 5) % NAMES.len()].to_owned(),
        age: Some(8 + (nth as u16 * 7) % 40),
        phone: format!("(555) 010-{:04}", nth * 37 % 10_000),
        letter: letter.to_owned(),
        kind: kind.to_owned(),
        provider: ["Chen", "Okafor", "Lindqvist"][nth % 3].to_owned(),
        operatory: format!("Op {}", 1 + nth % 5),
        progress,
        status: status.to_owned(),
        is_first: nth % 6 == 2,
        is_asap: nth % 7 == 3,
        comes_early: if nth % 9 == 4 { 10 } else { 0 },
        has_conflict: false,
        alert: if nth % 4 == 1 {
            "Latex allergy".to_owned()
        } else {
            String::new()
        },
        note: if nth.is_multiple_of(3) {
            "Broken bracket upper left; mother asks about the colours and wants to talk about payment."
                .to_owned()
        } else {
            String::new()
        },
        pattern: pattern(units),
    }
}

/// Full columns from eight to five, with lunch, one overlap and gaps.
pub fn day(columns: usize) -> DaySheet {
    let open = vec![Span {
        from: 480,
        until: 1020,
    }];
    let columns = (0..columns)
        .map(|at| {
            let mut visits = Vec::new();
            let mut minute = 480 + (at as u16 % 3) * 10;
            let mut nth = at * 11;
            while minute < 1000 {
                if (720..780).contains(&minute) {
                    minute = 780;
                }
                let next = visit(nth, minute);
                if next.ends() <= 1020 && !(next.starts < 720 && next.ends() > 720) {
                    minute = next.ends() + if nth % 4 == 3 { 15 } else { 0 };
                    visits.push(next);
                } else {
                    minute += 15;
                }
                nth += 1;
            }
            if at == 1 {
                let mut clash = visit(5, 560);
                clash.has_conflict = true;
                visits.push(clash);
            }
            Column {
                name: format!("Op {}", at + 1),
                beside: ["Dr Chen", "Dr Okafor", "Lindqvist, hygienist"][at % 3].to_owned(),
                hours: (at % 4 == 3).then(|| {
                    vec![Span {
                        from: 540,
                        until: 960,
                    }]
                }),
                blocks: vec![Block {
                    span: Span {
                        from: 720,
                        until: 780,
                    },
                    title: "Lunch".to_owned(),
                }],
                visits,
            }
        })
        .collect();
    DaySheet {
        head: head(),
        day: "Tuesday 3 March 2026".to_owned(),
        by: "By operatory".to_owned(),
        clock: DayClock::default(),
        open,
        columns,
        increment: 10,
        broken: vec![Visit {
            progress: Progress::Broken,
            status: "cancelled: ill".to_owned(),
            ..visit(4, 600)
        }],
    }
}

pub fn week(rows: usize) -> Week {
    let days = [
        "Mon 2 Mar",
        "Tue 3 Mar",
        "Wed 4 Mar",
        "Thu 5 Mar",
        "Fri 6 Mar",
        "Sat 7 Mar",
        "Sun 8 Mar",
    ];
    Week {
        head: head(),
        week: "2–8 March 2026".to_owned(),
        by: "By provider".to_owned(),
        days: days
            .iter()
            .enumerate()
            .map(|(at, name)| WeekDay {
                name: (*name).to_owned(),
                is_closed: at > 4,
            })
            .collect(),
        rows: (0..rows)
            .map(|row| WeekRow {
                name: ["Dr Mei Chen", "Dr Chidi Okafor", "Astrid Lindqvist"][row % 3].to_owned(),
                days: (0..7)
                    .map(|day| {
                        if day > 4 {
                            return Vec::new();
                        }
                        (0..(row * 5 + day * 3) % 14 + 3)
                            .map(|nth| {
                                let visit = visit(row * 31 + day * 7 + nth, 480 + nth as u16 * 35);
                                WeekVisit {
                                    time: format!("{}:{:02}", visit.starts / 60, visit.starts % 60),
                                    length: visit.length,
                                    name: if nth == 3 {
                                        "Team meeting".to_owned()
                                    } else {
                                        visit.name
                                    },
                                    letter: visit.letter,
                                    is_confirmed: visit.progress != Progress::Unconfirmed,
                                    is_block: nth == 3,
                                }
                            })
                            .collect()
                    })
                    .collect(),
            })
            .collect(),
    }
}

pub fn slips(count: usize) -> RouteSlips {
    RouteSlips {
        head: head(),
        day: "Tuesday 3 March 2026".to_owned(),
        to_do: [
            "Check in",
            "Seat",
            "Photos",
            "Scan",
            "X-ray",
            "Wire change",
            "Payment",
            "Next visit booked",
        ]
        .map(str::to_owned)
        .to_vec(),
        slips: (0..count)
            .map(|nth| Slip {
                time: "9:00–9:30".to_owned(),
                visit: visit(nth, 540),
                born: "12 May 2013".to_owned(),
                chart_number: format!("{}", 1000 + nth),
                responsible: "Rosa Rivera, mother, (555) 010-0199".to_owned(),
                next_visit: if nth % 2 == 0 {
                    "Tue 31 March 2026, 10:00, Adjustment".to_owned()
                } else {
                    "not booked; due in the week of 31 March 2026".to_owned()
                },
            })
            .collect(),
    }
}
