//! Where a page ended, as an opaque text that the next call takes.
//!
//! Hexadecimal of: one byte that names the call, the horizon (three varints), the seq (a varint), the key, and a checksum of four bytes.
//! The horizon is pinned, so all pages show one moment whatever is written between them; and because the past stays,
//! a cursor never grows too old.

use xxhash_rust::xxh3::xxh3_64;

use crate::code::Code;
use crate::entry::Horizon;
use crate::error::{Error, Result};
use crate::varint;

/// The call that a cursor belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Call {
    List = 1,
    History = 2,
    Diff = 3,
    Changes = 4,
}

/// A decoded cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cursor {
    pub(crate) call: Call,
    pub(crate) horizon: Horizon,
    /// The last key of the page; in a history, its key.
    pub(crate) key: Vec<u8>,
    /// The seq of the last version of the page, where that matters.
    pub(crate) seq: u64,
}

impl Cursor {
    pub(crate) fn encode(&self) -> String {
        let mut bytes = vec![self.call as u8];
        for number in [self.horizon.seq, self.horizon.stamp, self.horizon.commit, self.seq] {
            varint::put(&mut bytes, number);
        }
        bytes.extend_from_slice(&self.key);
        let sum = xxh3_64(&bytes) as u32;
        bytes.extend_from_slice(&sum.to_le_bytes());
        bytes
            .iter()
            .flat_map(|byte| [byte >> 4, byte & 15])
            .map(|digit| char::from(b"0123456789abcdef"[digit as usize]))
            .collect()
    }

    /// The seq after which a feed goes on: that of a cursor, or `seq:N` written by hand.
    pub(crate) fn decode_place(text: &str, newest: u64) -> Result<u64> {
        match text.strip_prefix("seq:").map(str::parse) {
            Some(Ok(seq)) if seq <= newest => Ok(seq),
            Some(Ok(_)) => Err(refused(AHEAD)),
            _ => Self::decode(text, Call::Changes, newest).map(|cursor| cursor.seq),
        }
    }

    /// Reads a cursor that `call` gave in a database whose newest seq is `newest`.
    pub(crate) fn decode(text: &str, call: Call, newest: u64) -> Result<Self> {
        let altered = || refused("it was altered");
        let digits: Option<Vec<u8>> = text.chars().map(|c| c.to_digit(16).map(|d| d as u8)).collect();
        let bytes: Vec<u8> =
            digits.filter(|d| d.len() % 2 == 0).ok_or_else(altered)?.chunks(2).map(|d| d[0] << 4 | d[1]).collect();
        let (body, sum) = bytes.split_last_chunk::<4>().ok_or_else(altered)?;
        if (xxh3_64(body) as u32).to_le_bytes() != *sum {
            return Err(altered());
        }
        let mut rest = body;
        if varint::take_bytes(&mut rest, 1) != Some(&[call as u8]) {
            return Err(refused("it belongs to another call"));
        }
        let mut number = || varint::take(&mut rest).ok_or_else(altered);
        let horizon = Horizon { seq: number()?, stamp: number()?, commit: number()? };
        let seq = number()?;
        // Going on from there would pass over whatever is written up to that place.
        if horizon.seq > newest || seq > newest {
            return Err(refused(AHEAD));
        }
        Ok(Self { call, horizon, seq, key: rest.to_vec() })
    }
}

const AHEAD: &str = "it is ahead of this database: another one gave it, or this one before it was restored";

fn refused(why: &str) -> Error {
    Error::new(Code::InvalidCursor, format!("The cursor cannot be used: {why}."))
        .hint("Take it unchanged from the page before, and leave it out for the first page", None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_ahead_of_the_database_is_called_so() {
        assert_eq!(Cursor::decode_place("seq:9", 9).unwrap(), 9);
        assert!(Cursor::decode_place("seq:10", 9).unwrap_err().detail().contains("ahead of this database"));
        assert_eq!(Cursor::decode_place("seq:x", 9).unwrap_err().code(), Code::InvalidCursor);
    }

    #[test]
    fn a_cursor_comes_back_to_its_own_call_alone() {
        let cursor = Cursor {
            call: Call::List,
            horizon: Horizon { seq: 7, stamp: u64::MAX, commit: 3 },
            key: "n\0ключ".into(),
            seq: 9,
        };
        let text = cursor.encode();
        assert_eq!(Cursor::decode(&text, Call::List, 9).unwrap(), cursor);
        assert_eq!(Cursor::decode(&text, Call::History, 9).unwrap_err().code(), Code::InvalidCursor);
        for at in 0..text.len() {
            let mut other = text.clone().into_bytes();
            other[at] = if other[at] == b'0' { b'1' } else { b'0' };
            let other = String::from_utf8(other).unwrap();
            assert_eq!(Cursor::decode(&other, Call::List, 9).unwrap_err().code(), Code::InvalidCursor, "{at}");
        }
        for junk in ["", "0", "zz", "ключ", "00000000"] {
            assert_eq!(Cursor::decode(junk, Call::List, 9).unwrap_err().code(), Code::InvalidCursor, "{junk}");
        }
        assert_eq!(Cursor::decode(&text, Call::List, 8).unwrap_err().code(), Code::InvalidCursor);
    }
}
