//! The Damerau-Levenshtein distance (optimal string alignment): insertions, deletions, substitutions, and swaps of two
//! neighbours.

/// Three rows of the table, kept from one comparison to the next.
#[derive(Debug, Default)]
pub(super) struct Rows {
    before: Vec<usize>,
    last: Vec<usize>,
    current: Vec<usize>,
}

impl Rows {
    /// The distance from `a` to `b`, unless it is more than `cutoff`.
    ///
    /// Only the band of the table within `cutoff` of its diagonal is filled, and the search ends as soon as a whole
    /// row lies beyond it.
    pub(super) fn within(&mut self, a: &[char], b: &[char], cutoff: usize) -> Option<usize> {
        if a.len().abs_diff(b.len()) > cutoff {
            return None;
        }
        let far = cutoff + 1;
        for row in [&mut self.before, &mut self.last, &mut self.current] {
            row.clear();
            row.resize(b.len() + 1, far);
        }
        for (distance, cell) in self.last.iter_mut().enumerate().take(far) {
            *cell = distance;
        }
        for (i, &wanted) in a.iter().enumerate() {
            let row = i + 1;
            let from = row.saturating_sub(cutoff);
            let to = (row + cutoff).min(b.len());
            let mut least = far;
            if from == 0 {
                self.current[0] = row;
                least = row;
            } else {
                // The cell left of the band still holds an older row.
                self.current[from - 1] = far;
            }
            for column in from.max(1)..=to {
                let found = b[column - 1];
                let swapped = i > 0 && column > 1 && wanted == b[column - 2] && a[i - 1] == found && wanted != found;
                let mut distance = (self.last[column - 1] + usize::from(wanted != found))
                    .min(self.last[column] + 1)
                    .min(self.current[column - 1] + 1);
                if swapped {
                    distance = distance.min(self.before[column - 2] + 1);
                }
                self.current[column] = distance.min(far);
                least = least.min(distance);
            }
            if to < b.len() {
                self.current[to + 1] = far;
            }
            if least > cutoff {
                return None;
            }
            std::mem::swap(&mut self.before, &mut self.last);
            std::mem::swap(&mut self.last, &mut self.current);
        }
        Some(self.last[b.len()]).filter(|&distance| distance <= cutoff)
    }
}
