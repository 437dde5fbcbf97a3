//! The bytes of one write, the same in the log and in memory.
//!
//! ```text
//! flags    1 byte: 1 deleted, 2 annotated
//! key      varint length, bytes
//! meta     varint length, bytes      when annotated
//! content  varint length, bytes      unless deleted
//! ```

use crate::varint;

const DELETED: u8 = 1;
const ANNOTATED: u8 = 2;

/// One write, borrowed from its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Op<'a> {
    pub(crate) key: &'a [u8],
    pub(crate) meta: &'a [u8],
    /// The document; `None` for a delete.
    pub(crate) content: Option<&'a [u8]>,
}

impl<'a> Op<'a> {
    /// Appends the bytes of the write.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        let flags = if self.content.is_none() { DELETED } else { 0 } | if self.meta.is_empty() { 0 } else { ANNOTATED };
        out.push(flags);
        varint::put(out, self.key.len() as u64);
        out.extend_from_slice(self.key);
        if !self.meta.is_empty() {
            varint::put(out, self.meta.len() as u64);
            out.extend_from_slice(self.meta);
        }
        if let Some(content) = self.content {
            varint::put(out, content.len() as u64);
            out.extend_from_slice(content);
        }
    }

    /// Takes a write from the front of `bytes`; `None` when they hold none.
    #[inline]
    pub(crate) fn take(bytes: &mut &'a [u8]) -> Option<Self> {
        let flags = varint::take_bytes(bytes, 1)?[0];
        if flags > (DELETED | ANNOTATED) {
            return None;
        }
        let key = take_field(bytes)?;
        let meta = if flags & ANNOTATED == 0 { &[] } else { take_field(bytes)? };
        let content = if flags & DELETED == 0 { Some(take_field(bytes)?) } else { None };
        Some(Self { key, meta, content })
    }

    /// The key alone of the write at the front of `bytes`.
    #[inline]
    pub(crate) fn peek_key(bytes: &'a [u8]) -> Option<&'a [u8]> {
        take_field(&mut bytes.get(1..)?)
    }
}

#[inline]
fn take_field<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = varint::take(bytes)?;
    varint::take_bytes(bytes, usize::try_from(length).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_come_back_and_cut_ones_are_refused() {
        let long = vec![b'x'; 70_000];
        for op in [
            Op { key: b"n\0k", meta: b"", content: Some(b"1") },
            Op { key: b"n\0k", meta: b"m", content: None },
            Op { key: &long[..1000], meta: &long[..200], content: Some(&long) },
            Op { key: b"n\0k", meta: b"", content: Some(b"") },
        ] {
            let mut bytes = Vec::new();
            op.encode(&mut bytes);
            assert_eq!(Op::peek_key(&bytes), Some(op.key));
            for cut in (0..bytes.len()).step_by(1 + bytes.len() / 300) {
                assert_eq!(Op::take(&mut &bytes[..cut]), None);
            }
            bytes.push(7);
            let mut rest = &bytes[..];
            assert_eq!((Op::take(&mut rest), rest), (Some(op), &[7u8][..]));
        }
        assert_eq!(Op::take(&mut &[4u8, 0, 0][..]), None);
    }
}
