//! One frame of a log; its layout is in `log.rs`.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::seal::{Seal, Tag};

/// The length of a frame's header.
pub(super) const HEADER_LEN: usize = 48;
/// The longest body of one frame; longer logical bodies take several.
pub(super) const MAX_BODY: usize = 4 << 20;
/// Frames begin at multiples of this.
pub(super) const ALIGN: usize = 8;

const MORE: u32 = 1;
/// Set in every frame, so that no frame begins with a zero word: a search skips those.
const FRAME: u32 = 2;
/// What the tag covers besides the body.
const CONTEXT: std::ops::Range<usize> = 0..32;

/// A header that proved itself; its body has not yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) length: u32,
    pub(super) more: bool,
    pub(super) synced: u64,
    pub(super) previous: [u8; 8],
    tag: Tag,
    bytes: [u8; HEADER_LEN],
}

/// Makes and proves the frames of one file.
pub(super) struct Frames<'a> {
    seal: &'a Seal,
    seed: u64,
}

impl<'a> Frames<'a> {
    pub(super) fn new(seal: &'a Seal) -> Self {
        Self { seal, seed: header_seed(seal) }
    }

    /// Proves the header at `offset`.
    pub(super) fn header(&self, bytes: &[u8; HEADER_LEN], offset: u64) -> Option<Header> {
        let u32_at = |at: usize| u32::from_le_bytes(array(&bytes[at..at + 4]));
        let u64_at = |at: usize| u64::from_le_bytes(array(&bytes[at..at + 8]));
        let header = Header {
            length: u32_at(0),
            more: u32_at(4) & MORE != 0,
            synced: u64_at(8),
            previous: array(&bytes[16..24]),
            tag: array(&bytes[32..48]),
            bytes: *bytes,
        };
        // The cheap conditions come first: a search asks for every 8 bytes of a tail.
        let plausible = header.length as usize <= MAX_BODY && u32_at(4) & !MORE == FRAME && header.synced <= offset;
        (plausible && u64_at(24) == check(self.seed, offset, &bytes[..24])).then_some(header)
    }

    /// Turns the stored body of the frame at `offset` into its content, if it is the one that was written.
    pub(super) fn open(&self, header: &Header, offset: u64, body: &mut [u8]) -> bool {
        let at = offset + HEADER_LEN as u64;
        self.seal.open(at, &header.bytes[CONTEXT], body, &header.tag).is_ok()
    }
}

impl Header {
    /// The bytes from this frame's beginning to the next one's.
    pub(super) fn extent(&self) -> u64 {
        extent(self.length as usize) as u64
    }

    pub(super) fn tag(&self) -> &Tag {
        &self.tag
    }
}

/// What a frame says about its surroundings.
pub(super) struct Place {
    /// Where in the file it begins.
    pub(super) offset: u64,
    pub(super) synced: u64,
    /// The tag of the frame before it.
    pub(super) previous: Tag,
}

/// Adds a frame to `out` and returns its tag. `seed` is the seal's [`header_seed`].
pub(super) fn push(out: &mut Vec<u8>, seal: &Seal, seed: u64, place: &Place, body: &[u8], more: bool) -> Tag {
    let length = u32::try_from(body.len()).expect("a body is cut into pieces of at most 16 MiB");
    let start = out.len();
    out.resize(start + HEADER_LEN, 0);
    out.extend_from_slice(body);
    let (header, body) = out[start..].split_at_mut(HEADER_LEN);
    header[..4].copy_from_slice(&length.to_le_bytes());
    header[4..8].copy_from_slice(&(if more { FRAME | MORE } else { FRAME }).to_le_bytes());
    header[8..16].copy_from_slice(&place.synced.to_le_bytes());
    header[16..24].copy_from_slice(&place.previous[..8]);
    let sum = check(seed, place.offset, &header[..24]);
    header[24..32].copy_from_slice(&sum.to_le_bytes());
    let tag = seal.close(place.offset + HEADER_LEN as u64, &header[CONTEXT], body);
    header[32..].copy_from_slice(&tag);
    out.resize(start + extent(length as usize), 0);
    tag
}

/// The seed of the file's header checks.
///
/// It is the tag of nothing at offset 0. The preamble lies there, so no piece of the file ever takes that place, and
/// the one nonce is always spent on the same empty message.
pub(super) fn header_seed(seal: &Seal) -> u64 {
    let tag = seal.close(0, b"header checks of a log", &mut []);
    u64::from_le_bytes(array(&tag[..8]))
}

fn extent(length: usize) -> usize {
    (HEADER_LEN + length).next_multiple_of(ALIGN)
}

fn check(seed: u64, offset: u64, bytes: &[u8]) -> u64 {
    xxh3_64_with_seed(bytes, seed ^ offset.wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.try_into().expect("the slice was cut to this length")
}
