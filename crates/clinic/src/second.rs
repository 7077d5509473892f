//! Who comes for the units of a visit's second pattern, when a visit or a series changes.

use crate::ProviderId;

/// What becomes of the second provider of a visit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SecondProvider {
    /// Whoever it is.
    #[default]
    AsIs,
    /// Nobody from now on. Where the visit wants somebody, the rule about who may do it is broken.
    Nobody,
    Named(ProviderId),
}

impl SecondProvider {
    /// Who it is then.
    pub fn after(self, before: Option<ProviderId>) -> Option<ProviderId> {
        match self {
            SecondProvider::AsIs => before,
            SecondProvider::Nobody => None,
            SecondProvider::Named(id) => Some(id),
        }
    }
}

impl From<Option<ProviderId>> for SecondProvider {
    /// Nobody named leaves it as it is.
    fn from(named: Option<ProviderId>) -> Self {
        named.map_or(SecondProvider::AsIs, SecondProvider::Named)
    }
}
