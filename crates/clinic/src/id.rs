//! Typed identities: a ULID each, written as 26 Crockford base-32 characters. They are made at the
//! edge (`desk`), never here.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not an id: ids have 26 letters and digits")]
pub struct BadId(pub String);

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u128);

        impl $name {
            pub const fn to_bytes(self) -> [u8; 16] {
                self.0.to_be_bytes()
            }
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(u128::from_be_bytes(bytes))
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut buffer = [0; ulid::ULID_LEN];
                f.write_str(ulid::Ulid(self.0).array_to_str(&mut buffer))
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
        impl FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                ulid::Ulid::from_string(text).map(|id| Self(id.0)).map_err(|_| BadId(text.to_owned()))
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut buffer = [0; ulid::ULID_LEN];
                serializer.serialize_str(ulid::Ulid(self.0).array_to_str(&mut buffer))
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }
        #[cfg(feature = "ts")]
        impl ts_rs::TS for $name {
            type WithoutGenerics = Self;
            type OptionInnerType = Self;
            fn name(_: &ts_rs::Config) -> String {
                "string".to_owned()
            }
            fn inline(_: &ts_rs::Config) -> String {
                "string".to_owned()
            }
        }
    )*};
}

ids! {
    /// The practice as a whole; also the relay's name for its log.
    PracticeId,
    LocationId,
    OperatoryId,
    ProviderId,
    /// Someone who works here and uses the program.
    PersonId,
    PatientId,
    /// Patients who share a guarantor.
    FamilyId,
    AppointmentTypeId,
    AppointmentId,
    /// Visits that were booked as one course.
    AppointmentSeriesId,
    TimeBlockId,
    /// Block-outs that were entered as one that recurs.
    BlockSeriesId,
    TemplateId,
    TemplateSlotId,
    TemplateVersionId,
    TemplateApplicationId,
    /// One installation at one desk.
    WorkstationId,
    /// A kind of equipment that visits share.
    EquipmentId,
    /// One entry of the history.
    HistoryId,
}
