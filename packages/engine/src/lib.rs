//! KoruDelta: a zero-configuration, versioned, embedded database for JSON documents.
//!
//! Every write is a version, nothing is overwritten, and every read can be asked of any moment in the past.
//!
//! ```
//! use koru_delta::KoruDelta;
//! use serde_json::json;
//!
//! # fn main() -> koru_delta::Result<()> {
//! let db = KoruDelta::start()?; // or KoruDelta::start_with_path("./data")?
//! let first = db.put("users", "alice", &json!({"name": "Alice"}))?;
//! db.put("users", "alice", &json!({"name": "Alice", "city": "Paris"}))?;
//! db.delete("users", "alice")?;
//!
//! let past = db.at(&first.version.to_string())?;
//! assert_eq!(past.get::<serde_json::Value>("users", "alice")?, Some(json!({"name": "Alice"})));
//!
//! db.revert("users", "alice")?;
//! assert_eq!(db.get_or_err("users", "alice")?.value.unwrap(), r#"{"name":"Alice","city":"Paris"}"#);
//! # Ok(())
//! # }
//! ```
//!
//! The public face is [`KoruDelta`] and [`View`]; how the store works begins in `store.rs`.

mod cache;
mod code;
mod commit;
mod cursor;
mod database;
mod difference;
mod document;
pub mod door;
mod entry;
pub mod error;
mod export;
mod extent;
mod files;
pub mod host;
mod piece;
mod preamble;
mod receipt;
mod recovery;
mod render;
mod run;
mod scan;
mod seal;
mod segment;
mod values;
