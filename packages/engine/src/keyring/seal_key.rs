//! The key that a person holds.

use std::fmt;

use zeroize::Zeroizing;

use crate::error::{Code, Error, Result};
use crate::host::Entropy;

const KEY_LEN: usize = 32;

/// What opens a sealed database: a key of 32 bytes, or a passphrase.
///
/// It is wiped from memory when dropped, and nothing prints it but [`to_text`](Self::to_text).
#[derive(Clone)]
pub struct SealKey(pub(super) Secret);

#[derive(Clone)]
pub(super) enum Secret {
    Raw(Zeroizing<[u8; KEY_LEN]>),
    Passphrase(Zeroizing<String>),
}

impl SealKey {
    /// A key as it is.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Secret::Raw(Zeroizing::new(bytes)))
    }

    /// A key written as 64 hexadecimal digits, or as base64 (either alphabet, padded or not) of 32 bytes. White
    /// space around it is ignored.
    ///
    /// # Errors
    /// [`Code::InvalidSealKey`] when it is neither.
    pub fn from_text(text: &str) -> Result<Self> {
        let text = text.trim();
        let bytes = decode_hex(text.as_bytes()).or_else(|| decode_base64(text.as_bytes()));
        bytes
            .map(|bytes| Self(Secret::Raw(bytes)))
            .ok_or_else(|| unusable(format!("The text of {} characters is not a key.", text.chars().count())))
    }

    /// A passphrase, taken byte by byte: white space and letter case count.
    ///
    /// # Errors
    /// [`Code::InvalidSealKey`] when it is empty.
    pub fn from_passphrase(passphrase: &str) -> Result<Self> {
        if passphrase.is_empty() {
            return Err(Error::new(Code::InvalidSealKey, "The passphrase is empty."));
        }
        Ok(Self(Secret::Passphrase(Zeroizing::new(passphrase.to_owned()))))
    }

    /// A key from the content of a key file: 32 raw bytes, or a text as [`from_text`](Self::from_text) takes it.
    ///
    /// # Errors
    /// [`Code::InvalidSealKey`] when it is neither.
    pub fn from_key_file_content(content: &[u8]) -> Result<Self> {
        if let Ok(bytes) = content.try_into() {
            return Ok(Self::from_bytes(bytes));
        }
        let not_a_key = || unusable(format!("The {} bytes of the key file are not a key.", content.len()));
        let text = std::str::from_utf8(content).map_err(|_| not_a_key())?;
        Self::from_text(text).map_err(|_| not_a_key())
    }

    /// A new random key.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self> {
        let mut bytes = Zeroizing::new([0; KEY_LEN]);
        entropy.fill(bytes.as_mut_slice()).map_err(|e| Error::io(e, "draw random bytes for", "a new key"))?;
        Ok(Self(Secret::Raw(bytes)))
    }

    /// The key as 64 hexadecimal digits; `None` for a passphrase.
    pub fn to_text(&self) -> Option<Zeroizing<String>> {
        let Secret::Raw(bytes) = &self.0 else {
            return None;
        };
        // The right size from the start: growing would leave a copy behind.
        let mut text = Zeroizing::new(String::with_capacity(2 * KEY_LEN));
        for byte in bytes.iter() {
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from_digit(digit.into(), 16).expect("four bits are one digit"));
            }
        }
        Some(text)
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey")
    }
}

fn unusable(detail: String) -> Error {
    Error::new(Code::InvalidSealKey, detail).hint(
        "A key is 64 hexadecimal digits, or base64 of 32 bytes; a key file may also hold the 32 bytes themselves",
        None,
    )
}

fn decode_hex(text: &[u8]) -> Option<Zeroizing<[u8; KEY_LEN]>> {
    if text.len() != 2 * KEY_LEN {
        return None;
    }
    let mut bytes = Zeroizing::new([0; KEY_LEN]);
    for (byte, pair) in bytes.iter_mut().zip(text.chunks(2)) {
        for digit in pair {
            *byte = *byte << 4 | char::from(*digit).to_digit(16)? as u8;
        }
    }
    Some(bytes)
}

/// 32 bytes are 43 characters of 6 bits, the last 2 bits zero, and one `=` that may be missing.
fn decode_base64(text: &[u8]) -> Option<Zeroizing<[u8; KEY_LEN]>> {
    let text = text.strip_suffix(b"=").unwrap_or(text);
    if text.len() != 43 {
        return None;
    }
    let mut bytes = Zeroizing::new([0; KEY_LEN]);
    let (mut bits, mut count, mut at) = (0u32, 0, 0);
    for character in text {
        let value = match character {
            b'A'..=b'Z' => character - b'A',
            b'a'..=b'z' => character - b'a' + 26,
            b'0'..=b'9' => character - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(value)) & 0xFFFF;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes[at] = (bits >> count) as u8;
            at += 1;
        }
    }
    (bits.trailing_zeros() >= 2).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BYTES: [u8; 32] = [
        0xfb, 0xff, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27,
        28, 29, 0xfe,
    ];
    const HEX: &str = "fbff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1dfe";
    const BASE64: &str = "+/8BAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHf4=";

    fn raw(key: &SealKey) -> [u8; 32] {
        match &key.0 {
            Secret::Raw(bytes) => **bytes,
            Secret::Passphrase(_) => panic!("not a raw key"),
        }
    }

    #[test]
    fn every_way_to_write_a_key_gives_its_bytes() {
        let url = BASE64.replace('+', "-").replace('/', "_");
        let texts = [
            HEX.to_owned(),
            HEX.to_uppercase(),
            format!("  {HEX}\r\n"),
            BASE64.to_owned(),
            format!("{BASE64}\n"),
            BASE64.trim_end_matches('=').to_owned(),
            url,
        ];
        for text in &texts {
            assert_eq!(raw(&SealKey::from_text(text).unwrap()), BYTES, "{text}");
            assert_eq!(raw(&SealKey::from_key_file_content(text.as_bytes()).unwrap()), BYTES, "{text}");
        }
        assert_eq!(raw(&SealKey::from_key_file_content(&BYTES).unwrap()), BYTES);
        assert_eq!(SealKey::from_bytes(BYTES).to_text().unwrap().as_str(), HEX);
    }

    #[test]
    fn anything_else_is_refused_without_showing_it() {
        let mut loose = BASE64.replace("f4=", "f5=");
        assert_eq!(loose.len(), 44);
        let texts = [
            "",
            "secret",
            &HEX[1..],
            &format!("{HEX}0"),
            &HEX.replace('f', "g"),
            &BASE64[1..],
            &BASE64.replace('A', "*"),
            &loose,
            &format!("{BASE64}="),
            &"é".repeat(32),
        ]
        .map(str::to_owned);
        for text in &texts {
            let error = SealKey::from_text(text).unwrap_err();
            assert_eq!(error.code(), Code::InvalidSealKey, "{text}");
            assert!(text.is_empty() || !format!("{error:?}").contains(text.as_str()));
        }
        loose.push('\0');
        for content in [&b""[..], &BYTES[1..], &[0xFF; 64], &[0; 33], loose.as_bytes()] {
            let error = SealKey::from_key_file_content(content).unwrap_err();
            assert_eq!(error.code(), Code::InvalidSealKey, "{content:?}");
        }
        assert_eq!(SealKey::from_passphrase("").unwrap_err().code(), Code::InvalidSealKey);
    }

    #[test]
    fn debug_shows_nothing() {
        let keys = [SealKey::from_bytes(BYTES), SealKey::from_passphrase("open sesame").unwrap()];
        for key in keys {
            assert_eq!(format!("{key:?}"), "SealKey");
        }
        assert!(SealKey::from_passphrase("x").unwrap().to_text().is_none());
    }

    #[test]
    fn generated_keys_differ_and_come_back_from_their_text() {
        let entropy = crate::host::SeededEntropy::new(1);
        let (a, b) = (SealKey::generate(&entropy).unwrap(), SealKey::generate(&entropy).unwrap());
        assert_ne!(raw(&a), raw(&b));
        assert_eq!(raw(&SealKey::from_text(&a.to_text().unwrap()).unwrap()), raw(&a));
    }
}
