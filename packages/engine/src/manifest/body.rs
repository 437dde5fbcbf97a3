//! The content of a manifest as bytes; the layout is in `manifest.rs`.

use super::{LogRecord, Manifest, ValuesRecord};
use crate::extent::{Class, Extent};
use crate::keyring::KeyringRecord;
use crate::log::LogEnd;
use crate::preamble::Preamble;

/// The lengths of the fixed part and of one record of each list.
const FIXED: usize = 56;
const LOG: usize = 40;
const SEGMENT: usize = 112;
const VALUES: usize = 16;
/// A replica's identity has 46 bits.
const REPLICA_BITS: u32 = 46;

pub(super) fn encode(manifest: &Manifest) -> Vec<u8> {
    let length = FIXED + manifest.logs.len() * LOG + manifest.segments.len() * SEGMENT + manifest.values.len() * VALUES;
    let mut out = Vec::with_capacity(length);
    let mut number = |n: u64| n.to_le_bytes();
    for n in [manifest.replica, manifest.created_us, manifest.next_file, manifest.last_seq, manifest.last_stamp] {
        out.extend(number(n));
    }
    for count in [manifest.logs.len(), manifest.segments.len(), manifest.values.len(), 0] {
        let count = u32::try_from(count).expect("fewer files than a folder can hold");
        out.extend(count.to_le_bytes());
    }
    for log in &manifest.logs {
        let end = log.end.unwrap_or(LogEnd { offset: 0, tag: [0; 16] });
        out.extend([log.number, log.first_seq, end.offset].map(&mut number).concat());
        out.extend(end.tag);
    }
    for segment in &manifest.segments {
        let class: u64 = match segment.class {
            Class::Current => 1,
            Class::History => 2,
        };
        let numbers = [
            segment.number,
            segment.generation,
            class,
            segment.length,
            segment.footer,
            segment.versions,
            segment.deletes,
            segment.min_seq,
            segment.max_seq,
            segment.min_stamp,
            segment.max_stamp,
            segment.max_ended,
        ];
        out.extend(numbers.map(&mut number).concat());
        out.extend(segment.tag);
    }
    for values in &manifest.values {
        out.extend([values.number, values.length].map(&mut number).concat());
    }
    debug_assert_eq!(out.len(), length);
    out
}

/// Reads what [`encode`] wrote; the answer to anything else is what is wrong with it.
pub(super) fn decode(
    bytes: &[u8],
    preamble: &Preamble,
    keyring: Option<KeyringRecord>,
) -> Result<Manifest, &'static str> {
    let mut rest = Rest(bytes);
    let mut manifest = Manifest {
        generation: preamble.number,
        database: preamble.database,
        replica: rest.number()?,
        created_us: rest.number()?,
        next_file: rest.number()?,
        last_seq: rest.number()?,
        last_stamp: rest.number()?,
        logs: Vec::new(),
        segments: Vec::new(),
        values: Vec::new(),
        keyring,
    };
    if manifest.replica >> REPLICA_BITS != 0 {
        return Err("the replica's identity is too large");
    }
    let (logs, segments, values, zero) = (rest.count()?, rest.count()?, rest.count()?, rest.count()?);
    // No overflow: each count is below 2^32.
    if logs * LOG as u64 + segments * SEGMENT as u64 + values * VALUES as u64 != rest.0.len() as u64 || zero != 0 {
        return Err("the lists of files are not as long as they should be");
    }
    for _ in 0..logs {
        manifest.logs.push(rest.log()?);
    }
    for _ in 0..segments {
        manifest.segments.push(rest.segment()?);
    }
    for _ in 0..values {
        manifest.values.push(ValuesRecord { number: rest.number()?, length: rest.number()? });
    }
    Ok(manifest)
}

/// What has not been read yet.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], &'static str> {
        let (taken, rest) = self.0.split_first_chunk().ok_or("it is too short")?;
        self.0 = rest;
        Ok(*taken)
    }

    fn number(&mut self) -> Result<u64, &'static str> {
        self.take().map(u64::from_le_bytes)
    }

    fn count(&mut self) -> Result<u64, &'static str> {
        self.take().map(|bytes| u32::from_le_bytes(bytes).into())
    }

    fn log(&mut self) -> Result<LogRecord, &'static str> {
        let (number, first_seq) = (self.number()?, self.number()?);
        let (offset, tag) = (self.number()?, self.take()?);
        let end = (offset != 0).then_some(LogEnd { offset, tag });
        Ok(LogRecord { number, first_seq, end })
    }

    fn segment(&mut self) -> Result<Extent, &'static str> {
        Ok(Extent {
            number: self.number()?,
            generation: self.number()?,
            class: match self.number()? {
                1 => Class::Current,
                2 => Class::History,
                _ => return Err("a segment is of no known class"),
            },
            length: self.number()?,
            footer: self.number()?,
            versions: self.number()?,
            deletes: self.number()?,
            min_seq: self.number()?,
            max_seq: self.number()?,
            min_stamp: self.number()?,
            max_stamp: self.number()?,
            max_ended: self.number()?,
            tag: self.take()?,
        })
    }
}
