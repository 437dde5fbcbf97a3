//! KoruDelta: a zero-configuration, versioned, embedded database for JSON documents.

mod code;
mod entry;
pub mod error;
mod extent;
mod files;
pub mod host;
mod keyring;
mod log;
mod manifest;
mod preamble;
mod seal;

pub use keyring::SealKey;
