//! What a person may have meant: the names nearest to one that does not exist.

mod distance;

#[cfg(test)]
mod tests;

use std::fmt;

/// Longer candidates are only looked at for how they begin.
const LONGEST: usize = 1024;

/// A name that may have been meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion<'a> {
    /// The name that exists.
    pub text: &'a str,
    /// How it is like the one that was wanted.
    pub why: Why,
}

/// How a suggestion is like the name that was wanted; the better reasons come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The same letters, some of them large for small.
    DifferentCase,
    /// A few letters differ.
    DifferentSpelling,
    /// One of the two is the beginning of the other.
    StartsTheSame,
    /// The name holds the wanted one.
    ContainsIt,
}

impl Why {
    /// The reason as an error message gives it, in brackets after the name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DifferentCase => "different case",
            Self::DifferentSpelling => "different spelling",
            Self::StartsTheSame => "starts the same",
            Self::ContainsIt => "contains it",
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// At most `limit` of the candidates that are like `wanted`, the likeliest first. `wanted` itself is never among them.
///
/// One pass over the candidates; each costs about its length times the few edits allowed.
pub fn nearest<'a>(wanted: &str, candidates: impl Iterator<Item = &'a str>, limit: usize) -> Vec<Suggestion<'a>> {
    let mut best: Vec<(Rank, &'a str)> = Vec::new();
    if limit == 0 || wanted.is_empty() {
        return Vec::new();
    }
    let mut judge = Judge::new(wanted);
    for candidate in candidates {
        let Some(rank) = judge.rank(candidate) else {
            continue;
        };
        let entry = (rank, candidate);
        if best.len() == limit && best.last().is_some_and(|worst| *worst <= entry) {
            continue;
        }
        if let Err(place) = best.binary_search(&entry) {
            best.truncate(limit - 1);
            best.insert(place, entry);
        }
    }
    best.into_iter().map(|(rank, text)| Suggestion { text, why: rank.why }).collect()
}

/// Lower is likelier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    score: usize,
    why: Why,
    length_gap: usize,
}

struct Judge<'w> {
    wanted: &'w str,
    wanted_folded: String,
    wanted_chars: Vec<char>,
    cutoff: usize,
    folded: String,
    chars: Vec<char>,
    rows: distance::Rows,
}

impl<'w> Judge<'w> {
    fn new(wanted: &'w str) -> Self {
        let mut wanted_folded = String::new();
        fold(wanted, &mut wanted_folded);
        let wanted_chars: Vec<char> = wanted_folded.chars().collect();
        Self {
            wanted,
            cutoff: cutoff(wanted_chars.len()),
            wanted_folded,
            wanted_chars,
            folded: String::new(),
            chars: Vec::new(),
            rows: distance::Rows::default(),
        }
    }

    fn rank(&mut self, candidate: &str) -> Option<Rank> {
        if candidate == self.wanted {
            return None;
        }
        let rank = |score, why| {
            let length_gap = candidate.len().abs_diff(self.wanted.len());
            Some(Rank { score, why, length_gap })
        };
        if candidate.len() > LONGEST {
            let same = self.wanted_chars.len() >= 2 && candidate.starts_with(self.wanted);
            return if same { rank(4, Why::StartsTheSame) } else { None };
        }
        self.folded.clear();
        fold(candidate, &mut self.folded);
        if self.folded == self.wanted_folded {
            return rank(0, Why::DifferentCase);
        }
        self.chars.clear();
        self.chars.extend(self.folded.chars());
        let edits = self.rows.within(&self.wanted_chars, &self.chars, self.cutoff);
        if let Some(edits) = edits {
            return rank(2 * edits - 1, Why::DifferentSpelling);
        }
        // A letter alone begins too many names to mean one of them.
        let shorter = self.wanted_chars.len().min(self.chars.len());
        let begins = self.folded.starts_with(&self.wanted_folded) || self.wanted_folded.starts_with(&self.folded);
        if shorter >= 2 && begins && 3 * shorter >= self.wanted_chars.len() {
            return rank(4, Why::StartsTheSame);
        }
        if self.wanted_chars.len() >= 3 && self.folded.contains(&self.wanted_folded) {
            return rank(6, Why::ContainsIt);
        }
        None
    }
}

/// How many edits a name of that length may be away: a third of a short one, three of a long one.
fn cutoff(length: usize) -> usize {
    match length {
        0 | 1 => 0,
        2..=4 => 1,
        5..=8 => 2,
        _ => 3,
    }
}

fn fold(text: &str, out: &mut String) {
    out.extend(text.chars().flat_map(char::to_lowercase));
}
