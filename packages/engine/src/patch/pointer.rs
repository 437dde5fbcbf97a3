//! JSON Pointer (RFC 6901).

use crate::json::tree::write_escaped;

/// How much of a pointer an error repeats.
const SHOWN_CHARS: usize = 120;

/// A pointer: the tokens between its slashes, unescaped. None of them means the whole document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pointer {
    tokens: Vec<String>,
}

impl Pointer {
    /// Reads a pointer.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self { tokens: Vec::new() });
        }
        let tokens = text.strip_prefix('/')?.split('/').map(unescape).collect::<Option<_>>()?;
        Some(Self { tokens })
    }

    pub(super) fn tokens(&self) -> &[String] {
        &self.tokens
    }

    /// Whether the place lies inside the one that `other` points to.
    pub(super) fn is_inside(&self, other: &Self) -> bool {
        self.tokens.len() > other.tokens.len() && self.tokens.starts_with(&other.tokens)
    }

    /// The pointer as an error shows it, shortened when it is long.
    pub(super) fn shown(&self) -> Box<str> {
        let mut text = String::new();
        for token in &self.tokens {
            if text.len() > SHOWN_CHARS {
                break;
            }
            text.push('/');
            let start: String = token.chars().take(SHOWN_CHARS).collect();
            text.push_str(&start.replace('~', "~0").replace('/', "~1"));
        }
        shorten(&text)
    }
}

/// The beginning of a text, marked when there is more.
pub(super) fn shorten(text: &str) -> Box<str> {
    match text.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]).into_boxed_str(),
        None => text.into(),
    }
}

fn unescape(token: &str) -> Option<String> {
    let mut pieces = token.split('~');
    let mut text = pieces.next()?.to_owned();
    for piece in pieces {
        let (sign, rest) = match piece.as_bytes().first()? {
            b'0' => ('~', &piece[1..]),
            b'1' => ('/', &piece[1..]),
            _ => return None,
        };
        text.push(sign);
        text.push_str(rest);
    }
    Some(text)
}

/// Appends `/` and a member's name to a pointer that lies in a JSON string: escaped twice, once for each.
pub(super) fn push_name(name: &str, path: &mut Vec<u8>) {
    path.push(b'/');
    for byte in name.bytes() {
        match byte {
            b'~' => path.extend_from_slice(b"~0"),
            b'/' => path.extend_from_slice(b"~1"),
            _ => write_escaped(byte, path),
        }
    }
}

/// Appends `/` and an index.
pub(super) fn push_index(index: usize, path: &mut Vec<u8>) {
    path.push(b'/');
    path.extend_from_slice(index.to_string().as_bytes());
}

/// Reads an array index: digits, without a leading zero. `-`, the place after the last, is `length`.
pub(super) fn index(token: &str, length: usize) -> Option<usize> {
    if token == "-" {
        return Some(length);
    }
    let plain = token.bytes().all(|byte| byte.is_ascii_digit());
    if !plain || (token.len() > 1 && token.starts_with('0')) {
        return None;
    }
    token.parse().ok()
}
