//! What opens a database, and what begins long work: not operations of an open one, so not in the table of the protocol.

use serde::Deserialize;

use super::reading::{Text, yes};
use crate::code::Code;
use crate::error::{Error, Result};
use crate::keyring::SealKey;
use crate::loader::LineOptions;
use crate::options::{Durability, Options};

/// What a loader of lines takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct LoaderParams<'a> {
    #[serde(borrow)]
    pub(super) namespace: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) key_field: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) actor: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) reason: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) idempotency_key: Option<Text<'a>>,
    #[serde(default)]
    pub(super) skip_bad: bool,
}

/// What an export takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct ExporterParams<'a> {
    #[serde(borrow)]
    pub(super) at: Option<Text<'a>>,
}

/// What an import takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct ImporterParams {
    #[serde(default)]
    pub(super) restamp: bool,
}

/// What opening takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct OpenParams<'a> {
    #[serde(borrow)]
    pub(super) path: Option<Text<'a>>,
    #[serde(default)]
    pub(super) read_only: bool,
    #[serde(default = "yes")]
    pub(super) create: bool,
    pub(super) durability: Option<DurabilityParam>,
    pub(super) memory_bytes: Option<usize>,
    #[serde(borrow)]
    pub(super) key: Option<KeyParam<'a>>,
    pub(super) lock_timeout_ms: Option<u64>,
}

/// Where the key of a sealed database is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) enum KeyParam<'a> {
    /// 64 hexadecimal digits, or base64.
    Text(#[serde(borrow)] Text<'a>),
    /// Words to remember.
    Passphrase(#[serde(borrow)] Text<'a>),
    /// The bytes of a key file, in hexadecimal.
    FileContent(#[serde(borrow)] Text<'a>),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum DurabilityParam {
    Sync,
    None,
    IntervalMs(u64),
}

impl OpenParams<'_> {
    pub(super) fn options(&self) -> Result<Options> {
        let default = Options::default();
        let key = match &self.key {
            None => None,
            Some(KeyParam::Text(text)) => Some(SealKey::from_text(text)?),
            Some(KeyParam::Passphrase(words)) => Some(SealKey::from_passphrase(words)?),
            Some(KeyParam::FileContent(hex)) => {
                let digits: Option<Vec<u8>> = hex.chars().map(|c| c.to_digit(16).map(|digit| digit as u8)).collect();
                let bytes: Option<Vec<u8>> = digits
                    .filter(|digits| digits.len() % 2 == 0)
                    .map(|digits| digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect());
                let bytes = bytes.ok_or_else(|| {
                    Error::new(Code::InvalidSealKey, "The content of the key file is not hexadecimal.")
                })?;
                Some(SealKey::from_key_file_content(&bytes)?)
            }
        };
        Ok(Options {
            durability: match self.durability {
                None | Some(DurabilityParam::Sync) => Durability::Sync,
                Some(DurabilityParam::None) => Durability::None,
                Some(DurabilityParam::IntervalMs(ms)) => Durability::Interval(ms),
            },
            read_only: self.read_only,
            create: self.create,
            memory_bytes: self.memory_bytes.unwrap_or(default.memory_bytes),
            memtable_bytes: default.memtable_bytes,
            key,
            lock_timeout_ms: self.lock_timeout_ms.unwrap_or(default.lock_timeout_ms),
        })
    }
}

impl From<&LoaderParams<'_>> for LineOptions {
    fn from(params: &LoaderParams<'_>) -> Self {
        let owned = |text: &Option<Text<'_>>| text.as_ref().map(std::string::ToString::to_string);
        Self {
            namespace: owned(&params.namespace),
            key_field: owned(&params.key_field),
            actor: owned(&params.actor),
            reason: owned(&params.reason),
            idempotency_key: owned(&params.idempotency_key),
            skip_bad: params.skip_bad,
        }
    }
}
