//! Words that occur nowhere else, and whether they can be read in bytes, however they are spelt there.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Words that occur nowhere else, one for each kind of thing that must stay secret.
pub const CANARIES: [&str; 7] = [
    "Zyxwandel",
    "Quorbifax",
    "5557319284",
    "vixenplume@xerograph",
    "gnathostome-wire",
    "latexquark",
    "Threlkwine",
];

/// How a text may lie in bytes without being secret.
fn spellings(word: &str) -> Vec<Vec<u8>> {
    let mut spellings = Vec::new();
    for word in [word.to_owned(), word.to_lowercase(), word.to_uppercase()] {
        spellings.push(word.as_bytes().to_vec());
        spellings.push(word.encode_utf16().flat_map(u16::to_le_bytes).collect());
        spellings.push(word.encode_utf16().flat_map(u16::to_be_bytes).collect());
        spellings.push(
            word.bytes()
                .flat_map(|byte| format!("{byte:02x}").into_bytes())
                .collect(),
        );
        // Base64 at each of the three places where it may begin; only what is the same whatever surrounds it.
        for shift in 0..3_usize {
            let mut padded = vec![0; shift];
            padded.extend_from_slice(word.as_bytes());
            padded.truncate(padded.len() / 3 * 3);
            let text = base64(&padded);
            spellings.push(text[if shift == 0 { 0 } else { 4 }..].to_vec());
        }
    }
    spellings
}

/// Whole triples of bytes as Base64; what is left over is not written.
#[must_use]
pub fn base64(bytes: &[u8]) -> Vec<u8> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let triples = bytes.chunks_exact(3);
    triples
        .flat_map(|triple| {
            let bits = u32::from(triple[0]) << 16 | u32::from(triple[1]) << 8 | u32::from(triple[2]);
            [18, 12, 6, 0].map(|shift| LETTERS[(bits >> shift & 63) as usize])
        })
        .collect()
}

/// The canaries that can be read in `bytes`.
#[must_use]
pub fn found_in(bytes: &[u8]) -> Vec<&'static str> {
    // One pass: two bytes say where it is worth to look closer.
    let sought: Vec<(&'static str, Vec<u8>)> = CANARIES
        .into_iter()
        .flat_map(|word| spellings(word).into_iter().map(move |spelling| (word, spelling)))
        .collect();
    let mut beginnings: HashMap<[u8; 2], Vec<usize>> = HashMap::new();
    let mut is_beginning = vec![false; 1 << 16];
    for (index, (_, spelling)) in sought.iter().enumerate() {
        let pair = [spelling[0], spelling[1]];
        is_beginning[usize::from(u16::from_be_bytes(pair))] = true;
        beginnings.entry(pair).or_default().push(index);
    }
    let mut found = HashSet::new();
    for (at, pair) in bytes.windows(2).enumerate() {
        if is_beginning[usize::from(pair[0]) << 8 | usize::from(pair[1])] {
            for index in &beginnings[&[pair[0], pair[1]]] {
                let (word, spelling) = &sought[*index];
                if bytes[at..].starts_with(spelling) {
                    found.insert(*word);
                }
            }
        }
    }
    CANARIES.into_iter().filter(|word| found.contains(word)).collect()
}

/// Every file below a folder.
///
/// # Errors
/// If a folder cannot be read.
pub fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        match path.is_dir() {
            true => all.extend(files(&path)?),
            false => all.push(path),
        }
    }
    Ok(all)
}
