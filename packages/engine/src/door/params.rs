//! What each operation takes.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::columns::Columns;
use crate::batch::Batch;
use crate::code::Code;
use crate::database::IfVersion;
use crate::document::present;
use crate::error::{Error, Result};
use crate::keyring::SealKey;
use crate::loader::LineOptions;
use crate::options::{Durability, Options};
use crate::version_id::VersionId;

pub(super) type Text<'a> = Cow<'a, str>;
/// Absent, or `null`, or a version id.
type Guard<'a> = Option<Option<Text<'a>>>;

macro_rules! params {
    ($(#[$doc:meta])* $name:ident$(<$life:lifetime>)? { $($(#[$attribute:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "camelCase")]
        pub(super) struct $name$(<$life>)? { $($(#[$attribute])* pub(super) $field: $type,)* }
    };
}

params! {
    PutParams<'a> {
        #[serde(borrow)] namespace: Text<'a>,
        #[serde(borrow)] key: Text<'a>,
        #[serde(borrow)] value: &'a RawValue,
        #[serde(default, borrow, deserialize_with = "guard")] if_version: Guard<'a>,
        #[serde(borrow)] actor: Option<Text<'a>>,
        #[serde(borrow)] reason: Option<Text<'a>>,
    }
}
params! {
    DeleteParams<'a> {
        #[serde(borrow)] namespace: Text<'a>,
        #[serde(borrow)] key: Text<'a>,
        #[serde(default, borrow, deserialize_with = "guard")] if_version: Guard<'a>,
        #[serde(borrow)] actor: Option<Text<'a>>,
        #[serde(borrow)] reason: Option<Text<'a>>,
    }
}
params! {
    RevertParams<'a> {
        #[serde(borrow)] namespace: Text<'a>,
        #[serde(borrow)] key: Text<'a>,
        #[serde(borrow)] at: Option<Text<'a>>,
        #[serde(default, borrow, deserialize_with = "guard")] if_version: Guard<'a>,
        #[serde(borrow)] actor: Option<Text<'a>>,
        #[serde(borrow)] reason: Option<Text<'a>>,
    }
}
params! {
    BatchParams<'a> {
        #[serde(borrow)] ops: Option<Vec<BatchOp<'a>>>,
        #[serde(borrow)] columns: Option<Columns<'a>>,
        #[serde(default, borrow)] expect: Vec<BatchExpectation<'a>>,
        #[serde(borrow)] actor: Option<Text<'a>>,
        #[serde(borrow)] reason: Option<Text<'a>>,
    }
}
params! {
    BatchOp<'a> {
        #[serde(borrow)] namespace: Text<'a>,
        #[serde(borrow)] key: Text<'a>,
        #[serde(default, borrow, deserialize_with = "present")] value: Option<&'a RawValue>,
        #[serde(default)] delete: bool,
        #[serde(default, borrow, deserialize_with = "guard")] if_version: Guard<'a>,
    }
}
params! {
    BatchExpectation<'a> {
        #[serde(borrow)] namespace: Text<'a>,
        #[serde(borrow)] key: Text<'a>,
        #[serde(borrow)] version: Option<Text<'a>>,
    }
}
params! {
    GetParams<'a> {
        #[serde(borrow)] namespace: Text<'a>,
        #[serde(borrow)] key: Text<'a>,
        #[serde(borrow)] at: Option<Text<'a>>,
        #[serde(default)] required: bool,
    }
}
params! {
    HistoryParams<'a> {
        #[serde(borrow)] namespace: Text<'a>,
        #[serde(borrow)] key: Text<'a>,
        #[serde(borrow)] at: Option<Text<'a>>,
        limit: Option<usize>,
        #[serde(borrow)] cursor: Option<Text<'a>>,
        #[serde(default = "yes")] values: bool,
        #[serde(default)] required: bool,
    }
}
params! {
    ListParams<'a> {
        #[serde(borrow)] namespace: Text<'a>,
        #[serde(borrow)] prefix: Option<Text<'a>>,
        #[serde(borrow)] from: Option<Text<'a>>,
        #[serde(borrow)] to: Option<Text<'a>>,
        #[serde(default)] reverse: bool,
        #[serde(borrow)] at: Option<Text<'a>>,
        limit: Option<usize>,
        #[serde(borrow)] cursor: Option<Text<'a>>,
        #[serde(default = "yes")] values: bool,
        #[serde(default)] required: bool,
    }
}
params! {
    NamespacesParams<'a> {
        #[serde(borrow)] at: Option<Text<'a>>,
        #[serde(default)] counts: bool,
    }
}
params! {
    DiffParams<'a> {
        #[serde(borrow)] namespace: Text<'a>,
        #[serde(borrow)] key: Option<Text<'a>>,
        #[serde(borrow)] from: Option<Text<'a>>,
        #[serde(borrow)] to: Option<Text<'a>>,
        #[serde(borrow)] prefix: Option<Text<'a>>,
        limit: Option<usize>,
        #[serde(borrow)] cursor: Option<Text<'a>>,
    }
}
params! {
    ChangesParams<'a> {
        #[serde(borrow)] since: Option<Text<'a>>,
        #[serde(borrow)] namespace: Option<Text<'a>>,
        #[serde(borrow)] prefix: Option<Text<'a>>,
        limit: Option<usize>,
        #[serde(default = "yes")] values: bool,
    }
}
params! {
    StatsParams {
        #[serde(default)] counts: bool,
    }
}
params! {
    VerifyParams {}
}
params! {
    LoaderParams<'a> {
        #[serde(borrow)] namespace: Option<Text<'a>>,
        #[serde(borrow)] key_field: Option<Text<'a>>,
        #[serde(borrow)] actor: Option<Text<'a>>,
        #[serde(borrow)] reason: Option<Text<'a>>,
        #[serde(default)] skip_bad: bool,
    }
}
params! {
    ExporterParams<'a> {
        #[serde(borrow)] at: Option<Text<'a>>,
    }
}
params! {
    ImporterParams {
        #[serde(default)] restamp: bool,
    }
}
params! {
    OpenParams<'a> {
        #[serde(borrow)] path: Option<Text<'a>>,
        #[serde(default)] read_only: bool,
        #[serde(default = "yes")] create: bool,
        durability: Option<DurabilityParam>,
        memory_bytes: Option<usize>,
        #[serde(borrow)] key: Option<KeyParam<'a>>,
        lock_timeout_ms: Option<u64>,
    }
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
            skip_bad: params.skip_bad,
        }
    }
}

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
fn guard<'de: 'a, 'a, D: Deserializer<'de>>(deserializer: D) -> Result<Guard<'a>, D::Error> {
    Option::<Text<'a>>::deserialize(deserializer).map(Some)
}

const fn yes() -> bool {
    true
}
