//! Calendar files and feeds to and from clinic types: pure.
