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
        put_names(out, self.content.is_none(), self.key, self.meta);
        if let Some(content) = self.content {
            put_field(out, content);
        }
    }

    /// Appends the bytes of a write whose content `write` appends, about `guess` bytes long. After a failure `out` is
    /// as it was.
    #[inline]
    pub(crate) fn encode_with<E>(
        out: &mut Vec<u8>,
        (key, meta): (&[u8], &[u8]),
        guess: usize,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
    ) -> Result<(), E> {
        let begin = out.len();
        put_names(out, false, key, meta);
        let at = out.len();
        varint::put(out, guess as u64);
        let content = out.len();
        if let Err(error) = write(out) {
            out.truncate(begin);
            return Err(error);
        }
        let length = out.len() - content;
        if length != guess {
            correct_length(out, at, content);
        }
        Ok(())
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
fn put_names(out: &mut Vec<u8>, deleted: bool, key: &[u8], meta: &[u8]) {
    let flags = if deleted { DELETED } else { 0 } | if meta.is_empty() { 0 } else { ANNOTATED };
    out.push(flags);
    put_field(out, key);
    if !meta.is_empty() {
        put_field(out, meta);
    }
}

#[inline]
fn put_field(out: &mut Vec<u8>, field: &[u8]) {
    varint::put(out, field.len() as u64);
    out.extend_from_slice(field);
}

/// Puts the length of what begins at `content` and ends `out` in the place of the wrong one at `at`.
#[cold]
fn correct_length(out: &mut Vec<u8>, at: usize, content: usize) {
    let mut length = Vec::with_capacity(10);
    varint::put(&mut length, (out.len() - content) as u64);
    out.splice(at..content, length);
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
    fn a_content_of_another_length_than_guessed_is_written_as_if_it_had_been_known() {
        for (guess, content) in [(5, 5), (5, 3), (200, 3), (20_000, 200), (3, 200), (0, 0), (300, 0)] {
            let content = vec![b'x'; content];
            let mut bytes = b"before".to_vec();
            let mut expected = bytes.clone();
            Op { key: b"n\0k", meta: b"m", content: Some(&content) }.encode(&mut expected);
            Op::encode_with(&mut bytes, (b"n\0k", b"m"), guess, |out| {
                out.extend_from_slice(&content);
                Ok::<_, ()>(())
            })
            .unwrap();
            assert_eq!(bytes, expected, "{guess} for {}", content.len());
            let refused = Op::encode_with(&mut bytes, (b"k", b""), 9, |out| {
                out.push(1);
                Err(())
            });
            assert_eq!((refused, bytes), (Err(()), expected));
        }
    }

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
