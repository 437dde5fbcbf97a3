//! The one pass that checks a text and copies it without its white space.

use super::invalid::{Inside, Invalid, Problem};
use super::members::Members;
use super::scan;
use super::{MAX_DEPTH, MAX_VALUE_BYTES};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The mark of an open array in the list of open containers; an object has the place of its first name there.
const ARRAY: u32 = u32::MAX;

/// How much a text may hold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Of the minified text.
    pub(crate) bytes: usize,
    /// Containers open at once.
    pub(crate) depth: usize,
}

impl Limits {
    /// What a value of the database may hold.
    pub(crate) const VALUE: Self = Self { bytes: MAX_VALUE_BYTES, depth: MAX_DEPTH };
}

/// Checks and minifies texts, and keeps its scratch space from one to the next.
#[derive(Debug, Default)]
pub struct Minifier {
    members: Members,
    open: Vec<u32>,
}

impl Minifier {
    /// One without scratch space; the first text brings it.
    pub fn new() -> Self {
        Self::default()
    }

    /// Checks `text` and appends it to `out` without insignificant white space. On an error `out` is as it was.
    pub fn minify(&mut self, text: &[u8], out: &mut Vec<u8>) -> Result<(), Invalid> {
        self.minify_within(Limits::VALUE, text, out)
    }

    /// As [`Minifier::minify`], within other limits.
    pub(crate) fn minify_within(&mut self, limits: Limits, text: &[u8], out: &mut Vec<u8>) -> Result<(), Invalid> {
        if text.len() > Members::LONGEST_TEXT {
            return Err(Invalid::new(limits.bytes, Problem::TooLong));
        }
        let base = out.len();
        self.open.clear();
        self.members.reset();
        let mut pass = Pass {
            text,
            members: &mut self.members,
            open: &mut self.open,
            max_depth: limits.depth,
            run: 0,
            run_limit: limits.bytes,
            out,
        };
        let result = pass.document();
        if result.is_err() {
            out.truncate(base);
        }
        result
    }
}

struct Pass<'a> {
    text: &'a [u8],
    members: &'a mut Members,
    open: &'a mut Vec<u32>,
    max_depth: usize,
    /// Everything before it is in `out`, or is white space; everything from it on is still to be copied.
    run: usize,
    /// Where a run that goes on too far makes the text too long.
    run_limit: usize,
    out: &'a mut Vec<u8>,
}

impl Pass<'_> {
    fn document(&mut self) -> Result<(), Invalid> {
        let text = self.text;
        if text.starts_with(BYTE_ORDER_MARK) {
            return Err(Invalid::new(0, Problem::ByteOrderMark));
        }
        let mut at = self.space(0)?;
        loop {
            // A value begins at `at`.
            match text.get(at) {
                Some(b'"') => at = scan::string(text, at)?.end,
                Some(b'-' | b'0'..=b'9') => at = scan::number(text, at)?,
                Some(b'{') => {
                    self.enter(at, self.members.len() as u32)?;
                    at = self.space(at + 1)?;
                    if text.get(at) != Some(&b'}') {
                        at = self.name(at)?;
                        continue;
                    }
                    at += 1;
                    self.open.pop();
                }
                Some(b'[') => {
                    self.enter(at, ARRAY)?;
                    at = self.space(at + 1)?;
                    if text.get(at) != Some(&b']') {
                        continue;
                    }
                    at += 1;
                    self.open.pop();
                }
                Some(b't' | b'f' | b'n') => {
                    at = scan::word(text, at).ok_or_else(|| self.no_value(at))?;
                }
                _ => return Err(self.no_value(at)),
            }
            // A value ended before `at`: close what closes here, up to the next comma or the end.
            loop {
                at = self.space(at)?;
                let Some(&container) = self.open.last() else {
                    return self.finish(at);
                };
                match text.get(at) {
                    Some(b',') => {
                        at = self.space(at + 1)?;
                        if container != ARRAY {
                            at = self.name(at)?;
                        }
                        break;
                    }
                    Some(b']') if container == ARRAY => {}
                    Some(b'}') if container != ARRAY => {
                        self.members.close(text, container as usize)?;
                    }
                    found => return Err(no_end(at, container, found.is_none())),
                }
                self.open.pop();
                at += 1;
            }
        }
    }

    #[inline]
    fn enter(&mut self, at: usize, container: u32) -> Result<(), Invalid> {
        if self.open.len() >= self.max_depth {
            return Err(Invalid::new(at, Problem::TooDeep));
        }
        self.open.push(container);
        Ok(())
    }

    /// Takes the member's name at `at` and its colon; answers where its value begins.
    #[inline]
    fn name(&mut self, at: usize) -> Result<usize, Invalid> {
        let text = self.text;
        if text.get(at) != Some(&b'"') {
            return Err(self.no_name(at));
        }
        let token = scan::string(text, at)?;
        // The stack of names must not outgrow the longest value, however long the text is.
        if token.end > self.run_limit {
            return Err(Invalid::new(self.run_limit, Problem::TooLong));
        }
        self.members.push(text, at + 1, token.end - 1, token.escaped);
        let colon = self.space(token.end)?;
        match text.get(colon) {
            Some(b':') => self.space(colon + 1),
            Some(_) => Err(Invalid::new(colon, Problem::ColonExpected)),
            None => Err(Invalid::new(colon, Problem::EndsInside(Inside::Object))),
        }
    }

    /// Steps over white space, if there is any.
    #[inline]
    fn space(&mut self, at: usize) -> Result<usize, Invalid> {
        if self.text.get(at).is_some_and(|&byte| scan::is_space(byte)) { self.skip(at) } else { Ok(at) }
    }

    #[inline(never)]
    fn skip(&mut self, at: usize) -> Result<usize, Invalid> {
        self.copy(at)?;
        let rest = &self.text[at..];
        let blank = rest.iter().take_while(|&&byte| scan::is_space(byte)).count();
        self.run = at + blank;
        self.run_limit += blank;
        Ok(self.run)
    }

    /// Copies the run that ends at `end`, unless that makes the text too long.
    #[inline]
    fn copy(&mut self, end: usize) -> Result<(), Invalid> {
        if end > self.run_limit {
            return Err(Invalid::new(self.run_limit, Problem::TooLong));
        }
        self.out.extend_from_slice(&self.text[self.run..end]);
        Ok(())
    }

    fn finish(&mut self, at: usize) -> Result<(), Invalid> {
        if at < self.text.len() {
            return Err(Invalid::new(at, Problem::TrailingText));
        }
        self.copy(at)
    }

    #[cold]
    fn no_value(&self, at: usize) -> Invalid {
        let rest = &self.text[at..];
        let problem = if rest.is_empty() {
            match self.open.last() {
                None => Problem::Empty,
                Some(&ARRAY) => Problem::EndsInside(Inside::Array),
                Some(_) => Problem::EndsInside(Inside::Object),
            }
        } else if rest[0] == b']' && self.follows_comma(at) {
            Problem::TrailingComma
        } else if rest.starts_with(b"NaN") || rest.starts_with(b"Infinity") {
            Problem::NotFinite
        } else {
            Problem::ValueExpected
        };
        Invalid::new(at, problem)
    }

    #[cold]
    fn no_name(&self, at: usize) -> Invalid {
        let problem = match self.text.get(at) {
            None => Problem::EndsInside(Inside::Object),
            Some(b'}') if self.follows_comma(at) => Problem::TrailingComma,
            Some(_) => Problem::NameExpected,
        };
        Invalid::new(at, problem)
    }

    fn follows_comma(&self, at: usize) -> bool {
        let before = self.text[..at].iter().rev().find(|&&byte| !scan::is_space(byte));
        before == Some(&b',')
    }
}

#[cold]
fn no_end(at: usize, container: u32, at_end: bool) -> Invalid {
    let problem = match (container, at_end) {
        (ARRAY, true) => Problem::EndsInside(Inside::Array),
        (_, true) => Problem::EndsInside(Inside::Object),
        (ARRAY, false) => Problem::CommaOrBracketExpected,
        (_, false) => Problem::CommaOrBraceExpected,
    };
    Invalid::new(at, problem)
}
