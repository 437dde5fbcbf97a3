//! Whole numbers in as few bytes as they need: seven bits a byte, least significant first, the top bit set on all
//! bytes but the last.

/// Appends `value`.
#[inline]
pub(crate) fn put(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Reads the number at `at` and moves `at` behind it; `None` when the bytes end or the number exceeds 64 bits.
#[inline]
pub(crate) fn read(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let first = *bytes.get(*at)?;
    *at += 1;
    if first < 0x80 {
        return Some(u64::from(first));
    }
    read_long(bytes, at, first)
}

fn read_long(bytes: &[u8], at: &mut usize, first: u8) -> Option<u64> {
    let mut value = u64::from(first & 0x7F);
    for shift in (7..64).step_by(7) {
        let byte = *bytes.get(*at)?;
        *at += 1;
        let part = u64::from(byte & 0x7F);
        if part << shift >> shift != part {
            return None;
        }
        value |= part << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

/// Takes a number from the front of `bytes`; `None` as above, and they stay as they were.
#[inline]
pub(crate) fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut at = 0;
    let value = read(bytes, &mut at)?;
    *bytes = &bytes[at..];
    Some(value)
}

/// Takes `length` bytes from the front.
#[inline]
pub(crate) fn take_bytes<'a>(bytes: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (head, tail) = bytes.split_at_checked(length)?;
    *bytes = tail;
    Some(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_width_comes_back() {
        let values = (0..64).flat_map(|bit| [(1u64 << bit) - 1, 1 << bit]).chain([u64::MAX]);
        for value in values {
            let mut bytes = Vec::new();
            put(&mut bytes, value);
            let mut at = 0;
            assert_eq!(read(&bytes, &mut at), Some(value));
            assert_eq!(at, bytes.len());
            bytes.push(9);
            let mut rest = &bytes[..];
            assert_eq!((take(&mut rest), rest), (Some(value), &[9u8][..]));
            bytes.pop();
            for end in 0..bytes.len() {
                assert_eq!(read(&bytes[..end], &mut 0), None, "{value} cut at {end}");
            }
        }
    }

    #[test]
    fn more_than_64_bits_are_refused() {
        let mut too_wide = vec![0xFF; 9];
        too_wide.push(0x02);
        assert_eq!(read(&too_wide, &mut 0), None);
        assert_eq!(read(&[0x80; 11], &mut 0), None);
    }
}
