//! JSON text, exactly as it was written.
//!
//! [`minify`] checks a text strictly against RFC 8259 and the database's own rules, and drops the white space that
//! means nothing. Everything else comes back byte for byte: the digits of numbers, the spelling of escapes, the
//! order of members. [`tree`] turns such a text into a tree that still remembers every spelling.

mod invalid;
mod members;
mod minifier;
mod scan;
pub mod tree;

#[cfg(test)]
mod corpus_tests;
#[cfg(test)]
mod members_tests;
#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod spelling_tests;
#[cfg(test)]
mod tests;

pub use invalid::{Inside, Invalid, Position, Problem};
pub(crate) use minifier::Limits;
pub use minifier::Minifier;

/// How many arrays and objects may be open at once: `[]` has depth 1.
pub const MAX_DEPTH: usize = 128;

/// The longest value, measured on its minified text.
pub const MAX_VALUE_BYTES: usize = 16 << 20;

/// Checks `text` and appends it to `out` without insignificant white space.
///
/// On an error `out` is as it was. Where many texts follow one another, a [`Minifier`] of one's own saves the
/// allocation of its scratch space.
pub fn minify(text: &[u8], out: &mut Vec<u8>) -> Result<(), Invalid> {
    Minifier::new().minify(text, out)
}
