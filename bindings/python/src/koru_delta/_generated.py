# Generated from packages/protocol by `npm run gen`. Do not edit.
"""The results, the exceptions and the constants of the protocol."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

from ._absent import ABSENT
from ._errors import KoruDeltaError
from ._record import Record, Stamped

__all__ = [
    "BadRequest",
    "BatchTooLarge",
    "BridgeNotFound",
    "Cancelled",
    "Closed",
    "Conflict",
    "ConnectionLost",
    "Corrupt",
    "DatabaseLocked",
    "DatabaseNotFound",
    "Diff",
    "DiskFull",
    "Durability",
    "ErrorRecord",
    "ExportDamaged",
    "FileReport",
    "Forbidden",
    "Hint",
    "IdempotencyMismatch",
    "ImportRefused",
    "ImportReport",
    "Internal",
    "InvalidCall",
    "InvalidCursor",
    "InvalidJson",
    "InvalidKey",
    "InvalidLine",
    "InvalidMoment",
    "InvalidNamespace",
    "InvalidParams",
    "InvalidSealKey",
    "IoError",
    "KeyDeleted",
    "KeyDiff",
    "KeyNotFound",
    "KeyRefused",
    "MethodNotAllowed",
    "NamespaceInfo",
    "NewerFormat",
    "NotADatabase",
    "NotAllowed",
    "NotAvailable",
    "NotFound",
    "NotSealed",
    "NotYetWritten",
    "NothingToRevert",
    "NumberNotExact",
    "Origin",
    "PatchOp",
    "PermissionDenied",
    "Poisoned",
    "Pruned",
    "RateLimited",
    "Reach",
    "ReadOnly",
    "Receipt",
    "Refused",
    "RejectedLine",
    "RequestTooLarge",
    "SealKeyRequired",
    "SeqRange",
    "Stats",
    "StatsBytes",
    "StatsFiles",
    "StatsMemory",
    "StatsRecovery",
    "StorageFailed",
    "Suggestion",
    "Synced",
    "Timeout",
    "Unauthorized",
    "Unavailable",
    "UnknownOperation",
    "Unreachable",
    "Unreadable",
    "UnsupportedMediaType",
    "UnsupportedProtocol",
    "ValueTooLarge",
    "Verification",
    "Version",
    "WrongSealKey",
]


class Limits:
    """What is refused for its size, in bytes of UTF-8 unless the name says something else."""

    namespace_bytes: Final = 128
    key_bytes: Final = 1_024
    value_bytes: Final = 16_777_216
    value_depth: Final = 128
    annotation_bytes: Final = 1_024
    batch_versions: Final = 16_777_216
    batch_bytes: Final = 1_073_741_824
    page_items: Final = 10_000
    idempotency_key_bytes: Final = 64
    line_bytes: Final = 33_554_432
    wait_ms: Final = 60_000


class Operation(NamedTuple):
    """What a client must know of an operation before it calls it."""

    kind: Literal["read", "write", "stream"]
    path: str


#: Every operation by its name on the wire.
OPERATIONS: Final[dict[str, Operation]] = {
    "put": Operation("write", "/v1/db/{namespace}/{key}"),
    "batch": Operation("write", "/v1/batch"),
    "delete": Operation("write", "/v1/db/{namespace}/{key}"),
    "revert": Operation("write", "/v1/db/{namespace}/{key}/revert"),
    "get": Operation("read", "/v1/db/{namespace}/{key}"),
    "history": Operation("read", "/v1/db/{namespace}/{key}/history"),
    "list": Operation("read", "/v1/db/{namespace}"),
    "namespaces": Operation("read", "/v1/db"),
    "diff": Operation("read", "/v1/db/{namespace}/{key}/diff"),
    "diffNamespace": Operation("read", "/v1/diff/{namespace}"),
    "changes": Operation("read", "/v1/changes"),
    "sync": Operation("write", "/v1/sync"),
    "stats": Operation("read", "/v1/stats"),
    "verify": Operation("read", "/v1/verify"),
    "watch": Operation("stream", "/v1/watch"),
    "export": Operation("stream", "/v1/export"),
    "import": Operation("stream", "/v1/import"),
    "load": Operation("stream", "/v1/load"),
}


#: What was true when a write was acknowledged: on stable storage, to be synced within the interval, or left to the
#: operating system.
Durability = Literal["sync", "interval", "none"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Version(Stamped):
    """A version of a key."""

    #: The name of a namespace: 1 to 128 bytes without / and control characters. Names that begin with _ are the
    #: system's own.
    namespace: str
    #: The name of a document in its namespace: 1 to 1,024 bytes of any characters.
    key: str
    #: The name of a version: 26 characters of Crockford base32 that sort in the order of the commits and are unique in
    #: the world.
    version: str
    #: The place in this database's own order of commits, from 1, without gaps.
    seq: int
    #: When it was committed. Rises with every commit, whatever the clock does.
    timestamp: str
    #: The version of the key before it; None of its first.
    previous: str | None
    #: The value; ABSENT of a delete, and where values were not asked for.
    value: Any = ABSENT
    #: Present when this version says that the key was deleted.
    deleted: bool = False
    #: Who wrote it.
    actor: str | None = None
    #: Why it was written.
    reason: str | None = None
    #: Where an imported version came from.
    origin: Origin | None = None
    #: What a newer server tells beside it.
    extra: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def _of(cls, wire: dict[str, Any]) -> Version:
        rest = dict(wire)
        take = rest.pop
        return cls(
            namespace=take("namespace"),
            key=take("key"),
            version=take("version"),
            seq=take("seq"),
            timestamp=take("timestamp"),
            previous=take("previous"),
            value=take("value", ABSENT),
            deleted=take("deleted", False),
            actor=take("actor", None),
            reason=take("reason", None),
            origin=None if (found := take("origin", None)) is None else Origin._of(found),
            extra=rest,
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Origin(Record):
    """What an imported version was called where it came from."""

    #: When it was written there.
    timestamp: str | None = None
    #: Its id there.
    version: str | None = None
    #: What a newer server tells beside it.
    extra: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def _of(cls, wire: dict[str, Any]) -> Origin:
        rest = dict(wire)
        take = rest.pop
        return cls(
            timestamp=take("timestamp", None),
            version=take("version", None),
            extra=rest,
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Receipt(Record):
    """The proof of a batch. Of an empty one the count is 0 and the rest is None."""

    #: How many versions were written.
    count: int
    #: The seq of the first version; the others follow without gaps.
    first_seq: int | None
    #: The seq of the last version.
    last_seq: int | None
    #: The id of the first version.
    first: str | None
    #: The id of the last version.
    last: str | None
    #: When the batch was committed: one moment for all of it.
    timestamp: str | None
    #: What was true when a write was acknowledged: on stable storage, to be synced within the interval, or left to the
    #: operating system.
    durability: Durability
    #: How many lines were left out; of a load.
    rejected: int | None = None
    #: The lines that were left out; of a load with skipBad.
    rejects: list[RejectedLine] | None = None
    #: What a newer server tells beside it.
    extra: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def _of(cls, wire: dict[str, Any]) -> Receipt:
        rest = dict(wire)
        take = rest.pop
        return cls(
            count=take("count"),
            first_seq=take("firstSeq"),
            last_seq=take("lastSeq"),
            first=take("first"),
            last=take("last"),
            timestamp=take("timestamp"),
            durability=take("durability"),
            rejected=take("rejected", None),
            rejects=None if (found := take("rejects", None)) is None else [RejectedLine._of(each) for each in found],
            extra=rest,
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RejectedLine(Record):
    """A line that was left out."""

    #: Its number, from 1.
    line: int
    #: Why, as a sentence.
    reason: str
    #: Its beginning.
    text: str
    #: A failure, the same on every wire. Members beside these are facts, such as currentVersion of a conflict.
    error: ErrorRecord
    #: What a newer server tells beside it.
    extra: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def _of(cls, wire: dict[str, Any]) -> RejectedLine:
        rest = dict(wire)
        take = rest.pop
        return cls(
            line=take("line"),
            reason=take("reason"),
            text=take("text"),
            error=ErrorRecord._of(take("error")),
            extra=rest,
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ErrorRecord(Record):
    """A failure, the same on every wire. Members beside these are facts, such as currentVersion of a conflict."""

    #: The kind of failure. The codes are listed in the catalogue; a newer server may know more.
    code: str
    #: A short title for people.
    title: str
    #: What happened and why.
    detail: str
    #: What was probably meant, nearest first.
    suggestions: list[Suggestion]
    #: What to do next, most useful first.
    hints: list[Hint]
    #: Whether the same call may succeed later without any change.
    retryable: bool
    #: The exit code of the kdelta command.
    exit_code: int
    #: The HTTP status a server answers with.
    http_status: int
    #: The page that explains the code.
    docs: str
    #: What a newer server tells beside it.
    extra: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def _of(cls, wire: dict[str, Any]) -> ErrorRecord:
        rest = dict(wire)
        take = rest.pop
        return cls(
            code=take("code"),
            title=take("title"),
            detail=take("detail"),
            suggestions=[Suggestion._of(each) for each in take("suggestions")],
            hints=[Hint._of(each) for each in take("hints")],
            retryable=take("retryable"),
            exit_code=take("exitCode"),
            http_status=take("httpStatus"),
            docs=take("docs"),
            extra=rest,
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Suggestion(Record):
    """Something near to what was asked for."""

    #: What was probably meant.
    text: str
    #: How it relates to what was asked, such as "different spelling".
    why: str
    #: What a newer server tells beside it.
    extra: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def _of(cls, wire: dict[str, Any]) -> Suggestion:
        rest = dict(wire)
        take = rest.pop
        return cls(
            text=take("text"),
            why=take("why"),
            extra=rest,
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Hint(Record):
    """A next step."""

    #: A sentence.
    text: str
    #: The command line that does it.
    command: str | None = None
    #: The code that does it, in the language of the client.
    code: str | None = None
    #: What a newer server tells beside it.
    extra: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def _of(cls, wire: dict[str, Any]) -> Hint:
        rest = dict(wire)
        take = rest.pop
        return cls(
            text=take("text"),
            command=take("command", None),
            code=take("code", None),
            extra=rest,
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NamespaceInfo(Record):
    """A namespace."""

    #: The name of a namespace: 1 to 128 bytes without / and control characters. Names that begin with _ are the
    #: system's own.
    name: str
    #: How many keys have a value, where that was asked for.
    keys: int | None = None
    #: What a newer server tells beside it.
    extra: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def _of(cls, wire: dict[str, Any]) -> NamespaceInfo:
        rest = dict(wire)
        take = rest.pop
        return cls(
            name=take("name"),
            keys=take("keys", None),
            extra=rest,
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Diff(Record):
    """How a key differs between two moments."""

    #: The name of a namespace: 1 to 128 bytes without / and control characters. Names that begin with _ are the
    #: system's own.
    namespace: str
    #: The name of a document in its namespace: 1 to 1,024 bytes of any characters.
    key: str
    #: The version at the earlier moment; None when there was no value.
    from_: str | None
    #: The version at the later moment; None when there was no value.
    to: str | None
    #: A JSON Patch (RFC 6902) that makes the later value of the earlier.
    patch: list[PatchOp]
    #: The value at the earlier moment, where there was one.
    before: Any = ABSENT
    #: The value at the later moment, where there was one.
    after: Any = ABSENT
    #: What a newer server tells beside it.
    extra: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def _of(cls, wire: dict[str, Any]) -> Diff:
        rest = dict(wire)
        take = rest.pop
        return cls(
            namespace=take("namespace"),
            key=take("key"),
            from_=take("from"),
            to=take("to"),
            patch=[PatchOp._of(each) for each in take("patch")],
            before=take("before", ABSENT),
            after=take("after", ABSENT),
            extra=rest,
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PatchOp(Record):
    """One step of a patch."""

    #: What is done.
    op: Literal["add", "remove", "replace"]
    #: Where, as a JSON Pointer (RFC 6901).
    path: str
    #: What is put there; ABSENT of a removal.
    value: Any = ABSENT
    #: What a newer server tells beside it.
    extra: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def _of(cls, wire: dict[str, Any]) -> PatchOp:
        rest = dict(wire)
        take = rest.pop
        return cls(
            op=take("op"),
            path=take("path"),
            value=take("value", ABSENT),
            extra=rest,
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class KeyDiff(Record):
    """How one key of a namespace differs."""

    #: The name of a document in its namespace: 1 to 1,024 bytes of any characters.
    key: str
    #: What happened to the key.
    change: Literal["added", "changed", "deleted"]
    #: The version at the earlier moment; None when there was no value.
    from_: str | None
    #: The version at the later moment; None when there was no value.
    to: str | None
    #: A JSON Patch (RFC 6902) that makes the later value of the earlier.
    patch: list[PatchOp]
    #: What a newer server tells beside it.
    extra: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def _of(cls, wire: dict[str, Any]) -> KeyDiff:
        rest = dict(wire)
        take = rest.pop
        return cls(
            key=take("key"),
            change=take("change"),
            from_=take("from"),
            to=take("to"),
            patch=[PatchOp._of(each) for each in take("patch")],
            extra=rest,
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Synced(Record):
    """How far everything is on stable storage."""

    #: Up to this seq; 0 for nothing.
    through_seq: int
    #: What a newer server tells beside it.
    extra: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def _of(cls, wire: dict[str, Any]) -> Synced:
        rest = dict(wire)
        take = rest.pop
        return cls(
            through_seq=take("throughSeq"),
            extra=rest,
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Stats(Record):
    """What the database is made of."""

    #: The folder, or "memory".
    location: str
    #: The version of the file format.
    format: int
    #: Whether everything in its files is encrypted.
    sealed: bool
    #: Whether it was opened for reading only.
    read_only: bool
    #: Whether it takes writes: not when opened for reading only, nor after a sync that failed.
    writable: bool
    #: What was true when a write was acknowledged: on stable storage, to be synced within the interval, or left to the
    #: operating system.
    durability: Durability
    #: How many versions there are.
    versions: int
    #: The seq of the newest version; 0 when there is none.
    last_seq: int
    #: The newest version.
    last_version: str | None
    #: When the first version was committed.
    first_timestamp: str | None
    #: When the newest version was committed.
    last_timestamp: str | None
    #: Bytes on disk.
    bytes: StatsBytes
    #: How many files.
    files: StatsFiles
    #: Bytes in memory.
    memory: StatsMemory
    #: What the last open found.
    recovery: StatsRecovery
    #: How far the stamps are ahead of the wall clock, in microseconds.
    clock_drift_us: int
    #: How many namespaces hold a key with a value, where that was asked for.
    namespaces: int | None = None
    #: How many keys have a value, where that was asked for.
    keys: int | None = None
    #: What a newer server tells beside it.
    extra: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def _of(cls, wire: dict[str, Any]) -> Stats:
        rest = dict(wire)
        take = rest.pop
        return cls(
            location=take("location"),
            format=take("format"),
            sealed=take("sealed"),
            read_only=take("readOnly"),
            writable=take("writable"),
            durability=take("durability"),
            versions=take("versions"),
            last_seq=take("lastSeq"),
            last_version=take("lastVersion"),
            first_timestamp=take("firstTimestamp"),
            last_timestamp=take("lastTimestamp"),
            bytes=StatsBytes._of(take("bytes")),
            files=StatsFiles._of(take("files")),
            memory=StatsMemory._of(take("memory")),
            recovery=StatsRecovery._of(take("recovery")),
            clock_drift_us=take("clockDriftUs"),
            namespaces=take("namespaces", None),
            keys=take("keys", None),
            extra=rest,
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class StatsBytes(Record):
    """Bytes on disk."""

    #: All files.
    total: int
    #: Logs.
    log: int
    #: Sorted segments.
    segments: int
    #: Large values.
    values: int
    #: The manifest.
    manifest: int
    #: What a newer server tells beside it.
    extra: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def _of(cls, wire: dict[str, Any]) -> StatsBytes:
        rest = dict(wire)
        take = rest.pop
        return cls(
            total=take("total"),
            log=take("log"),
            segments=take("segments"),
            values=take("values"),
            manifest=take("manifest"),
            extra=rest,
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class StatsFiles(Record):
    """How many files."""

    #: Logs.
    logs: int
    #: Sorted segments.
    segments: int
    #: Files of large values.
    values: int
    #: What a newer server tells beside it.
    extra: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def _of(cls, wire: dict[str, Any]) -> StatsFiles:
        rest = dict(wire)
        take = rest.pop
        return cls(
            logs=take("logs"),
            segments=take("segments"),
            values=take("values"),
            extra=rest,
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class StatsMemory(Record):
    """Bytes in memory."""

    #: What may be used.
    budget: int
    #: Newest versions.
    memtable: int
    #: Blocks read.
    cache: int
    #: What open segments hold.
    segments: int
    #: What a newer server tells beside it.
    extra: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def _of(cls, wire: dict[str, Any]) -> StatsMemory:
        rest = dict(wire)
        take = rest.pop
        return cls(
            budget=take("budget"),
            memtable=take("memtable"),
            cache=take("cache"),
            segments=take("segments"),
            extra=rest,
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class StatsRecovery(Record):
    """What the last open found."""

    #: Versions taken from the log.
    replayed_versions: int
    #: Bytes of a torn tail that never counted.
    dropped_bytes: int
    #: 1 when a slot of the manifest was repaired.
    repaired_manifest: int
    #: What a newer server tells beside it.
    extra: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def _of(cls, wire: dict[str, Any]) -> StatsRecovery:
        rest = dict(wire)
        take = rest.pop
        return cls(
            replayed_versions=take("replayedVersions"),
            dropped_bytes=take("droppedBytes"),
            repaired_manifest=take("repairedManifest"),
            extra=rest,
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Verification(Record):
    """What a check of every byte found. Damage is told here and is no error."""

    #: Whether everything is sound.
    ok: bool
    #: How many versions were read.
    versions: int
    #: Every file of the database.
    files: list[FileReport]
    #: What is wrong across files, such as a version that is missing.
    failures: list[ErrorRecord]
    #: How much of the history can be read.
    reach: Reach
    #: What a newer server tells beside it.
    extra: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def _of(cls, wire: dict[str, Any]) -> Verification:
        rest = dict(wire)
        take = rest.pop
        return cls(
            ok=take("ok"),
            versions=take("versions"),
            files=[FileReport._of(each) for each in take("files")],
            failures=[ErrorRecord._of(each) for each in take("failures")],
            reach=Reach._of(take("reach")),
            extra=rest,
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Reach(Record):
    """How much of the history can be read."""

    #: The newest seq that is known of, readable or not.
    newest: int
    #: Every version up to this seq can be read.
    complete_through: int
    #: What cannot be read; no more than the first hundred stretches.
    missing: list[SeqRange]
    #: When the oldest version that can be read was committed.
    first_timestamp: str | None
    #: When the newest version that can be read was committed.
    last_timestamp: str | None
    #: What a newer server tells beside it.
    extra: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def _of(cls, wire: dict[str, Any]) -> Reach:
        rest = dict(wire)
        take = rest.pop
        return cls(
            newest=take("newest"),
            complete_through=take("completeThrough"),
            missing=[SeqRange._of(each) for each in take("missing")],
            first_timestamp=take("firstTimestamp"),
            last_timestamp=take("lastTimestamp"),
            extra=rest,
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SeqRange(Record):
    """A stretch of seqs."""

    #: The first of them.
    first_seq: int
    #: The last of them.
    last_seq: int
    #: What a newer server tells beside it.
    extra: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def _of(cls, wire: dict[str, Any]) -> SeqRange:
        rest = dict(wire)
        take = rest.pop
        return cls(
            first_seq=take("firstSeq"),
            last_seq=take("lastSeq"),
            extra=rest,
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FileReport(Record):
    """What was found of one file."""

    #: Its name in the folder.
    name: str
    #: Its length.
    bytes: int
    #: Whether it is sound.
    ok: bool
    #: What is wrong with it.
    error: ErrorRecord | None = None
    #: What a newer server tells beside it.
    extra: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def _of(cls, wire: dict[str, Any]) -> FileReport:
        rest = dict(wire)
        take = rest.pop
        return cls(
            name=take("name"),
            bytes=take("bytes"),
            ok=take("ok"),
            error=None if (found := take("error", None)) is None else ErrorRecord._of(found),
            extra=rest,
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ImportReport(Record):
    """What an import added."""

    #: How many versions.
    versions: int
    #: In how many commits.
    commits: int
    #: The time of the first; None when nothing was added.
    first_timestamp: str | None
    #: The time of the last; None when nothing was added.
    last_timestamp: str | None
    #: What a newer server tells beside it.
    extra: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def _of(cls, wire: dict[str, Any]) -> ImportReport:
        rest = dict(wire)
        take = rest.pop
        return cls(
            versions=take("versions"),
            commits=take("commits"),
            first_timestamp=take("firstTimestamp"),
            last_timestamp=take("lastTimestamp"),
            extra=rest,
        )


class InvalidCall(KoruDeltaError, ValueError):
    """The call cannot be carried out as it is."""


class NotFound(KoruDeltaError, LookupError):
    """What was asked for is not there, or not at that moment."""


class Refused(KoruDeltaError):
    """The state of the database forbids it."""


class Unreadable(KoruDeltaError):
    """Files or lines are damaged, or not ours."""


class NotAvailable(KoruDeltaError):
    """Nobody answers, or not now."""


class KeyRefused(KoruDeltaError):
    """A key is missing or the wrong one: the API key of a server, or the key of a seal."""


class NotAllowed(KoruDeltaError):
    """It is forbidden."""


class StorageFailed(KoruDeltaError):
    """The disk failed."""


class KeyNotFound(NotFound):
    """The key has never been written. Look at the suggestions: a key near to it may be meant. Else list the keys of
    the namespace, or write the key."""

    code = "key_not_found"
    title = "Key not found"
    retryable = False
    exit_code = 3
    http_status = 404


class KeyDeleted(NotFound):
    """The key was deleted; its history is still there. The facts say when and by whom. Revert brings the value back;
    reading at an earlier moment shows it."""

    code = "key_deleted"
    title = "Key was deleted"
    retryable = False
    exit_code = 3
    http_status = 404


class NotYetWritten(NotFound):
    """The key exists, but did not yet at the moment asked for. Ask for a later moment; the history of the key begins
    at the one the facts name."""

    code = "not_yet_written"
    title = "Key did not exist yet"
    retryable = False
    exit_code = 3
    http_status = 404


class Pruned(NotFound):
    """The moment lies in a past that is no longer kept. Ask for the oldest kept moment, which the facts name, or a
    later one."""

    code = "pruned"
    title = "That past is no longer kept"
    retryable = False
    exit_code = 3
    http_status = 410


class Conflict(Refused):
    """A guarded write found another version than it expected. The facts carry the current version and value. Decide
    again with them, then write with that version; transact does it for you."""

    code = "conflict"
    title = "Somebody else wrote first"
    retryable = False
    exit_code = 4
    http_status = 409


class IdempotencyMismatch(Refused):
    """The idempotency key names another write than this one. Make a new idempotency key for each write, and send it
    again only with the same write."""

    code = "idempotency_mismatch"
    title = "Key of another write"
    retryable = False
    exit_code = 4
    http_status = 422


class NothingToRevert(Refused):
    """There is no change to undo. The key already is what it was then. Its history shows what it was when."""

    code = "nothing_to_revert"
    title = "Nothing to revert"
    retryable = False
    exit_code = 4
    http_status = 409


class InvalidNamespace(InvalidCall):
    """A namespace's name is empty, too long, reserved or holds a forbidden character. Use 1 to 128 bytes without /
    and control characters, not beginning with _."""

    code = "invalid_namespace"
    title = "Invalid namespace"
    retryable = False
    exit_code = 2
    http_status = 400


class InvalidKey(InvalidCall):
    """A key is empty or too long. Use 1 to 1,024 bytes of any characters."""

    code = "invalid_key"
    title = "Invalid key"
    retryable = False
    exit_code = 2
    http_status = 400


class InvalidJson(InvalidCall):
    """The value is not JSON text that can be kept exactly. The detail names the place. Members that occur twice,
    lone surrogates, NaN and more than 128 levels are refused, since they would not come back as they went in."""

    code = "invalid_json"
    title = "Invalid JSON"
    retryable = False
    exit_code = 2
    http_status = 400


class BatchTooLarge(InvalidCall):
    """A batch holds more versions or bytes than one commit can. Write it in several batches."""

    code = "batch_too_large"
    title = "Batch too large"
    retryable = False
    exit_code = 2
    http_status = 413


class ValueTooLarge(InvalidCall):
    """The value is larger than 16 MiB. Cut it into several keys, or keep it elsewhere and its address here."""

    code = "value_too_large"
    title = "Value too large"
    retryable = False
    exit_code = 2
    http_status = 413


class InvalidMoment(InvalidCall):
    """The text given for a moment is not a version, a time, a relative time or a seq. Give the id of a version, a
    time such as 2026-02-06T14:30:00Z, a time ago such as -10m, or seq:123."""

    code = "invalid_moment"
    title = "Invalid moment"
    retryable = False
    exit_code = 2
    http_status = 400


class InvalidCursor(InvalidCall):
    """A cursor was altered or belongs to another call. Give a cursor back as it came, to the call it came from;
    leave it out for the first page."""

    code = "invalid_cursor"
    title = "Invalid cursor"
    retryable = False
    exit_code = 2
    http_status = 400


class InvalidParams(InvalidCall):
    """A parameter is missing, unknown or of the wrong type. The detail names it. What each operation takes is in the
    reference."""

    code = "invalid_params"
    title = "Invalid parameters"
    retryable = False
    exit_code = 2
    http_status = 400


class UnknownOperation(InvalidCall):
    """There is no operation of that name. Look at the suggestions; a newer client may know operations that an older
    server does not."""

    code = "unknown_operation"
    title = "Unknown operation"
    retryable = False
    exit_code = 2
    http_status = 404


class InvalidLine(InvalidCall):
    """A line of an import or of a batch cannot be taken. The facts carry the number of the line and the reason. Mend
    it, or leave bad lines out on purpose."""

    code = "invalid_line"
    title = "Invalid line"
    retryable = False
    exit_code = 2
    http_status = 400


class ImportRefused(Refused):
    """The history cannot be joined to what the database already holds. Import into an empty database, or stamp the
    versions anew: their old times stay with them."""

    code = "import_refused"
    title = "Import refused"
    retryable = False
    exit_code = 4
    http_status = 409


class ExportDamaged(Unreadable):
    """An export is shorter than it says or was changed. Export again from the source, or take another copy. Nothing
    of this one was imported."""

    code = "export_damaged"
    title = "Export is incomplete or was altered"
    retryable = False
    exit_code = 5
    http_status = 400


class DatabaseLocked(NotAvailable):
    """Another process holds the folder for writing. The facts name the process. Wait for it, open the database for
    reading only, or let both talk to one server."""

    code = "database_locked"
    title = "Database is in use"
    retryable = True
    exit_code = 6
    http_status = 503


class DatabaseNotFound(NotFound):
    """There is no database at that place. Check the path; a database is made by the first write, not by a read."""

    code = "database_not_found"
    title = "No database there"
    retryable = False
    exit_code = 3
    http_status = 404


class NotADatabase(Unreadable):
    """The folder holds something that is not a database of ours. Choose an empty folder or a new one. Nothing in
    this one was touched."""

    code = "not_a_database"
    title = "Not a KoruDelta database"
    retryable = False
    exit_code = 5
    http_status = 409


class NewerFormat(Unreadable):
    """The files were written by a newer version. Open them with the version that the detail names, or a later one."""

    code = "newer_format"
    title = "Written by a newer version"
    retryable = False
    exit_code = 5
    http_status = 409


class Corrupt(Unreadable):
    """A file is damaged or missing. The facts name the file and the place. Verify tells the extent; restore the file
    or the folder from a backup."""

    code = "corrupt"
    title = "Damaged file"
    retryable = False
    exit_code = 5
    http_status = 500


class SealKeyRequired(KeyRefused):
    """The database is sealed and no key was given. Give the key as a file, in the environment or as a passphrase."""

    code = "seal_key_required"
    title = "The database is sealed"
    retryable = False
    exit_code = 7
    http_status = 403


class WrongSealKey(KeyRefused):
    """The key given does not open the seal. Give the key the database was sealed with. Without it nobody can read
    it."""

    code = "wrong_seal_key"
    title = "Wrong key"
    retryable = False
    exit_code = 7
    http_status = 403


class NotSealed(KeyRefused):
    """A key was given for a database that is not sealed. Open it without a key; to seal it, import its export into a
    sealed one."""

    code = "not_sealed"
    title = "The database is not sealed"
    retryable = False
    exit_code = 7
    http_status = 409


class InvalidSealKey(KeyRefused):
    """The key text, file or passphrase cannot be used as a key. A key is 32 bytes, as 64 hexadecimal digits or
    base64; a passphrase is not empty."""

    code = "invalid_seal_key"
    title = "Unusable key"
    retryable = False
    exit_code = 7
    http_status = 400


class ReadOnly(NotAllowed):
    """The database was opened for reading only. Open it for writing."""

    code = "read_only"
    title = "Opened for reading only"
    retryable = False
    exit_code = 8
    http_status = 403


class PermissionDenied(NotAllowed):
    """The operating system refused access. The detail names the file. Give the user of this process the right, or
    choose another folder."""

    code = "permission_denied"
    title = "Permission denied"
    retryable = False
    exit_code = 8
    http_status = 403


class DiskFull(StorageFailed):
    """The disk or the quota is full. Make room and try again; what was acknowledged is there."""

    code = "disk_full"
    title = "Disk full"
    retryable = True
    exit_code = 9
    http_status = 507


class IoError(StorageFailed):
    """The device or the operating system failed. Look at the device: the detail carries the operating system's
    words."""

    code = "io_error"
    title = "Input/output error"
    retryable = True
    exit_code = 9
    http_status = 500


class Poisoned(StorageFailed):
    """An earlier write failed in a way that makes further writes unsafe until the database is opened again. Reads
    still work. Find out why the disk failed, then open the database again."""

    code = "poisoned"
    title = "Writing stopped after a failure"
    retryable = False
    exit_code = 9
    http_status = 503


class Closed(KoruDeltaError):
    """The database was closed. Open it again; close it when the last call has been answered."""

    code = "closed"
    title = "Database is closed"
    retryable = False
    exit_code = 1
    http_status = 409


class Internal(KoruDeltaError):
    """The engine met a mistake of its own. Open the database again, and please report this with the message."""

    code = "internal"
    title = "Internal error"
    retryable = False
    exit_code = 70
    http_status = 500


class Cancelled(KoruDeltaError):
    """The caller asked to stop. The fact outcome tells whether a write may have happened."""

    code = "cancelled"
    title = "Cancelled"
    retryable = False
    exit_code = 130
    http_status = 499


class NumberNotExact(InvalidCall):
    """A stored number would be rounded by the language that reads it. Read the exact JSON text instead, and parse it
    with what keeps big numbers."""

    code = "number_not_exact"
    title = "Number not exact in this language"
    retryable = False
    exit_code = 2
    http_status = 400


class Forbidden(NotAllowed):
    """The caller is known, and may not do this. Use a key whose scopes and namespaces cover the call; the detail
    says which scope it needs."""

    code = "forbidden"
    title = "Not allowed"
    retryable = False
    exit_code = 8
    http_status = 403


class Unauthorized(KeyRefused):
    """The server wants an API key, and none that it knows came with the call. Send a key that is neither revoked nor
    expired; kdelta key create makes one."""

    code = "unauthorized"
    title = "API key required"
    retryable = False
    exit_code = 7
    http_status = 401


class RateLimited(NotAvailable):
    """The client has made more calls than it may in this time. Wait as long as Retry-After says. Many writes cost
    one call as a batch."""

    code = "rate_limited"
    title = "Too many requests"
    retryable = True
    exit_code = 6
    http_status = 429


class Unavailable(NotAvailable):
    """The server is starting, stopping or overloaded. Nothing was done. Try again in a moment."""

    code = "unavailable"
    title = "Server unavailable"
    retryable = True
    exit_code = 6
    http_status = 503


class MethodNotAllowed(InvalidCall):
    """The address exists, and not with this method of HTTP. The header Allow names the methods; the routes are
    listed at /openapi.json."""

    code = "method_not_allowed"
    title = "Method not allowed"
    retryable = False
    exit_code = 2
    http_status = 405


class UnsupportedMediaType(InvalidCall):
    """The body of the request is of a type or an encoding that is not taken there. Send JSON as application/json and
    lines as application/x-ndjson, both without compression."""

    code = "unsupported_media_type"
    title = "Unsupported media type"
    retryable = False
    exit_code = 2
    http_status = 415


class Unreachable(NotAvailable):
    """There was no connection to the server. Nothing was done. Check the address and that the server runs; kdelta
    start starts one."""

    code = "unreachable"
    title = "Server not reached"
    retryable = True
    exit_code = 6
    http_status = 503


class ConnectionLost(NotAvailable):
    """The connection broke before the answer came. The fact outcome tells whether a write may have happened. With an
    idempotency key it can be sent again; else read the key first."""

    code = "connection_lost"
    title = "Connection lost"
    retryable = False
    exit_code = 6
    http_status = 503


class Timeout(NotAvailable):
    """The answer did not come in time. The fact outcome tells whether a write may have happened. With an idempotency
    key it can be sent again; else read the key first."""

    code = "timeout"
    title = "No answer in time"
    retryable = False
    exit_code = 6
    http_status = 504


class BridgeNotFound(NotAvailable):
    """The kdelta program, which opens a folder for a language other than JavaScript, was not found. Install it, or
    name it: by argument, in the environment, as the optional extra, or on the PATH."""

    code = "bridge_not_found"
    title = "kdelta not found"
    retryable = False
    exit_code = 6
    http_status = 500


class RequestTooLarge(InvalidCall):
    """The request is larger than the server takes. Send bulk data with load, in chunks, or in several calls."""

    code = "request_too_large"
    title = "Request too large"
    retryable = False
    exit_code = 2
    http_status = 413


class BadRequest(InvalidCall):
    """The request is not what the protocol says. The detail names what is wrong; the protocol is written down in
    docs/protocol.md."""

    code = "bad_request"
    title = "Bad request"
    retryable = False
    exit_code = 2
    http_status = 400


class UnsupportedProtocol(NotAvailable):
    """The two sides share no version of the protocol. Update the older side, which the detail names."""

    code = "unsupported_protocol"
    title = "Versions do not fit"
    retryable = False
    exit_code = 6
    http_status = 400
