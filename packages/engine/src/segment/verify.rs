//! Checking a whole segment against the disk.

use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_128;

use super::fields::Damage;
use super::filter;
use super::index::{Child, Node};
use super::ranges::Ranges;
use super::reader::{Segment, read_footer};
use super::search::Spot;
use super::timeline;
use crate::entry::{Content, Entry};
use crate::error::{Error, Result};
use crate::extent::Class;
use crate::piece::Piece;
use crate::preamble::{Kind, PREAMBLE_LEN, Preamble};

/// What was seen so far.
struct Tally<'a> {
    segment: &'a Segment,
    filter: Vec<Vec<u8>>,
    /// Where every piece begins and ends.
    places: Vec<(u64, u64)>,
    /// The sum of a hash of every (seq, block), which does not depend on their order.
    pairs: u128,
    versions: u64,
    deletes: u64,
    keys: u64,
    blocks: u64,
    last_key: Vec<u8>,
    last_seq: u64,
}

impl Segment {
    /// Reads every piece of the file from the disk, past the cache, and checks everything that is known twice; calls
    /// `visit` with every version in order.
    pub(crate) fn verify(&self, visit: &mut dyn FnMut(&Entry<'_>) -> Result<()>) -> Result<()> {
        self.verify_preamble()?;
        let footer = read_footer(&self.sheet, &self.extent)?;
        let mut tally = Tally::new(self);
        tally.places.push((self.extent.footer, self.extent.length));
        for piece in &footer.filter {
            tally.places.push((piece.offset, piece.end()));
            tally.filter.push(self.read(piece)?);
        }
        let mut ranges = Ranges::NONE;
        for (n, child) in footer.root.children().iter().enumerate() {
            let node = self.read_node(&child.piece)?;
            tally.check_node(child, &node, footer.root.last_key(n), visit)?;
            ranges.merge(&child.ranges);
        }
        if ranges != footer.ranges {
            return Err(self.footer_damaged(Damage("its ranges are not those of its children")));
        }
        if (tally.versions, tally.deletes, tally.keys, tally.blocks)
            != (footer.versions, footer.deletes, footer.keys, footer.blocks)
        {
            return Err(self.footer_damaged(Damage("its counts are not those of its versions")));
        }
        tally.check_timeline(&footer.timeline)?;
        tally.check_places()
    }

    /// Calls `visit` with every version that can be read, whatever else of the file is damaged.
    pub(crate) fn salvage(&self, visit: &mut dyn FnMut(&Entry<'_>)) {
        let nodes = self.footer.root.children().iter().filter_map(|child| self.read_node(&child.piece).ok());
        for node in nodes {
            for block in node.children().iter().filter_map(|child| self.read_block(&child.piece).ok()) {
                let (block, mut spot) = (Arc::new(block), Spot::default());
                while matches!(block.step(&mut spot), Ok(true)) {
                    visit(&block.entry(&spot));
                }
            }
        }
    }

    fn verify_preamble(&self) -> Result<()> {
        let name = &self.sheet.name;
        let mut bytes = [0; PREAMBLE_LEN];
        self.sheet.file.read_exact_at(&mut bytes, 0).map_err(|e| Error::io(e, "read", name))?;
        let preamble = Preamble::decode(&bytes, name)?;
        if (preamble.kind, preamble.number) != (Kind::Segment, self.extent.number) {
            return Err(Error::corrupt(name, 8, "it is another file than it was when it was opened"));
        }
        Ok(())
    }
}

impl<'a> Tally<'a> {
    fn new(segment: &'a Segment) -> Self {
        Self {
            segment,
            filter: Vec::new(),
            places: vec![(0, PREAMBLE_LEN as u64)],
            pairs: 0,
            versions: 0,
            deletes: 0,
            keys: 0,
            blocks: 0,
            last_key: Vec::new(),
            last_seq: 0,
        }
    }

    fn check_node(
        &mut self,
        child: &Child,
        node: &Node,
        last_key: &[u8],
        visit: &mut dyn FnMut(&Entry<'_>) -> Result<()>,
    ) -> Result<()> {
        self.places.push((child.piece.offset, child.piece.end()));
        let mut ranges = Ranges::NONE;
        for (n, block) in node.children().iter().enumerate() {
            self.check_block(block, node.last_key(n), visit)?;
            ranges.merge(&block.ranges);
        }
        let same_last = node.children().last().is_some_and(|last| last.last == child.last);
        if !same_last || self.last_key != last_key {
            return Err(self.damaged(&child.piece, "it does not end with the version its parent says"));
        }
        if ranges != child.ranges || node.children().len() != child.count as usize {
            return Err(self.damaged(&child.piece, "it is not what its parent says of it"));
        }
        Ok(())
    }

    fn check_block(
        &mut self,
        child: &Child,
        last_key: &[u8],
        visit: &mut dyn FnMut(&Entry<'_>) -> Result<()>,
    ) -> Result<()> {
        let piece = &child.piece;
        self.places.push((piece.offset, piece.end()));
        let block = Arc::new(self.segment.read_block(piece)?);
        if block.is_history() != (self.segment.extent.class == Class::History) || block.count() != child.count {
            return Err(self.damaged(piece, "it is not what its parent says of it"));
        }
        let mut spot = Spot::default();
        let mut ranges = Ranges::NONE;
        while block.step(&mut spot).map_err(|damage| self.segment.damaged(piece, damage))? {
            let entry = block.entry(&spot);
            self.check_entry(&entry).map_err(|damage| self.segment.damaged(piece, damage))?;
            ranges.add(&entry);
            visit(&entry)?;
        }
        if ranges != child.ranges {
            return Err(self.damaged(piece, "its versions are not in the ranges its parent says"));
        }
        if spot.key() != last_key || spot.coordinates() != child.last {
            return Err(self.damaged(piece, "it does not end with the version its parent says"));
        }
        self.blocks += 1;
        Ok(())
    }

    fn check_entry(&mut self, entry: &Entry<'_>) -> Result<(), Damage> {
        let is_new = self.versions == 0 || entry.key != self.last_key;
        if is_new {
            let footer = &self.segment.footer;
            if self.versions == 0 && entry.key != footer.min_key {
                return Err(Damage("its first key is not the one the footer says"));
            }
            if self.versions > 0 && entry.key < self.last_key.as_slice() {
                return Err(Damage("its keys are out of order"));
            }
            self.check_filter(entry.key)?;
            self.keys += 1;
            self.last_key.clear();
            self.last_key.extend_from_slice(entry.key);
        } else if entry.seq >= self.last_seq {
            return Err(Damage("the versions of a key are out of order"));
        }
        if entry.ended < entry.stamp {
            return Err(Damage("a version ended before it began"));
        }
        if let Content::Apart(place) = entry.content
            && (place.stored == 0 || place.stored > place.raw)
        {
            return Err(Damage("a document kept apart has an impossible length"));
        }
        self.last_seq = entry.seq;
        self.versions += 1;
        self.deletes += u64::from(entry.deleted);
        self.pairs = self.pairs.wrapping_add(hash_pair(entry.seq, self.blocks));
        Ok(())
    }

    fn check_filter(&self, key: &[u8]) -> Result<(), Damage> {
        let hash = filter::hash_key(key);
        let line = filter::line_of(hash, self.segment.footer.filter_lines);
        let piece = &self.filter[(line / filter::LINES) as usize];
        if filter::may_contain(piece, line % filter::LINES, hash) {
            Ok(())
        } else {
            Err(Damage("a key of it is missing from the filter"))
        }
    }

    /// Checks that the timeline names every version once, with its block.
    fn check_timeline(&mut self, parts: &[timeline::Part]) -> Result<()> {
        let mut pairs = 0u128;
        for part in parts {
            self.places.push((part.piece.offset, part.piece.end()));
            let content = self.segment.read(&part.piece)?;
            timeline::for_each(&content, part, self.blocks, |seq, block| {
                pairs = pairs.wrapping_add(hash_pair(seq, u64::from(block)));
                Ok(())
            })
            .map_err(|damage| self.segment.damaged(&part.piece, damage))?;
        }
        if pairs != self.pairs {
            return Err(self.segment.footer_damaged(Damage("its timeline is not that of its versions")));
        }
        Ok(())
    }

    /// Checks that the pieces follow each other without a gap, from the start of the file to its end.
    fn check_places(mut self) -> Result<()> {
        let sheet = &self.segment.sheet;
        let length = sheet.file.len().map_err(|e| Error::io(e, "measure", &sheet.name))?;
        self.places.push((length, length));
        self.places.sort_unstable();
        match self.places.windows(2).find(|pair| pair[0].1 != pair[1].0) {
            None => Ok(()),
            Some(pair) => {
                Err(Error::corrupt(&sheet.name, pair[0].1, "there are bytes that belong to no piece, or to two"))
            }
        }
    }

    fn damaged(&self, piece: &Piece, what: &'static str) -> Error {
        self.segment.damaged(piece, Damage(what))
    }
}

fn hash_pair(seq: u64, block: u64) -> u128 {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&seq.to_le_bytes());
    bytes[8..].copy_from_slice(&block.to_le_bytes());
    xxh3_128(&bytes)
}
