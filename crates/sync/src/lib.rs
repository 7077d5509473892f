//! The conversation between workstation and relay: wire types, sealing, signatures, membership; sans-I/O.
