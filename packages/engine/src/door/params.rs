// Generated from packages/protocol by `npm run gen`. Do not edit.

//! What each operation takes.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::reading::{Guard, Named, Text, guard, present, preset, yes};

/// The names of all operations.
pub const OPERATIONS: &[&str] = &[
    "put",
    "batch",
    "delete",
    "revert",
    "get",
    "history",
    "list",
    "namespaces",
    "diff",
    "diffNamespace",
    "changes",
    "sync",
    "stats",
    "verify",
];
/// Those that change something.
pub(super) const WRITES: &[&str] = &["put", "batch", "delete", "revert", "sync"];

/// What put takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct PutParams<'a> {
    #[serde(borrow)]
    pub(super) namespace: Text<'a>,
    #[serde(borrow)]
    pub(super) key: Text<'a>,
    #[serde(borrow)]
    pub(super) value: &'a RawValue,
    #[serde(default, borrow, deserialize_with = "guard")]
    pub(super) if_version: Guard<'a>,
    #[serde(borrow)]
    pub(super) actor: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) reason: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) idempotency_key: Option<Text<'a>>,
}

/// What batch takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct BatchParams<'a> {
    #[serde(default, borrow)]
    pub(super) ops: Option<Vec<Named<BatchOp<'a>>>>,
    #[serde(borrow)]
    pub(super) columns: Option<Named<BatchColumns<'a>>>,
    #[serde(default, borrow)]
    pub(super) expect: Option<Vec<Named<BatchExpectation<'a>>>>,
    #[serde(borrow)]
    pub(super) actor: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) reason: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) idempotency_key: Option<Text<'a>>,
}

/// One write of a batch: a value, or a delete.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct BatchOp<'a> {
    #[serde(borrow)]
    pub(super) namespace: Text<'a>,
    #[serde(borrow)]
    pub(super) key: Text<'a>,
    #[serde(default, borrow, deserialize_with = "present")]
    pub(super) value: Option<&'a RawValue>,
    #[serde(default)]
    pub(super) delete: bool,
    #[serde(default, borrow, deserialize_with = "guard")]
    pub(super) if_version: Guard<'a>,
}

/// What a key must be for the batch to be written, whether the batch writes it or not.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct BatchExpectation<'a> {
    #[serde(borrow)]
    pub(super) namespace: Text<'a>,
    #[serde(borrow)]
    pub(super) key: Text<'a>,
    #[serde(default, borrow)]
    pub(super) version: Option<Text<'a>>,
}

/// Many writes as columns of one length, which are shorter to write and to read than as many objects.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct BatchColumns<'a> {
    #[serde(borrow)]
    pub(super) namespaces: Vec<Text<'a>>,
    #[serde(borrow)]
    pub(super) keys: Vec<Text<'a>>,
    #[serde(borrow)]
    pub(super) values: Vec<&'a RawValue>,
    #[serde(default)]
    pub(super) deletes: Option<Vec<usize>>,
}

/// What delete takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct DeleteParams<'a> {
    #[serde(borrow)]
    pub(super) namespace: Text<'a>,
    #[serde(borrow)]
    pub(super) key: Text<'a>,
    #[serde(default, borrow, deserialize_with = "guard")]
    pub(super) if_version: Guard<'a>,
    #[serde(borrow)]
    pub(super) actor: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) reason: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) idempotency_key: Option<Text<'a>>,
}

/// What revert takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct RevertParams<'a> {
    #[serde(borrow)]
    pub(super) namespace: Text<'a>,
    #[serde(borrow)]
    pub(super) key: Text<'a>,
    #[serde(borrow)]
    pub(super) at: Option<Text<'a>>,
    #[serde(default, borrow, deserialize_with = "guard")]
    pub(super) if_version: Guard<'a>,
    #[serde(borrow)]
    pub(super) actor: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) reason: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) idempotency_key: Option<Text<'a>>,
}

/// What get takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct GetParams<'a> {
    #[serde(borrow)]
    pub(super) namespace: Text<'a>,
    #[serde(borrow)]
    pub(super) key: Text<'a>,
    #[serde(borrow)]
    pub(super) at: Option<Text<'a>>,
    #[serde(default)]
    pub(super) required: bool,
}

/// What history takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct HistoryParams<'a> {
    #[serde(borrow)]
    pub(super) namespace: Text<'a>,
    #[serde(borrow)]
    pub(super) key: Text<'a>,
    #[serde(borrow)]
    pub(super) at: Option<Text<'a>>,
    #[serde(default = "preset::<100>")]
    pub(super) limit: usize,
    #[serde(borrow)]
    pub(super) cursor: Option<Text<'a>>,
    #[serde(default = "yes")]
    pub(super) values: bool,
    #[serde(default)]
    pub(super) required: bool,
}

/// What list takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct ListParams<'a> {
    #[serde(borrow)]
    pub(super) namespace: Text<'a>,
    #[serde(borrow)]
    pub(super) prefix: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) from: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) to: Option<Text<'a>>,
    #[serde(default)]
    pub(super) reverse: bool,
    #[serde(borrow)]
    pub(super) at: Option<Text<'a>>,
    #[serde(default = "preset::<100>")]
    pub(super) limit: usize,
    #[serde(borrow)]
    pub(super) cursor: Option<Text<'a>>,
    #[serde(default = "yes")]
    pub(super) values: bool,
    #[serde(default)]
    pub(super) required: bool,
}

/// What namespaces takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct NamespacesParams<'a> {
    #[serde(borrow)]
    pub(super) at: Option<Text<'a>>,
    #[serde(default)]
    pub(super) counts: bool,
}

/// What diff takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct DiffParams<'a> {
    #[serde(borrow)]
    pub(super) namespace: Text<'a>,
    #[serde(borrow)]
    pub(super) key: Text<'a>,
    #[serde(borrow)]
    pub(super) from: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) to: Option<Text<'a>>,
}

/// What diffNamespace takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct DiffNamespaceParams<'a> {
    #[serde(borrow)]
    pub(super) namespace: Text<'a>,
    #[serde(borrow)]
    pub(super) from: Text<'a>,
    #[serde(borrow)]
    pub(super) to: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) prefix: Option<Text<'a>>,
    #[serde(default = "preset::<100>")]
    pub(super) limit: usize,
    #[serde(borrow)]
    pub(super) cursor: Option<Text<'a>>,
}

/// What changes takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct ChangesParams<'a> {
    #[serde(borrow)]
    pub(super) since: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) namespace: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) prefix: Option<Text<'a>>,
    #[serde(default = "preset::<1000>")]
    pub(super) limit: usize,
    #[serde(default = "yes")]
    pub(super) values: bool,
    pub(super) wait_ms: Option<usize>,
}

/// What sync takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct SyncParams {}

/// What stats takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct StatsParams {
    #[serde(default)]
    pub(super) counts: bool,
}

/// What verify takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct VerifyParams {}
