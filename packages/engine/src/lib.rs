//! KoruDelta: a zero-configuration, versioned, embedded database for JSON documents.

pub mod host;
