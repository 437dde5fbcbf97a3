//! Why a patch could not be applied.

use std::fmt;

use crate::json::{Invalid, MAX_DEPTH, MAX_VALUE_BYTES};

/// A patch that was refused. The document is as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PatchError {
    /// The document is not a JSON text.
    Document(Invalid),
    /// The patch is not a JSON text.
    Patch(Invalid),
    /// The patch is a JSON text, but not an array.
    NotAnArray,
    /// One operation failed.
    Operation {
        /// Its place in the patch, counted from 0.
        index: usize,
        /// What failed.
        problem: PatchProblem,
    },
    /// The document became longer than a value may be.
    TooLong,
}

/// Why one operation of a patch failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PatchProblem {
    /// It is not an object.
    NotAnObject,
    /// It lacks a member, or the member is no string where one is needed.
    Missing(&'static str),
    /// Its `op` is none of the six.
    UnknownOperation,
    /// A pointer neither is empty nor begins with `/`, or has a `~` that is not `~0` or `~1`.
    BadPointer(Box<str>),
    /// The pointer leads nowhere.
    NothingThere(Box<str>),
    /// The pointer ends at a place of an array that does not exist.
    BadIndex(Box<str>),
    /// A test found another value.
    TestFailed(Box<str>),
    /// A value cannot be moved into itself.
    IntoItself,
    /// The whole document cannot be removed.
    RemovesDocument,
    /// The document would be nested too deep.
    TooDeep,
    /// The document would grow too long on the way.
    TooLong,
    /// The patch asks for more copying than a patch may.
    TooMuchWork,
}

impl fmt::Display for PatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Document(invalid) => write!(f, "the document is not valid JSON: {invalid}"),
            Self::Patch(invalid) => write!(f, "the patch is not valid JSON: {invalid}"),
            Self::NotAnArray => f.write_str("a patch is an array of operations"),
            Self::Operation { index, problem } => write!(f, "operation {index}: {problem}"),
            Self::TooLong => {
                write!(f, "the patched document is longer than {MAX_VALUE_BYTES} bytes")
            }
        }
    }
}

impl fmt::Display for PatchProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAnObject => f.write_str("an operation is an object"),
            Self::Missing(member) => write!(f, "it needs the member {member:?}"),
            Self::UnknownOperation => f.write_str("its \"op\" must be add, remove, replace, move, copy or test"),
            Self::BadPointer(pointer) => write!(f, "{pointer:?} is not a JSON pointer"),
            Self::NothingThere(pointer) => write!(f, "there is nothing at {pointer:?}"),
            Self::BadIndex(pointer) => write!(f, "the array has no such place as {pointer:?}"),
            Self::TestFailed(pointer) => write!(f, "the value at {pointer:?} is another one"),
            Self::IntoItself => f.write_str("a value cannot be moved into itself"),
            Self::RemovesDocument => f.write_str("the whole document cannot be removed"),
            Self::TooDeep => {
                write!(f, "the document would be nested deeper than {MAX_DEPTH} levels")
            }
            Self::TooLong => f.write_str("the document would grow too long"),
            Self::TooMuchWork => f.write_str("the patch moves and copies too much"),
        }
    }
}

impl std::error::Error for PatchError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Document(invalid) | Self::Patch(invalid) => Some(invalid),
            Self::NotAnArray | Self::Operation { .. } | Self::TooLong => None,
        }
    }
}
