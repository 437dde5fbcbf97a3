//! Text that comes as bytes: JavaScript writes UTF-8 into a buffer faster than Node-API reads it out of a string.

use koru_delta::error::{Code, Error, Result};

/// The bytes as text.
pub(crate) fn utf8(bytes: &[u8]) -> Result<&str> {
    std::str::from_utf8(bytes)
        .map_err(|error| Error::new(Code::InvalidParams, format!("The parameters are not UTF-8: {error}.")))
}
