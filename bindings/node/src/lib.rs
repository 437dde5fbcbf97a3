//! The engine as a Node addon: the door of [`koru_delta`], carried over Node-API.
//!
//! Nothing is decided here. Text and bytes go in, text and bytes come out, and a failure becomes a JavaScript `Error`
//! whose message is the engine's error record as JSON. Whatever may wait for a disk runs on a thread of Node's pool.

// Node-API hands strings over by value.
#![allow(clippy::needless_pass_by_value)]

mod batch;
mod database;
mod exact;
mod exporter;
mod failure;
mod importer;
mod loader;
mod reader;
mod shared;
mod text;
mod work;
