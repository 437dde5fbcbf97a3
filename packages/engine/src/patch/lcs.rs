//! The longest common subsequence of two lists of values, by Myers' greedy algorithm ("An O(ND) Difference Algorithm
//! and Its Variations", 1986), with a bound on its work.

use std::collections::BTreeMap;

use crate::json::tree::Node;

/// Longer lists are not compared.
const MAX_ITEMS: usize = 1 << 16;

/// Bound on the steps: edits looked for, times the length of both lists.
const MAX_STEPS: usize = 1 << 24;

/// Bound on the edits looked for; the memory is its square.
const MAX_EDITS: usize = 512;

/// Pairs of places (in `from`, in `to`) with equal values, both rising. None at all when the lists are too long or too
/// different for the bounds.
pub(super) fn matches<'a>(from: &[Node<'a>], to: &[Node<'a>]) -> Vec<(usize, usize)> {
    let length = from.len() + to.len();
    if from.is_empty() || to.is_empty() || length > MAX_ITEMS {
        return Vec::new();
    }
    let mut numbers = BTreeMap::new();
    // Equal texts get equal numbers, so each text is compared a few times only.
    let mut number = |node: &Node<'a>| {
        let next = numbers.len();
        *numbers.entry(node.raw()).or_insert(next)
    };
    let from: Vec<usize> = from.iter().map(&mut number).collect();
    let to: Vec<usize> = to.iter().map(&mut number).collect();
    let max_edits = (MAX_STEPS / length).min(MAX_EDITS).min(length);
    search(&from, &to, max_edits).unwrap_or_default()
}

/// Diagonal `k` (from - to) is kept at `k + offset`.
fn search(from: &[usize], to: &[usize], max_edits: usize) -> Option<Vec<(usize, usize)>> {
    let offset = max_edits + 1;
    let mut reach = vec![0_usize; 2 * offset + 1];
    let mut trace: Vec<Vec<usize>> = Vec::new();
    for edits in 0..=max_edits {
        // What was reached before this round, as far as this round can look.
        trace.push(reach[offset - edits - 1..=offset + edits + 1].to_vec());
        for diagonal in (offset - edits..=offset + edits).step_by(2) {
            let goes_down =
                diagonal == offset - edits || (diagonal != offset + edits && reach[diagonal - 1] < reach[diagonal + 1]);
            let mut x = if goes_down { reach[diagonal + 1] } else { reach[diagonal - 1] + 1 };
            let mut y = x + offset - diagonal;
            while x < from.len() && y < to.len() && from[x] == to[y] {
                x += 1;
                y += 1;
            }
            reach[diagonal] = x;
            if x >= from.len() && y >= to.len() {
                return Some(backtrack(&trace, from.len(), to.len()));
            }
        }
    }
    None
}

fn backtrack(trace: &[Vec<usize>], mut x: usize, mut y: usize) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    for (edits, reach) in trace.iter().enumerate().rev() {
        // In this round's record, diagonal k is at k + edits + 1.
        let diagonal = x + edits + 1 - y;
        let goes_down = diagonal == 1 || (diagonal != 2 * edits + 1 && reach[diagonal - 1] < reach[diagonal + 1]);
        let (before_x, before_y) = if edits == 0 {
            (0, 0)
        } else if goes_down {
            let x = reach[diagonal + 1];
            (x, x + edits - diagonal)
        } else {
            let x = reach[diagonal - 1];
            (x, x + edits + 2 - diagonal)
        };
        let (start_x, start_y) = match (edits, goes_down) {
            (0, _) => (0, 0),
            (_, true) => (before_x, before_y + 1),
            (_, false) => (before_x + 1, before_y),
        };
        while x > start_x && y > start_y {
            x -= 1;
            y -= 1;
            pairs.push((x, y));
        }
        (x, y) = (before_x, before_y);
    }
    pairs.reverse();
    pairs
}
