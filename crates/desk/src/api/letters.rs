//! Letters from outside the practice, as far as they can be read here.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields = nullable)]
pub struct LettersRequest {
    /// Letters that came after this number.
    #[ts(type = "number | null")]
    pub after: Option<u64>,
    /// 1 to 500; 50 if left out.
    pub limit: Option<u16>,
}

/// In the order of coming.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Letters {
    pub letters: Vec<LetterView>,
    /// There are others after these.
    pub more: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LetterView {
    /// Given by the relay; ascends in the order of coming.
    #[ts(type = "number")]
    pub number: u64,
    /// Given by the sender: 32 hexadecimal digits.
    pub id: String,
    /// When the relay got it, by its clock: an instant in UTC.
    pub received_at: String,
    /// What kind of message it is; empty if it cannot be read.
    pub kind: String,
    /// What is said, if it can be read and is text.
    pub text: Option<String>,
    /// Bytes of what is said, text or not.
    pub bytes: u32,
    /// Why it cannot be read; none: it can.
    pub trouble: Option<String>,
}
