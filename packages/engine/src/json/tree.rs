//! A JSON text as a tree that loses nothing: every node can give back the very text it was read from.

use std::borrow::Cow;

use super::invalid::{Inside, Invalid, Problem};
use super::{MAX_DEPTH, scan};

/// One value.
#[derive(Debug, Clone)]
pub enum Node<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it is written.
    Number(&'a str),
    /// A string.
    String(Text<'a>),
    /// An array.
    Array(Box<Array<'a>>),
    /// An object.
    Object(Box<Object<'a>>),
}

impl<'a> Node<'a> {
    /// The text the node was read from.
    pub fn raw(&self) -> &'a str {
        match self {
            Self::Null => "null",
            Self::Bool(true) => "true",
            Self::Bool(false) => "false",
            Self::Number(raw) => raw,
            Self::String(text) => text.raw,
            Self::Array(array) => array.raw,
            Self::Object(object) => object.raw,
        }
    }

    /// How many values it is made of, itself included.
    pub fn count(&self) -> usize {
        match self {
            Self::Array(array) => 1 + array.items.iter().map(Node::count).sum::<usize>(),
            Self::Object(object) => 1 + object.members.iter().map(|member| member.value.count()).sum::<usize>(),
            _ => 1,
        }
    }

    /// How many levels of arrays and objects the value has; 0 for a scalar.
    pub fn depth(&self) -> usize {
        match self {
            Self::Array(array) => 1 + array.items.iter().map(Node::depth).max().unwrap_or(0),
            Self::Object(object) => 1 + object.members.iter().map(|member| member.value.depth()).max().unwrap_or(0),
            _ => 0,
        }
    }
}

/// Equal when written alike: `1` and `1.0` differ, and so do `"a"` and `"\u0061"`.
impl PartialEq for Node<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.raw() == other.raw()
    }
}

impl Eq for Node<'_> {}

/// An array and its text.
#[derive(Debug, Clone)]
pub struct Array<'a> {
    /// From `[` to `]`.
    pub raw: &'a str,
    /// The elements in order.
    pub items: Vec<Node<'a>>,
}

/// An object and its text.
#[derive(Debug, Clone)]
pub struct Object<'a> {
    /// From `{` to `}`.
    pub raw: &'a str,
    /// The members in the order in which they are written.
    pub members: Vec<Member<'a>>,
}

/// A member of an object.
#[derive(Debug, Clone)]
pub struct Member<'a> {
    /// Its name.
    pub name: Text<'a>,
    /// Its value.
    pub value: Node<'a>,
}

/// A string as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text<'a> {
    raw: &'a str,
}

impl<'a> Text<'a> {
    /// The text with its quotes and escapes.
    pub fn raw(self) -> &'a str {
        self.raw
    }

    /// The characters the text stands for.
    pub fn value(self) -> Cow<'a, str> {
        let inside = &self.raw[1..self.raw.len() - 1];
        if inside.contains('\\') {
            let mut value = String::with_capacity(inside.len());
            scan::unescape(inside, &mut value);
            Cow::Owned(value)
        } else {
            Cow::Borrowed(inside)
        }
    }
}

/// Reads a minified text: one without insignificant white space, as [`minify`](super::minify) leaves it.
///
/// Other texts are refused, save that duplicate members are not looked for.
pub fn parse(minified: &[u8]) -> Result<Node<'_>, Invalid> {
    parse_within(MAX_DEPTH, minified)
}

/// As [`parse`], down to another depth.
pub(crate) fn parse_within(max_depth: usize, minified: &[u8]) -> Result<Node<'_>, Invalid> {
    let text =
        std::str::from_utf8(minified).map_err(|error| Invalid::new(error.valid_up_to(), Problem::InvalidUtf8))?;
    let mut parser = Parser { text, bytes: minified, at: 0 };
    let node = parser.value(max_depth)?;
    if parser.at < minified.len() {
        return Err(Invalid::new(parser.at, Problem::TrailingText));
    }
    Ok(node)
}

/// Appends `value` as a JSON string in its shortest usual spelling.
pub fn write_string(value: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for byte in value.bytes() {
        write_escaped(byte, out);
    }
    out.push(b'"');
}

/// Appends one byte of a string's UTF-8, escaped where JSON wants that.
pub(crate) fn write_escaped(byte: u8, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    match byte {
        b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
        0x08 => out.extend_from_slice(b"\\b"),
        0x0c => out.extend_from_slice(b"\\f"),
        b'\n' => out.extend_from_slice(b"\\n"),
        b'\r' => out.extend_from_slice(b"\\r"),
        b'\t' => out.extend_from_slice(b"\\t"),
        ..0x20 => {
            out.extend_from_slice(b"\\u00");
            out.extend_from_slice(&[HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        }
        _ => out.push(byte),
    }
}

/// Calls itself once per level, and `levels` says how many are left.
struct Parser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Parser<'a> {
    fn value(&mut self, levels: usize) -> Result<Node<'a>, Invalid> {
        let start = self.at;
        match self.bytes.get(start) {
            Some(b'"') => Ok(Node::String(self.string()?)),
            Some(b'-' | b'0'..=b'9') => {
                self.at = scan::number(self.bytes, start)?;
                Ok(Node::Number(&self.text[start..self.at]))
            }
            Some(b'[') => self.array(levels),
            Some(b'{') => self.object(levels),
            Some(&first) => {
                let end = scan::word(self.bytes, start).ok_or_else(|| Invalid::new(start, Problem::ValueExpected))?;
                self.at = end;
                Ok(if first == b'n' { Node::Null } else { Node::Bool(first == b't') })
            }
            None => Err(Invalid::new(start, Problem::Empty)),
        }
    }

    fn string(&mut self) -> Result<Text<'a>, Invalid> {
        let start = self.at;
        self.at = scan::string(self.bytes, start)?.end;
        Ok(Text { raw: &self.text[start..self.at] })
    }

    fn array(&mut self, levels: usize) -> Result<Node<'a>, Invalid> {
        let start = self.at;
        let levels = self.enter(levels)?;
        let mut items = Vec::new();
        if !self.take(b']') {
            loop {
                items.push(self.value(levels)?);
                if self.take(b']') {
                    break;
                }
                self.comma(Inside::Array, Problem::CommaOrBracketExpected)?;
            }
        }
        Ok(Node::Array(Box::new(Array { raw: &self.text[start..self.at], items })))
    }

    fn object(&mut self, levels: usize) -> Result<Node<'a>, Invalid> {
        let start = self.at;
        let levels = self.enter(levels)?;
        let mut members = Vec::new();
        if !self.take(b'}') {
            loop {
                members.push(self.member(levels)?);
                if self.take(b'}') {
                    break;
                }
                self.comma(Inside::Object, Problem::CommaOrBraceExpected)?;
            }
        }
        Ok(Node::Object(Box::new(Object { raw: &self.text[start..self.at], members })))
    }

    fn member(&mut self, levels: usize) -> Result<Member<'a>, Invalid> {
        if self.bytes.get(self.at) != Some(&b'"') {
            return Err(Invalid::new(self.at, Problem::NameExpected));
        }
        let name = self.string()?;
        if !self.take(b':') {
            return Err(Invalid::new(self.at, Problem::ColonExpected));
        }
        Ok(Member { name, value: self.value(levels)? })
    }

    /// Steps into a container; answers how many levels are left inside it.
    fn enter(&mut self, levels: usize) -> Result<usize, Invalid> {
        let inside = levels.checked_sub(1).ok_or_else(|| Invalid::new(self.at, Problem::TooDeep))?;
        self.at += 1;
        Ok(inside)
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.bytes.get(self.at) == Some(&byte);
        self.at += usize::from(found);
        found
    }

    fn comma(&mut self, inside: Inside, missing: Problem) -> Result<(), Invalid> {
        if self.take(b',') {
            return Ok(());
        }
        let at_end = self.at == self.bytes.len();
        Err(Invalid::new(self.at, if at_end { Problem::EndsInside(inside) } else { missing }))
    }
}
