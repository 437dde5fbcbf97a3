//! KoruDelta: a zero-configuration, versioned, embedded database for JSON documents.

mod cache;
mod code;
mod entry;
pub mod error;
mod extent;
mod files;
pub mod host;
mod piece;
mod preamble;
mod seal;
mod segment;
mod values;
