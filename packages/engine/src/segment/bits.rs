//! Whole numbers of any width from 0 to 64 bits, one after the other, least significant bit first.

/// How many bits `value` needs.
pub(crate) fn width(value: u64) -> u8 {
    (64 - value.leading_zeros()) as u8
}

/// Appends numbers to a buffer.
pub(crate) struct BitWriter<'a> {
    out: &'a mut Vec<u8>,
    pending: u128,
    filled: u32,
}

impl<'a> BitWriter<'a> {
    pub(crate) fn new(out: &'a mut Vec<u8>) -> Self {
        Self { out, pending: 0, filled: 0 }
    }

    /// Appends `value`, which has no more than `width` bits.
    #[inline]
    pub(crate) fn put(&mut self, value: u64, width: u8) {
        debug_assert!(self::width(value) <= width);
        self.pending |= u128::from(value) << self.filled;
        self.filled += u32::from(width);
        if self.filled >= 64 {
            self.out.extend_from_slice(&(self.pending as u64).to_le_bytes());
            self.pending >>= 64;
            self.filled -= 64;
        }
    }

    /// Fills the last byte up with zeros.
    pub(crate) fn finish(self) {
        let bytes = self.pending.to_le_bytes();
        self.out.extend_from_slice(&bytes[..self.filled.div_ceil(8) as usize]);
    }
}

/// The number of `width` bits at bit `at`. Bits behind the end of the buffer read as zero.
#[inline]
pub(crate) fn read(bytes: &[u8], at: u64, width: u8) -> u64 {
    let (byte, bit) = ((at / 8) as usize, (at % 8) as u32);
    let window = match bytes.get(byte..).and_then(<[u8]>::first_chunk::<9>) {
        Some(window) => *window,
        None => last_window(bytes, byte),
    };
    let [low @ .., high] = window;
    let mut value = u64::from_le_bytes(low) >> bit;
    if bit + u32::from(width) > 64 {
        value |= u64::from(high) << (64 - bit);
    }
    value & mask(width)
}

#[inline]
fn mask(width: u8) -> u64 {
    if width >= 64 { u64::MAX } else { (1 << width) - 1 }
}

#[cold]
fn last_window(bytes: &[u8], byte: usize) -> [u8; 9] {
    let mut window = [0; 9];
    let left = bytes.get(byte..).unwrap_or_default();
    let length = left.len().min(window.len());
    window[..length].copy_from_slice(&left[..length]);
    window
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_every_width_come_back() {
        for width in 0..=64u8 {
            let values: Vec<u64> =
                (0..40u64).map(|n| n.wrapping_mul(0x9E37_79B9_7F4A_7C15) & mask(width)).chain([mask(width)]).collect();
            let mut bytes = Vec::new();
            let mut writer = BitWriter::new(&mut bytes);
            writer.put(1, 3);
            for value in &values {
                writer.put(*value, width);
            }
            writer.finish();
            assert_eq!(bytes.len(), (3 + values.len() * usize::from(width)).div_ceil(8));
            for (n, value) in values.iter().enumerate() {
                assert_eq!(read(&bytes, 3 + n as u64 * u64::from(width), width), *value, "{n} of width {width}");
            }
        }
    }

    #[test]
    fn reading_behind_the_end_is_zero() {
        assert_eq!(read(&[0xFF; 2], 8, 64), 0xFF);
        assert_eq!(read(&[0xFF; 2], 800, 64), 0);
    }
}
