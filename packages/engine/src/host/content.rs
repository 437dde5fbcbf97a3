//! The bytes of a file held in memory.

use std::io;
use std::sync::Arc;

/// Bytes per chunk. A copy shares its chunks with the original until one of them writes.
const CHUNK: usize = 16 * 1024;

/// A growing run of bytes in chunks: growth never moves what is there, a hole costs no bytes, and a copy of the whole
/// costs one pointer per chunk (crash images are made of such copies).
///
/// A chunk may be shorter than its place; what is missing of it reads as zeros. No chunk holds a byte past `len`, so
/// growing after a cut shows zeros and never the bytes that were cut off.
#[derive(Clone, Default)]
pub(super) struct Content {
    chunks: Vec<Arc<Vec<u8>>>,
    len: u64,
}

impl Content {
    pub(super) fn from_bytes(bytes: &[u8]) -> Self {
        let chunks = bytes.chunks(CHUNK).map(|c| Arc::new(c.to_vec())).collect();
        let len = bytes.len() as u64;
        Self { chunks, len }
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![0; self.len as usize];
        self.read(&mut bytes, 0);
        bytes
    }

    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Reads what there is at `offset`; the answer is short only at the end.
    pub(super) fn read(&self, buf: &mut [u8], offset: u64) -> usize {
        let left = self.len.saturating_sub(offset);
        let wanted = usize::try_from(left).map_or(buf.len(), |left| left.min(buf.len()));
        let mut done = 0;
        while done < wanted {
            let (index, at) = place(offset + done as u64);
            let take = (CHUNK - at).min(wanted - done);
            let stored = self.chunks[index].get(at..).unwrap_or_default();
            let stored = &stored[..stored.len().min(take)];
            let out = &mut buf[done..done + take];
            out[..stored.len()].copy_from_slice(stored);
            out[stored.len()..].fill(0);
            done += take;
        }
        wanted
    }

    /// Writes all of `buf`, with zeros between the old end and `offset`.
    pub(super) fn write(&mut self, buf: &[u8], offset: u64) -> io::Result<()> {
        if buf.is_empty() {
            return Ok(());
        }
        let end = offset
            .checked_add(buf.len() as u64)
            .filter(|end| i64::try_from(*end).is_ok())
            .ok_or(io::ErrorKind::FileTooLarge)?;
        self.grow(end.max(self.len))?;
        let mut done = 0;
        while done < buf.len() {
            let (index, at) = place(offset + done as u64);
            let take = (CHUNK - at).min(buf.len() - done);
            fill(Arc::make_mut(&mut self.chunks[index]), &buf[done..done + take], at);
            done += take;
        }
        Ok(())
    }

    /// Cuts the content off at `len`, or adds zeros up to it.
    pub(super) fn set_len(&mut self, len: u64) -> io::Result<()> {
        if len >= self.len {
            return self.grow(len);
        }
        self.len = len;
        self.chunks.truncate(len.div_ceil(CHUNK as u64) as usize);
        let (index, at) = place(len);
        if let Some(last) = self.chunks.get_mut(index)
            && last.len() > at
        {
            Arc::make_mut(last).truncate(at);
        }
        Ok(())
    }

    fn grow(&mut self, len: u64) -> io::Result<()> {
        let full = |_| io::Error::from(io::ErrorKind::StorageFull);
        let count =
            usize::try_from(len.div_ceil(CHUNK as u64)).map_err(|_| io::Error::from(io::ErrorKind::FileTooLarge))?;
        let more = count.saturating_sub(self.chunks.len());
        self.chunks.try_reserve(more).map_err(full)?;
        self.chunks.resize(count.max(self.chunks.len()), Arc::default());
        self.len = len;
        Ok(())
    }
}

/// The chunk that holds `offset`, and the place in it. Every offset below a length in use fits: `grow` checked it.
fn place(offset: u64) -> (usize, usize) {
    let chunk = CHUNK as u64;
    ((offset / chunk) as usize, (offset % chunk) as usize)
}

/// Puts `bytes` at `at`, which together lie within one chunk; the chunk doubles, but never beyond its place.
fn fill(chunk: &mut Vec<u8>, bytes: &[u8], at: usize) {
    let end = at + bytes.len();
    if end > chunk.capacity() {
        let room = end.max((chunk.capacity() * 2).min(CHUNK));
        chunk.reserve_exact(room - chunk.len());
    }
    if chunk.len() < at {
        chunk.resize(at, 0);
    }
    let over = (chunk.len() - at).min(bytes.len());
    chunk[at..at + over].copy_from_slice(&bytes[..over]);
    chunk.extend_from_slice(&bytes[over..]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// A plain vector, written and cut the same way, is the measure.
        #[test]
        fn equals_a_plain_vector(steps in prop::collection::vec(
            (0usize..60_000, prop::collection::vec(any::<u8>(), 0..40_000), any::<bool>()), 1..8)) {
            let mut content = Content::default();
            let mut plain: Vec<u8> = Vec::new();
            let mut copies = Vec::new();
            for (at, bytes, cut) in steps {
                copies.push((content.clone(), plain.clone()));
                if cut {
                    content.set_len(at as u64).unwrap();
                    plain.resize(at, 0);
                } else if !bytes.is_empty() {
                    content.write(&bytes, at as u64).unwrap();
                    plain.resize(plain.len().max(at + bytes.len()), 0);
                    plain[at..at + bytes.len()].copy_from_slice(&bytes);
                }
                prop_assert_eq!(content.len(), plain.len() as u64);
                prop_assert!(content.to_bytes() == plain);
            }
            for (content, plain) in copies {
                prop_assert!(content.to_bytes() == plain, "a later write reached an earlier copy");
            }
        }
    }

    #[test]
    fn reads_stop_at_the_end() {
        let content = Content::from_bytes(&vec![7; CHUNK + 10]);
        let mut buf = [1; 20];
        assert_eq!(content.read(&mut buf, CHUNK as u64), 10);
        assert_eq!(&buf[..12], &[7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 1, 1]);
        assert_eq!(content.read(&mut buf, CHUNK as u64 + 10), 0);
        assert_eq!(content.read(&mut buf, u64::MAX), 0);
    }

    #[test]
    fn an_absurd_offset_is_an_error() {
        let mut content = Content::default();
        assert!(content.write(b"x", u64::MAX).is_err());
        assert!(content.write(b"x", i64::MAX as u64).is_err());
        assert!(content.write(b"x", 1 << 62).is_err());
        assert_eq!(content.len(), 0);
    }

    #[test]
    fn small_appends_do_not_outgrow_a_chunk() {
        let mut content = Content::default();
        for i in 0..(CHUNK as u64 / 100) {
            content.write(&[1; 100], i * 100).unwrap();
        }
        assert!(content.chunks[0].capacity() <= CHUNK);
    }
}
