//! Prints invented sheets, to be looked at: `cargo run -p paper --example sample FOLDER`.

use std::path::PathBuf;

use paper::{Book, Fonts, PaperSize};

#[path = "../tests/support/mod.rs"]
mod support;

fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).expect("say into which folder"));
    let save = |name: &str, paper, fill: &dyn Fn(&mut Book<'_>)| {
        let mut book = Book::new(name, paper, Fonts::bundled());
        fill(&mut book);
        std::fs::write(folder.join(format!("{name}.pdf")), book.pdf()).expect("the folder can be written to");
        println!("{name}: {} pages", book.pages());
    };
    save("day-3", PaperSize::A4, &|book| {
        book.add_day(&support::day(3));
    });
    save("day-5-letter", PaperSize::Letter, &|book| {
        book.add_day(&support::day(5));
    });
    save("day-13", PaperSize::A4, &|book| {
        book.add_day(&support::day(13));
    });
    save("week", PaperSize::A4, &|book| {
        book.add_week(&support::week(6));
    });
    save("slips", PaperSize::A4, &|book| {
        book.add_slips(&support::slips(7));
    });
}
