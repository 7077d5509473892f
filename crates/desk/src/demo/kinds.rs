//! Kinds of visit in an orthodontic practice, and who does them.

use clinic::ProviderKind;

pub struct Kind {
    pub name: &'static str,
    pub code: &'static str,
    pub letter: &'static str,
    pub pattern: &'static str,
    pub buffer_after_minutes: u16,
    /// Who does it. Where only doctors or only hygienists may, the type says so.
    pub by: &'static [ProviderKind],
    /// Whether the type itself forbids others.
    pub is_strict: bool,
}

use ProviderKind::{Assistant, Doctor, Hygienist};

/// In the order of their hues.
pub const KINDS: [Kind; 12] = [
    kind("Adjustment", "ADJ", "A", "XX////", 0, &[Doctor], false),
    kind("Wire change", "WIRE", "W", "//XX////", 0, &[Doctor], false),
    kind("Bonding", "BOND", "B", "XX//////////XX", 10, &[Doctor], true),
    kind("Debond", "DEB", "D", "XX////////XX", 10, &[Doctor], true),
    kind("Consultation", "CONS", "C", "//XXXX", 0, &[Doctor], true),
    kind(
        "Records",
        "REC",
        "R",
        "XX//////",
        0,
        &[Assistant, Hygienist],
        false,
    ),
    kind(
        "Separators",
        "SEP",
        "S",
        "X///",
        0,
        &[Assistant, Hygienist, Doctor],
        false,
    ),
    kind(
        "Retainer check",
        "RET",
        "T",
        "X///",
        0,
        &[Doctor, Hygienist],
        false,
    ),
    kind("Observation", "OBS", "O", "XX//", 0, &[Doctor], false),
    kind("Emergency", "EMER", "E", "XX//", 0, &[Doctor], false),
    kind("Aligner check", "ALN", "L", "X/////", 0, &[Doctor], false),
    kind("Cleaning", "CLEAN", "H", "XXXXXXX/", 0, &[Hygienist], true),
];

pub const ADJ: u8 = 0;
pub const WIRE: u8 = 1;
pub const BOND: u8 = 2;
pub const DEB: u8 = 3;
pub const CONS: u8 = 4;
pub const REC: u8 = 5;
pub const SEP: u8 = 6;
pub const RET: u8 = 7;
pub const OBS: u8 = 8;
pub const EMER: u8 = 9;
pub const ALN: u8 = 10;
pub const CLEAN: u8 = 11;

const fn kind(
    name: &'static str,
    code: &'static str,
    letter: &'static str,
    pattern: &'static str,
    buffer_after_minutes: u16,
    by: &'static [ProviderKind],
    is_strict: bool,
) -> Kind {
    Kind {
        name,
        code,
        letter,
        pattern,
        buffer_after_minutes,
        by,
        is_strict,
    }
}

/// Units of five minutes, by kind.
pub const UNITS: [u32; KINDS.len()] = {
    let mut units = [0; KINDS.len()];
    let mut at = 0;
    while at < KINDS.len() {
        units[at] = KINDS[at].pattern.len() as u32;
        at += 1;
    }
    units
};

/// The units that need the provider, as bits from the visit's start, by kind.
pub const PROVIDER_BITS: [u128; KINDS.len()] = {
    let mut bits = [0; KINDS.len()];
    let mut at = 0;
    while at < KINDS.len() {
        let pattern = KINDS[at].pattern.as_bytes();
        let mut unit = 0;
        while unit < pattern.len() {
            if pattern[unit] == b'X' {
                bits[at] |= 1 << unit;
            }
            unit += 1;
        }
        at += 1;
    }
    bits
};
