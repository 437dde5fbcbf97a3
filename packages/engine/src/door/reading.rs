//! How params are read out of the text of a call.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::batch::Batch;
use crate::code::Code;
use crate::database::IfVersion;
pub(super) use crate::document::present;
use crate::error::{Error, Result};
use crate::version_id::VersionId;

/// A text, borrowed from the call where it holds no escape. (Serde borrows a `Cow` only as a field, not in a list.)
#[derive(Deserialize, Clone)]
#[serde(transparent)]
pub(super) struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

/// Params with names. Serde would read a list in the order of the members as well, which nobody promises to keep.
pub(super) struct Named<T>(pub(super) T);

impl<T> Deref for Named<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Named<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members(PhantomData))
    }
}

struct Members<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
    type Value = Named<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Named<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Named)
    }
}

/// Absent, or `null`, or a version id.
pub(super) type Guard<'a> = Option<Option<Text<'a>>>;

/// The guard of a single write.
pub(super) fn if_version(guard: Guard<'_>) -> Result<IfVersion> {
    Ok(match guard {
        None => IfVersion::Any,
        Some(None) => IfVersion::Absent,
        Some(Some(text)) => IfVersion::Is(version_id(&text)?),
    })
}

/// Adds a guard to a batch.
pub(super) fn expect(batch: &mut Batch, namespace: &str, key: &str, guard: Guard<'_>) -> Result<()> {
    match if_version(guard)? {
        IfVersion::Any => {}
        IfVersion::Absent => drop(batch.expect(namespace, key, None)?),
        IfVersion::Is(version) => drop(batch.expect(namespace, key, Some(version))?),
    }
    Ok(())
}

fn version_id(text: &str) -> Result<VersionId> {
    text.parse().map_err(|e| {
        Error::new(Code::InvalidParams, format!("ifVersion '{text:.40}' is not a version: {e}."))
            .hint("Take it from a version that was read, or null for a key that must not be there", None)
    })
}

/// Tells an absent guard from one that is `null`.
pub(super) fn guard<'de: 'a, 'a, D: Deserializer<'de>>(deserializer: D) -> Result<Guard<'a>, D::Error> {
    Option::<Text<'a>>::deserialize(deserializer).map(Some)
}

/// The count that an absent member means.
pub(super) const fn preset<const COUNT: usize>() -> usize {
    COUNT
}

pub(super) const fn yes() -> bool {
    true
}
