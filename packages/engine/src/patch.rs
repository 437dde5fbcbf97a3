//! JSON Patch (RFC 6902): the difference between two values, and a patch applied to a value.
//!
//! [`diff`] and [`apply`] keep one law: `apply(&diff(a, b), a)` is `b`, byte for byte, for all minified texts `a` and
//! `b`. So numbers and strings count as changed when their spelling changes, and an object whose members change their
//! order is replaced whole.

mod apply;
mod diff;
mod document;
mod equal;
mod error;
mod lcs;
mod pointer;

#[cfg(test)]
mod apply_tests;
#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod law_tests;
#[cfg(test)]
mod tests;

pub use apply::apply;
pub use diff::diff;
pub use error::{PatchError, PatchProblem};
