//! Files with names like ours that no manifest names.
//!
//! A crash leaves such files: of a flush, a merge or an import that did not finish, and of a log nobody began. They may
//! be removed. But a name proves nothing: whatever somebody else put into the folder must stay. So a file is removed
//! only if it says of itself what its name says, or if it never came to say anything:
//!
//! - its preamble has the identity of this database, the kind and the number; or
//! - its preamble did not arrive whole. A write that was not synced may be there in any part, and what is missing of it
//!   reads as zeros or lies past the end. Every byte that does not depend on chance must be the one that we would have
//!   written, or zero, or missing.

use crate::files::file_name;
use crate::host::Vfs;
use crate::preamble::{Kind, PREAMBLE_LEN, Preamble};

/// A file that is no part of the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stray {
    /// Its name.
    pub name: String,
    /// Whether the database left it behind, so that the next open for writing removes it. Any other is left alone.
    pub removable: bool,
}

/// Whether the file may be removed: the database made it, or nobody has written anything into it. A file that cannot be
/// read stays.
pub(crate) fn is_removable(vfs: &dyn Vfs, kind: Kind, number: u64, database: &[u8; 16]) -> bool {
    let mut found = [0; PREAMBLE_LEN];
    let Ok(file) = vfs.open(&file_name(kind, number), false) else {
        return false;
    };
    let Ok(length) = file.len() else { return false };
    let length = length.min(PREAMBLE_LEN as u64) as usize;
    if file.read_exact_at(&mut found[..length], 0).is_err() {
        return false;
    }
    let expected = |sealed| Preamble { kind, sealed, database: *database, number, salt: [0; 16] }.encode();
    [false, true].into_iter().any(|sealed| may_be(&found, &expected(sealed)))
}

/// Whether every byte before the salt is the expected one or zero, and so are those between salt and checksum.
fn may_be(found: &[u8; PREAMBLE_LEN], expected: &[u8; PREAMBLE_LEN]) -> bool {
    let same = |range: std::ops::Range<usize>| {
        found[range.clone()].iter().zip(&expected[range]).all(|(byte, ours)| byte == ours || *byte == 0)
    };
    same(0..40) && same(56..60)
}
