//! The relay: accepts, authenticates, appends, fans out sealed envelopes it cannot read.
