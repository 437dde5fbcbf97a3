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
//! let past = db.at(first.version)?;
//! assert_eq!(past.get::<serde_json::Value>("users", "alice")?, Some(json!({"name": "Alice"})));
//!
//! db.revert("users", "alice")?;
//! assert_eq!(db.get("users", "alice")?, Some(json!({"name": "Alice", "city": "Paris"})));
//! # Ok(())
//! # }
//! ```
//!
//! The public face is [`KoruDelta`] and [`View`]; how the store works begins in `store.rs`.

mod absent;
mod address;
mod annotation;
mod batch;
mod cache;
mod changes;
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
mod globs;
mod heads;
pub mod host;
mod idempotency;
mod import;
mod ingest;
mod inspection;
pub mod json;
mod key_field;
mod keyring;
mod levels;
mod loader;
mod log;
mod maintenance;
mod manifest;
mod memtable;
mod merged;
pub mod moment;
mod op;
mod options;
pub mod patch;
mod piece;
mod preamble;
mod receipt;
mod recovery;
mod render;
mod run;
mod scan;
mod seal;
mod seen;
mod segment;
mod stamp;
mod state;
mod statistics;
mod store;
mod stray;
pub mod suggest;
mod tier_writer;
mod transaction;
mod values;
mod varint;
mod verify;
mod version;
mod version_id;
mod view;

pub use address::{MAX_KEY_BYTES, MAX_NAMESPACE_BYTES};
pub use annotation::MAX_ANNOTATION_BYTES;
pub use batch::{Batch, MAX_BATCH_BYTES};
pub use changes::{ChangesPage, ChangesQuery};
pub use database::{IfVersion, KoruDelta, WriteOptions};
pub use difference::{Difference, DifferencePage};
pub use error::{Code, Error, Result};
pub use export::Exporter;
pub use idempotency::MAX_IDEMPOTENCY_KEY_BYTES;
pub use import::{ImportOptions, ImportReport, Importer};
#[cfg(not(target_arch = "wasm32"))]
pub use inspection::verify_path;
pub use inspection::{Inspection, verify_folder};
pub use keyring::SealKey;
pub use loader::{LineOptions, Loader, MAX_LINE_BYTES, Reject};
pub use moment::{Moment, ToMoment};
pub use options::{Durability, Options};
pub use receipt::Receipt;
pub use stamp::{InvalidTime, Stamp};
pub use statistics::{Bytes, Counts, Files, Memory, Statistics};
pub use store::Recovery;
pub use stray::Stray;
pub use transaction::Transaction;
pub use verify::{Reach, Verification, VerifiedFile};
pub use version::{Origin, Version};
pub use version_id::{InvalidVersionId, MAX_COMMIT_VERSIONS, VersionId};
pub use view::{HistoryQuery, ListQuery, MAX_PAGE, MAX_PAGE_BYTES, NamespaceInfo, Page, View};
