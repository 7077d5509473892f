//! Sealers that do not seal, for tests and for measuring the store alone.

use sha2::{Digest, Sha256};

use crate::{Cursor, Sealed, Sealer};

/// Puts the batch into the envelope as it is, behind the own sequence number.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlainSealer;

impl Sealer for PlainSealer {
    fn seal(&self, own_sequence: u64, _: &Cursor, batch: &[u8]) -> Result<Sealed, String> {
        let mut bytes = own_sequence.to_be_bytes().to_vec();
        bytes.extend_from_slice(batch);
        Ok(Sealed {
            id: Sha256::digest(&bytes).into(),
            bytes,
        })
    }
}

/// The batch inside an envelope of [`PlainSealer`].
pub fn open_plain(bytes: &[u8]) -> Option<&[u8]> {
    bytes.get(8..)
}

/// Refuses to seal: as if the keys were gone.
#[derive(Debug, Clone, Copy, Default)]
pub struct BrokenSealer;

impl Sealer for BrokenSealer {
    fn seal(&self, _: u64, _: &Cursor, _: &[u8]) -> Result<Sealed, String> {
        Err("no key".to_owned())
    }
}
