//! What is kept of a version beside its document: who wrote it, why, and where it came from.
//!
//! The store carries it as opaque bytes; most versions have none, and that costs none. Layout: one byte of flags, then
//! what they announce, in this order: actor (varint length, UTF-8), reason (the same), origin replica (6 bytes),
//! origin stamp (8 bytes), origin place (varint) and replica (6 bytes), idempotency key (varint length, ASCII). The origin is
//! where an imported version was first written; its replica is there when the version kept its id, its stamp and place
//! when it was stamped anew. The idempotency key is the name of a commit, kept with its last version.

use crate::code::Code;
use crate::error::{Error, Result};
use crate::varint;
use crate::version_id::VersionId;

const ACTOR: u8 = 1;
const REASON: u8 = 2;
const REPLICA: u8 = 4;
const STAMP: u8 = 8;
const PLACE: u8 = 16;
const NAME: u8 = 32;

/// The longest actor and the longest reason, in bytes.
pub const MAX_ANNOTATION_BYTES: usize = 1024;

/// Decoded annotations, borrowed from the store's bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Annotation<'a> {
    pub(crate) actor: Option<&'a str>,
    pub(crate) reason: Option<&'a str>,
    /// The replica in the version's id, when it is not this database's own.
    pub(crate) replica: Option<u64>,
    /// The stamp it had before it was stamped anew.
    pub(crate) origin_stamp: Option<u64>,
    /// Its place and replica before it was stamped anew.
    pub(crate) origin_id: Option<VersionId>,
    /// What the client called the write, of the last version of its commit.
    pub(crate) idempotency_key: Option<&'a str>,
}

impl<'a> Annotation<'a> {
    /// The stored bytes; empty when there is nothing to keep.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = vec![0u8];
        let mut flags = 0;
        for (flag, text) in [(ACTOR, self.actor), (REASON, self.reason)] {
            if let Some(text) = text {
                flags |= flag;
                varint::put(&mut out, text.len() as u64);
                out.extend_from_slice(text.as_bytes());
            }
        }
        if let Some(replica) = self.replica {
            flags |= REPLICA;
            out.extend_from_slice(&replica.to_le_bytes()[..6]);
        }
        if let Some(stamp) = self.origin_stamp {
            flags |= STAMP;
            out.extend_from_slice(&stamp.to_le_bytes());
        }
        if let Some(id) = self.origin_id {
            flags |= PLACE;
            varint::put(&mut out, u64::from(id.index()));
            out.extend_from_slice(&id.replica().to_le_bytes()[..6]);
        }
        if let Some(name) = self.idempotency_key {
            flags |= NAME;
            varint::put(&mut out, name.len() as u64);
            out.extend_from_slice(name.as_bytes());
        }
        if flags == 0 {
            return Vec::new();
        }
        out[0] = flags;
        out
    }

    /// The annotations of a stored version.
    pub(crate) fn of(meta: &'a [u8]) -> Result<Self> {
        Self::decode(meta).ok_or_else(|| {
            Error::new(Code::Corrupt, "The annotations of a version cannot be read.")
                .hint("To see the extent of the damage", Some("kdelta verify".into()))
        })
    }

    /// Reads stored bytes; `None` when they are not what `encode` makes.
    pub(crate) fn decode(mut bytes: &'a [u8]) -> Option<Self> {
        let mut annotation = Self::default();
        let Some(flags) = varint::take_bytes(&mut bytes, 1).map(|b| b[0]) else { return Some(annotation) };
        if flags & ACTOR != 0 {
            annotation.actor = Some(take_text(&mut bytes)?);
        }
        if flags & REASON != 0 {
            annotation.reason = Some(take_text(&mut bytes)?);
        }
        if flags & REPLICA != 0 {
            annotation.replica = Some(take_replica(&mut bytes)?);
        }
        if flags & STAMP != 0 {
            annotation.origin_stamp = Some(u64::from_le_bytes(varint::take_bytes(&mut bytes, 8)?.try_into().ok()?));
        }
        if flags & PLACE != 0 {
            let index = u32::try_from(varint::take(&mut bytes)?).ok().filter(|i| *i < 1 << 24)?;
            annotation.origin_id = Some(VersionId::new(annotation.origin_stamp?, index, take_replica(&mut bytes)?));
        }
        if flags & NAME != 0 {
            annotation.idempotency_key = Some(take_text(&mut bytes)?);
        }
        (bytes.is_empty() && flags < 64).then_some(annotation)
    }
}

fn take_text<'a>(bytes: &mut &'a [u8]) -> Option<&'a str> {
    let length = varint::take(bytes)?;
    std::str::from_utf8(varint::take_bytes(bytes, usize::try_from(length).ok()?)?).ok()
}

fn take_replica(bytes: &mut &[u8]) -> Option<u64> {
    let mut wide = [0u8; 8];
    wide[..6].copy_from_slice(varint::take_bytes(bytes, 6)?);
    Some(u64::from_le_bytes(wide)).filter(|r| VersionId::replica_from(*r) == *r)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn annotations_come_back_and_cut_ones_are_refused() {
        let id = VersionId::new(1_222_819_200_000_000, 12, 77);
        let cases = [
            Annotation::default(),
            Annotation { actor: Some("cli"), ..Annotation::default() },
            Annotation { actor: Some(""), reason: Some("a reason"), ..Annotation::default() },
            Annotation { replica: Some(5), ..Annotation::default() },
            Annotation { origin_stamp: Some(3), ..Annotation::default() },
            Annotation {
                actor: Some("a"),
                reason: Some("b"),
                replica: Some((1 << 46) - 1),
                origin_stamp: Some(id.stamp_us()),
                origin_id: Some(id),
                idempotency_key: Some("6f1c"),
            },
            Annotation { idempotency_key: Some("~"), ..Annotation::default() },
        ];
        for annotation in cases {
            let bytes = annotation.encode();
            assert_eq!(Annotation::decode(&bytes), Some(annotation));
            for cut in 1..bytes.len() {
                assert_eq!(Annotation::decode(&bytes[..cut]), None, "{annotation:?} cut at {cut}");
            }
        }
        assert_eq!(Annotation::default().encode(), b"");
        for hostile in [&[0xff][..], &[1, 0xff, 0xff, 0xff, 0xff, 0x0f], &[1, 1, 0xff], &[16, 0, 0, 0, 0, 0, 0, 0]] {
            assert_eq!(Annotation::decode(hostile), None);
        }
    }
}
