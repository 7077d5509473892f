//! Sheets as they are read and as they are printed: pages, words, the same bytes, and whatever names people have.

use expect_test::expect;
use lopdf::Document;
use paper::{
    Book, Column, DayClock, DaySheet, ExtraFont, Fonts, PaperSize, RouteSlips, Span, Stretch, Visit, Week,
};

mod support;

fn printed(fill: impl FnOnce(&mut Book<'_>)) -> (Vec<String>, Vec<u8>) {
    let mut book = Book::new("Sheets", PaperSize::A4, Fonts::bundled());
    fill(&mut book);
    (book.read(), book.pdf())
}

fn document(bytes: &[u8]) -> Document {
    Document::load_mem(bytes).expect("another reader reads it")
}

/// Media boxes, as whole points.
fn sizes(bytes: &[u8]) -> Vec<(i64, i64)> {
    let document = document(bytes);
    let points = |object: &lopdf::Object| object.as_float().map(|points| points as i64).expect("a number");
    document
        .get_pages()
        .values()
        .map(|id| {
            let page = document.get_dictionary(*id).expect("a page");
            let area = page
                .get(b"MediaBox")
                .and_then(|area| area.as_array())
                .expect("a size");
            (points(&area[2]), points(&area[3]))
        })
        .collect()
}

fn alone(visits: Vec<Visit>) -> DaySheet {
    DaySheet {
        columns: vec![Column {
            name: "Op 1".to_owned(),
            visits,
            ..Column::default()
        }],
        ..support::day(0)
    }
}

#[test]
fn a_day_says_everything_of_every_visit() {
    let mut sheet = alone(vec![support::visit(1, 540), support::visit(3, 620)]);
    sheet.broken.clear();
    let (pages, bytes) = printed(|book| {
        book.add_day(&sheet);
    });
    assert_eq!(document(&bytes).get_pages().len(), 2);
    expect![[r#"
        # Tuesday 3 March 2026
        - By operatory  Harbour Orthodontics · Main Street  Times: New York (EST)
          (printed 3 March 2026, 06:00 by Amara Diallo)
          (Contains patient data: keep it out of sight, and shred it when the day is over.)
          (8:00)
          (9:00)
          (10:00)
          (11:00)
          (12:00)
          (13:00)
          (14:00)
          (15:00)
          (16:00)
        - Op 1
        - B  9:00  Шевченко, Тарас  15  Bonding · 60 min · Okafor · Op 2  Latex allergy  (555) 010-0037 · confirmed
        - R  10:20  Osei-Bonsu, Kofi “KB”  29  Retainer check · 15 min · Chen · Op 4 · (555) 010-0111 · arrived · would come sooner
          (not confirmed)
          (confirmed)
          (here)
          (done)
          (needs the provider)
          (needs an assistant only)
          (blocked)
          (alert: see the list)
          (page 1 of 2)
    "#]]
    .assert_eq(&pages[0]);
    for words in [
        "9:00",
        "60 min",
        "Шевченко, Тарас",
        "15 years · (555) 010-0037",
        "[B] Bonding",
        "Okafor · Op 2",
        "! Latex allergy",
        "colours",
    ] {
        assert!(pages[1].contains(words), "{words} in\n{}", pages[1]);
    }
    assert!(pages[1].contains("page 2 of 2"));
}

#[test]
fn the_same_sheet_makes_the_same_bytes_and_another_does_not() {
    let print = |columns| {
        printed(|book| {
            book.add_day(&support::day(columns))
                .add_week(&support::week(3))
                .add_slips(&support::slips(5));
        })
        .1
    };
    assert!(print(4) == print(4), "the same bytes");
    assert!(print(4) != print(3));
}

#[test]
fn another_reader_finds_the_letters() {
    let (_, bytes) = printed(|book| {
        book.add_day(&alone(vec![support::visit(0, 540)]));
    });
    let text = document(&bytes)
        .extract_text(&[1])
        .expect("text can be extracted");
    for words in [
        "Tuesday 3 March 2026",
        "Rivera, Ana",
        "Adjustment · 30 min · Chen",
        "shred it",
    ] {
        assert!(text.contains(words), "{words} in\n{text}");
    }
}

#[test]
fn paper_lies_as_its_columns_need() {
    let wide = |columns| {
        let (_, bytes) = printed(|book| {
            book.add_day(&support::day(columns));
        });
        sizes(&bytes)
    };
    assert_eq!(wide(4)[0], (595, 841));
    assert_eq!(wide(5)[0], (841, 595));
    let many = wide(13);
    assert_eq!(
        many.iter().filter(|size| **size == (841, 595)).count(),
        3,
        "three grids, then the list"
    );
    let mut letter = Book::new("Letter", PaperSize::Letter, Fonts::bundled());
    letter.add_day(&support::day(1));
    assert_eq!(sizes(&letter.pdf())[0], (612, 792));
}

#[test]
fn what_is_printed_can_be_read_aloud() {
    let (_, bytes) = printed(|book| {
        book.add_day(&support::day(3))
            .add_week(&support::week(2))
            .add_slips(&support::slips(4));
    });
    let document = document(&bytes);
    let catalog = document.catalog().expect("a catalog");
    assert!(catalog.has(b"StructTreeRoot"), "it is tagged");
    assert!(catalog.has(b"Outlines"));
    let says = catalog
        .get(b"Metadata")
        .and_then(|id| document.get_object(id.as_reference()?))
        .expect("metadata");
    let stream = says.as_stream().expect("a stream");
    let text = String::from_utf8_lossy(&stream.content).into_owned();
    assert!(text.contains("pdfuaid"), "it keeps to PDF/UA: {text}");
}

#[test]
fn a_day_without_visits_without_columns_or_closed_is_one_page() {
    let (pages, _) = printed(|book| {
        book.add_day(&DaySheet {
            broken: Vec::new(),
            ..alone(Vec::new())
        });
    });
    assert_eq!(pages.len(), 1);
    assert!(pages[0].contains("8:00"));
    let (pages, bytes) = printed(|book| {
        book.add_day(&DaySheet::default());
    });
    assert_eq!(pages.len(), 1);
    assert!(pages[0].contains("There is nothing to show"), "{}", pages[0]);
    assert_eq!(document(&bytes).get_pages().len(), 1);
    let (pages, _) = printed(|book| {
        book.add_week(&Week::default()).add_slips(&RouteSlips::default());
    });
    assert!(pages[0].contains("There is nothing to show") && pages[1].contains("There are no visits"));
    assert_eq!(
        document(&Book::new("Empty", PaperSize::A4, Fonts::bundled()).pdf())
            .get_pages()
            .len(),
        1
    );
}

#[test]
fn two_hundred_visits_are_all_there() {
    let visits: Vec<Visit> = (0..200)
        .map(|nth| Visit {
            name: format!("Patient {nth}."),
            ..support::visit(nth, 480 + (nth as u16 % 50) * 10)
        })
        .collect();
    let mut sheet = alone(Vec::new());
    sheet.columns = visits
        .chunks(20)
        .map(|visits| Column {
            visits: visits.to_vec(),
            ..Column::default()
        })
        .collect();
    let (pages, bytes) = printed(|book| {
        book.add_day(&sheet);
    });
    let list: String = pages
        .iter()
        .filter(|page| page.contains("All visits by time"))
        .cloned()
        .collect();
    for nth in 0..200 {
        assert!(list.contains(&format!("Patient {nth}.")), "{nth}");
    }
    assert_eq!(document(&bytes).get_pages().len(), pages.len());
}

#[test]
fn any_name_is_printed_and_the_longest_is_whole_in_the_list() {
    let long = "Wolfeschlegelstein ".repeat(11);
    let names = [
        long.trim().to_owned(),
        "ابن ".repeat(50),
        "כהן".repeat(66),
        "👩‍⚕️🦷".repeat(40),
        "山田".repeat(100),
        "e\u{301}\u{323}\u{332}".repeat(50),
        "\u{202e}\u{0}\n\t\u{feff}".to_owned(),
        String::new(),
    ];
    let visits = names
        .iter()
        .enumerate()
        .map(|(nth, name)| Visit {
            name: name.clone(),
            alert: name.clone(),
            note: name.repeat(3),
            ..support::visit(nth, 480 + nth as u16 * 60)
        })
        .collect();
    let (pages, bytes) = printed(|book| {
        let sheet = alone(visits);
        book.add_day(&sheet);
        let mut slips = support::slips(names.len());
        let mut week = support::week(1);
        for (slip, name) in slips.slips.iter_mut().zip(&names) {
            slip.visit.name.clone_from(name);
            slip.responsible.clone_from(name);
        }
        for (line, name) in week.rows[0].days.iter_mut().flatten().zip(&names) {
            line.name.clone_from(name);
        }
        book.add_slips(&slips).add_week(&week);
    });
    assert_eq!(document(&bytes).get_pages().len(), pages.len());
    let list = pages
        .iter()
        .find(|page| page.contains("All visits by time"))
        .expect("a list");
    assert!(list.matches("Wolfeschlegelstein").count() >= 11, "{list}");
}

#[test]
fn on_a_day_with_a_jump_every_hour_is_there_once_and_says_which() {
    let stretch = |from, wall, zone: &str| Stretch {
        from,
        wall,
        zone: zone.to_owned(),
    };
    let night = |clock: DayClock| {
        let mut sheet = alone(vec![Visit {
            starts: 60,
            length: 120,
            name: "Night".to_owned(),
            ..Visit::default()
        }]);
        sheet.open = vec![Span { from: 0, until: 300 }];
        sheet.clock = clock;
        printed(|book| {
            book.add_day(&sheet);
        })
        .0[0]
            .lines()
            .filter_map(|line| line.strip_prefix("  (")?.strip_suffix(')'))
            .filter(|line| line.contains(":00 E"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let spring = DayClock {
        stretches: vec![stretch(0, 0, "EST"), stretch(120, 180, "EDT")],
        minutes: 1380,
    };
    assert_eq!(
        night(spring),
        ["0:00 EST", "1:00 EST", "3:00 EDT", "4:00 EDT", "5:00 EDT"]
    );
    let autumn = DayClock {
        stretches: vec![stretch(0, 0, "EDT"), stretch(120, 60, "EST")],
        minutes: 1500,
    };
    assert_eq!(
        night(autumn),
        ["0:00 EDT", "1:00 EDT", "1:00 EST", "2:00 EST", "3:00 EST"]
    );
}

#[test]
fn two_zones_in_one_book_each_say_theirs() {
    let mut other = support::day(1);
    other.head.zone = "Denver (MST)".to_owned();
    other.head.location = "Denver".to_owned();
    let (pages, _) = printed(|book| {
        book.add_day(&support::day(1)).add_day(&other);
    });
    assert!(pages[0].contains("Times: New York (EST)"));
    assert!(pages.last().expect("pages").contains("Times: Denver (MST)"));
    assert!(
        pages
            .last()
            .expect("pages")
            .contains(&format!("page {0} of {0}", pages.len()))
    );
}

#[test]
fn every_slip_is_there_with_its_boxes() {
    let (pages, _) = printed(|book| {
        book.add_slips(&support::slips(9));
    });
    assert_eq!(pages.len(), 3);
    assert_eq!(pages.concat().matches("Wire change").count(), 9);
    assert!(pages[0].contains("Rosa Rivera, mother"));
    assert!(pages[0].contains("Tue 31 March 2026, 10:00, Adjustment"));
}

#[test]
fn a_week_goes_on_on_another_page_with_every_visit() {
    let week = support::week(12);
    let (pages, _) = printed(|book| {
        book.add_week(&week);
    });
    assert!(pages.len() > 2);
    let lines = week.rows.iter().flat_map(|row| &row.days).flatten().count();
    let times = pages
        .concat()
        .lines()
        .filter(|line| line.starts_with("- ") && line.contains(":"))
        .count();
    assert!(times >= lines, "{times} of {lines}");
}

#[test]
fn a_font_of_the_computer_covers_what_the_bundled_ones_lack() {
    let broken = Fonts::with(vec![ExtraFont {
        bytes: vec![0; 64],
        index: 3,
    }]);
    assert!(!broken.cover("山田"));
    assert!(broken.cover("Łukasz كريم אורי"));
}
