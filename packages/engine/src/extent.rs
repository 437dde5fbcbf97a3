//! What the manifest knows of a segment without opening it.

/// Which versions a segment holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// The newest version of each of its keys, as far as the merge that made it could see.
    Current,
    /// Versions that have been superseded for good. A read of "now" never opens these.
    History,
}

/// A segment's identity, place of its footer, and range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) number: u64,
    /// The number of the first segment of its generation (`levels.rs`).
    pub(crate) generation: u64,
    pub(crate) class: Class,
    /// The length of the file in bytes.
    pub(crate) length: u64,
    /// Where the stored footer begins; it ends the file.
    pub(crate) footer: u64,
    /// The tag of the footer.
    pub(crate) tag: [u8; 16],
    /// How many versions it holds, and how many of them are deletes.
    pub(crate) versions: u64,
    pub(crate) deletes: u64,
    pub(crate) min_seq: u64,
    pub(crate) max_seq: u64,
    pub(crate) min_stamp: u64,
    pub(crate) max_stamp: u64,
    /// The largest `ended` of its versions: a read at or after it finds nothing here.
    pub(crate) max_ended: u64,
}
