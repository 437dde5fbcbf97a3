//! Patterns of namespaces, by which a caller is told what it may see and change.

use std::sync::Arc;

use serde::Deserialize;

use crate::code::Code;
use crate::error::{Error, Result};

/// Some namespaces: each pattern is a name in which `*` stands for any characters, also for none.
/// Copies are cheap.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(from = "Vec<String>")]
pub(crate) struct Globs(Arc<[String]>);

impl From<Vec<String>> for Globs {
    fn from(patterns: Vec<String>) -> Self {
        Self(patterns.into())
    }
}

impl Globs {
    /// Whether a pattern fits the name.
    pub(crate) fn cover(&self, name: &str) -> bool {
        self.0.iter().any(|pattern| fits(pattern.as_bytes(), name.as_bytes()))
    }

    /// Whether every name is covered.
    pub(crate) fn cover_all(&self) -> bool {
        self.0.iter().any(|pattern| !pattern.is_empty() && pattern.bytes().all(|byte| byte == b'*'))
    }

    /// Whether there is no pattern.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Compares without recursion: after a `*` that took too little, it takes one more, and only the last `*` ever has to.
fn fits(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        if pattern.get(p) == Some(&b'*') {
            star = Some((p, n));
            p += 1;
        } else if pattern.get(p) == Some(&name[n]) {
            p += 1;
            n += 1;
        } else if let Some((at, taken)) = star {
            star = Some((at, taken + 1));
            p = at + 1;
            n = taken + 1;
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

/// The refusal of what needs a scope in a namespace.
pub(crate) fn forbidden(scope: &str, namespace: &str) -> Error {
    Error::new(Code::Forbidden, format!("The key may not {scope} in the namespace '{namespace:.128}'.")).hint(
        "Use a key with that scope",
        Some(format!("kdelta key create NAME --{scope} {}", crate::address::shell_quoted(namespace))),
    )
}

/// The refusal of what needs a scope over the whole database.
pub(crate) fn forbidden_whole(scope: &str) -> Error {
    let (may, flag) = match scope {
        "admin" => ("has not the scope admin".to_owned(), "--admin".to_owned()),
        scope => (format!("may not {scope} in every namespace"), format!("--{scope} '*'")),
    };
    Error::new(Code::Forbidden, format!("The key {may}, which this call needs."))
        .hint("Use a key with that scope", Some(format!("kdelta key create NAME {flag}")))
}

/// Refuses what `allowed` does not allow.
pub(crate) fn require(allowed: bool, refusal: impl FnOnce() -> Error) -> Result<()> {
    if allowed { Ok(()) } else { Err(refusal()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_characters() {
        for (pattern, name, fit) in [
            ("*", "", true),
            ("*", "users", true),
            ("users", "users", true),
            ("users", "user", false),
            ("user", "users", false),
            ("users-*", "users-", true),
            ("users-*", "users-eu", true),
            ("users-*", "users", false),
            ("*-eu", "a-eu-eu", true),
            ("a*b*c", "a--b--b-c", true),
            ("a*b*c", "a--c--b", false),
            ("**a**", "a", true),
            ("", "", true),
            ("", "a", false),
            ("[a-z]?", "[a-z]?", true),
            ("[a-z]?", "bc", false),
        ] {
            assert_eq!(fits(pattern.as_bytes(), name.as_bytes()), fit, "{pattern} {name}");
        }
    }

    #[test]
    fn a_hostile_pattern_takes_no_time() {
        let (pattern, name) = ("a*".repeat(1_000) + "b", "a".repeat(100_000));
        assert!(!fits(pattern.as_bytes(), name.as_bytes()));
    }

    #[test]
    fn only_stars_cover_everything() {
        let globs = |patterns: &[&str]| Globs(patterns.iter().map(|p| (*p).to_owned()).collect::<Vec<_>>().into());
        assert!(globs(&["users", "*"]).cover_all() && globs(&["**"]).cover_all());
        assert!(!globs(&["u*", ""]).cover_all() && !globs(&[]).cover_all());
    }
}
