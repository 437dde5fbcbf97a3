//! Names: which namespaces and keys are allowed, and how the pair becomes one sortable key.
//!
//! Inside the store a key is the namespace, one zero byte, and the key. A namespace holds no control character, so
//! the zero byte ends it without doubt, namespaces stay together, and both sort by their bytes.

use crate::code::Code;
use crate::error::{Error, Result};

/// The longest namespace, in bytes of UTF-8.
pub const MAX_NAMESPACE_BYTES: usize = 128;
/// The longest key, in bytes of UTF-8.
pub const MAX_KEY_BYTES: usize = 1024;

/// A store's key of so many bytes is put together without an allocation.
const SHORT_ADDRESS: usize = 128;

/// Refuses a namespace that users may not have.
pub(crate) fn check_namespace(namespace: &str) -> Result<()> {
    let refuse = |why: &str| {
        // A name may be a megabyte by mistake.
        let shown: String = namespace.chars().take(64).collect();
        let more = if shown.len() < namespace.len() { "…" } else { "" };
        Err(Error::new(Code::InvalidNamespace, format!("The namespace {shown:?}{more} cannot be used: {why}.")).hint(
            "A namespace is 1 to 128 bytes without '/' and control characters, and does not begin with '_'",
            None,
        ))
    };
    if namespace.is_empty() {
        return refuse("it is empty");
    }
    if namespace.len() > MAX_NAMESPACE_BYTES {
        return refuse(&format!("it is {} bytes long and the limit is {MAX_NAMESPACE_BYTES}", namespace.len()));
    }
    if namespace.starts_with('_') {
        return refuse("names that begin with '_' are the system's own");
    }
    if namespace.bytes().all(|byte| (b' '..0x7F).contains(&byte) && byte != b'/') {
        return Ok(());
    }
    match namespace.chars().find(|c| *c == '/' || c.is_control()) {
        Some('/') => refuse("it holds a '/', which separates it from the key"),
        Some(c) => refuse(&format!("it holds the control character U+{:04X}", u32::from(c))),
        None => Ok(()),
    }
}

/// Refuses a key of a length that cannot be kept.
pub(crate) fn check_key(key: &str) -> Result<()> {
    if key.is_empty() {
        return Err(
            Error::new(Code::InvalidKey, "The key is empty.").hint("A key is 1 to 1,024 bytes of any characters", None)
        );
    }
    if key.len() > MAX_KEY_BYTES {
        return Err(Error::new(
            Code::InvalidKey,
            format!("The key is {} bytes long and the limit is {MAX_KEY_BYTES}.", key.len()),
        )
        .hint("A key is 1 to 1,024 bytes of any characters", None));
    }
    Ok(())
}

/// Checks both names and appends the store's key for them.
pub(crate) fn write_address(namespace: &str, key: &str, out: &mut Vec<u8>) -> Result<()> {
    check_namespace(namespace)?;
    check_key(key)?;
    out.reserve(namespace.len() + 1 + key.len());
    out.extend_from_slice(namespace.as_bytes());
    out.push(0);
    out.extend_from_slice(key.as_bytes());
    Ok(())
}

/// The store's key for two names.
pub(crate) fn address(namespace: &str, key: &str) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    write_address(namespace, key, &mut out)?;
    Ok(out)
}

/// Lends the store's key for two names to `work`; one of usual length takes no memory of its own.
pub(crate) fn with_address<R>(namespace: &str, key: &str, work: impl FnOnce(&[u8]) -> Result<R>) -> Result<R> {
    let mut short = [0; SHORT_ADDRESS];
    let length = namespace.len() + 1 + key.len();
    let Some(place) = short.get_mut(..length) else {
        return work(&address(namespace, key)?);
    };
    check_namespace(namespace)?;
    check_key(key)?;
    place[..namespace.len()].copy_from_slice(namespace.as_bytes());
    place[namespace.len() + 1..].copy_from_slice(key.as_bytes());
    work(place)
}

/// The namespace and key of a store's key; `None` for bytes that no check above let through.
pub(crate) fn split_address(address: &[u8]) -> Option<(&str, &str)> {
    let zero = address.iter().position(|b| *b == 0)?;
    Some((std::str::from_utf8(&address[..zero]).ok()?, std::str::from_utf8(&address[zero + 1..]).ok()?))
}

/// `NAMESPACE/KEY` as people write it, quoted for a shell where needed.
pub(crate) fn spoken(namespace: &str, key: &str) -> String {
    shell_quoted(&format!("{namespace}/{key}"))
}

/// A word that a shell takes as it stands.
pub(crate) fn shell_quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+=,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_at_and_beyond_their_limits() {
        let cases: [(&str, bool); 12] = [
            ("a", true),
            ("users", true),
            ("Ünïcode names", true),
            ("__proto__", false),
            ("", false),
            ("_system", false),
            ("a/b", false),
            ("a\0b", false),
            ("a\nb", false),
            ("a\u{85}b", false),
            (&"n".repeat(128), true),
            (&"n".repeat(129), false),
        ];
        for (name, good) in cases {
            assert_eq!(check_namespace(name).is_ok(), good, "{name:?}");
        }
        for (key, good) in
            [("", false), ("\0", true), ("a/b/c", true), (&"k".repeat(1024), true), (&"k".repeat(1025), false)]
        {
            assert_eq!(check_key(key).is_ok(), good, "{key:?}");
        }
    }

    #[test]
    fn addresses_sort_by_namespace_then_key() {
        let mut all: Vec<_> = [("a", "z"), ("a-b", "a"), ("a", "a/b"), ("b", "\0"), ("a", "a")]
            .iter()
            .map(|(n, k)| (address(n, k).unwrap(), *n, *k))
            .collect();
        all.sort();
        let sorted: Vec<_> = all.iter().map(|(_, n, k)| (*n, *k)).collect();
        assert_eq!(sorted, [("a", "a"), ("a", "a/b"), ("a", "z"), ("a-b", "a"), ("b", "\0")]);
        for (bytes, n, k) in &all {
            assert_eq!(split_address(bytes), Some((*n, *k)));
        }
    }

    #[test]
    fn an_address_is_the_same_lent_or_owned() {
        for (namespace, length) in
            [("users", 1), ("n", SHORT_ADDRESS - 2), ("n", SHORT_ADDRESS - 1), ("n", MAX_KEY_BYTES)]
        {
            let key = "k".repeat(length);
            let lent = with_address(namespace, &key, |lent| Ok(lent.to_vec())).unwrap();
            assert_eq!(lent, address(namespace, &key).unwrap());
        }
        for (namespace, key) in [("", "k"), ("a/b", "k"), ("n", ""), ("n", &"k".repeat(MAX_KEY_BYTES + 1))] {
            let code = with_address(namespace, key, |_| Ok(())).unwrap_err().code();
            assert_eq!(code, address(namespace, key).unwrap_err().code());
        }
    }

    #[test]
    fn words_are_quoted_for_a_shell() {
        for (word, quoted) in [("users/alice", "users/alice"), ("a b", "'a b'"), ("it's", r"'it'\''s'"), ("", "''")] {
            assert_eq!(shell_quoted(word), quoted);
        }
    }
}
