//! `orca-bench [--only P1,P3] [--json] [--scale full|small]`: measures the figures that we hold ourselves to.
//! Run by `cargo xtask bench`, which builds it at full speed.

use anyhow::Result;
use orca_tests::bench;

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    // Relay and memory are measured on processes of their own, which are this program again.
    if let [first, rest @ ..] = &words[..]
        && first == "--child"
    {
        return bench::child(rest);
    }
    let wanted = bench::Wanted::from_words(words, bench::default_cache()?)?;
    let figures = bench::measure(&wanted)?;
    if wanted.is_json {
        println!("{}", bench::json(&figures));
    } else {
        print!("{}", bench::table(&figures));
    }
    Ok(())
}
