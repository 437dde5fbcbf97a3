# Generated from packages/protocol by `npm run gen`. Do not edit.
"""The client for threads."""

from __future__ import annotations

import builtins
import os
import ssl as _ssl
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from ._absent import ABSENT
from ._batch import BatchItem, batch
from ._bridge import launch
from ._errors import KoruDeltaError
from ._feed import Feed, versions_of
from ._generated import Diff, ImportReport, KeyDiff, NamespaceInfo, Receipt, Stats, Synced, Verification, Version
from ._json import ParseFloat
from ._lines import import_, load
from ._moment import Moment, fixed, moment_text
from ._opening import bridged, connected
from ._pages import Pages, page_of
from ._params import IfVersion, Json, guard, unless
from ._session import Session
from ._source import Source
from ._steps import Settings, called, many, maybe, members, perform, raw_call, result, text, value_of, waited
from ._steps import settings as _settings
from ._transaction import Staged, lost_race
from ._watch import Watch

R = TypeVar("R")


class View:
    """Every read there is, at one moment: KoruDelta reads now, and `at` gives a view of the past.

    A moment given to a single call goes before the view's own.
    """

    def __init__(self, session: Session, settings: Settings, moment: str | None = None) -> None:
        self._session = session
        self._run = session.run
        self._settings = settings
        #: The moment of this view; None is now.
        self.moment = moment

    def __repr__(self) -> str:
        return f"View({self.moment!r})"

    def at(self, moment: Moment) -> View:
        """A read-only view of the database at a moment. A time ago, such as "-10m", is counted from this call.

        >>> then = db.at("seq:1")
        >>> then.get("users", "alice")
        {'name': 'Alice', 'city': 'Paris'}
        """
        return View(self._session, self._settings, fixed(moment))

    def get(self, namespace: str, key: str, *, at: Moment | None = None, timeout: float | None = None) -> Any:
        """The value of a key, or None when it has none at that moment.

        >>> db.get("users", "alice")
        {'name': 'Alice', 'city': 'Rome'}
        >>> db.get("users", "alic") is None
        True

        Raises NumberNotExact when the value holds a number that a float would round: read it with `get_json`.
        """
        params = {"namespace": namespace, "key": key, "at": self._at(at)}
        return self._run(perform(self._settings, "get", timeout, maybe(value_of), params))

    def get_at(self, namespace: str, key: str, at: Moment, *, timeout: float | None = None) -> Any:
        """The value of a key at a moment; the same as `get` with `at`.

        >>> db.get_at("users", "alice", "seq:1")
        {'name': 'Alice', 'city': 'Paris'}
        """
        return self.get(namespace, key, at=at, timeout=timeout)

    def get_or_raise(self, namespace: str, key: str, *, at: Moment | None = None, timeout: float | None = None) -> Any:
        """The value of a key; that there is none is an error that says why.

        >>> db.get_or_raise("users", "alic")
        Traceback (most recent call last):
        koru_delta.KeyNotFound: Key 'users/alic' not found.
        <BLANKLINE>
        Did you mean:
          - users/alice (different spelling)
        ...

        Raises KeyNotFound, KeyDeleted (with who, when and how to bring it back) or NotYetWritten.
        """
        params = {"namespace": namespace, "key": key, "at": self._at(at), "required": True}
        return self._run(perform(self._settings, "get", timeout, value_of, params))

    def get_json(
        self, namespace: str, key: str, *, at: Moment | None = None, timeout: float | None = None
    ) -> str | None:
        """The exact JSON text of a value, as it was written but for white space; None when the key has none.

        >>> db.get_json("users", "alice")
        '{"name":"Alice","city":"Rome"}'
        """
        params = {"namespace": namespace, "key": key, "at": self._at(at)}
        return self._run(text(self._settings, called(self._settings, "get", params, timeout), "value"))

    def get_many(
        self, namespace: str, keys: Iterable[str], *, at: Moment | None = None, timeout: float | None = None
    ) -> dict[str, Any]:
        """The values of many keys at one moment, in the order of the keys; keys without a value are left out.

        >>> db.get_many("users", ["bob", "nobody"])
        {'bob': {'name': 'Bob'}}
        """
        return self._run(many(self._settings, timeout, namespace, keys, self._at(at)))

    def get_version(
        self,
        namespace: str,
        key: str,
        *,
        at: Moment | None = None,
        required: bool = False,
        timeout: float | None = None,
    ) -> Version | None:
        """The newest version of a key with its value, now or at a moment; None when it has none.

        >>> db.get_version("users", "alice")
        Version(...)

        Args:
            namespace: The name of a namespace: 1 to 128 bytes without / and control characters. Names that
                begin with _ are the system's own.
            key: The name of a document in its namespace: 1 to 1,024 bytes of any characters.
            at: Read what was there at this moment, instead of what is there now.
            required: Nothing there is an error, which tells why.
            timeout: In seconds; without it, that of the client.

        Raises:
            KeyNotFound, KeyDeleted, NotYetWritten, Pruned, InvalidMoment: what their classes say.
        """
        params = {"namespace": namespace, "key": key, "at": self._at(at), "required": unless(False, required)}
        return self._run(perform(self._settings, "get", timeout, maybe(Version._of), params))

    def history(
        self,
        namespace: str,
        key: str,
        *,
        at: Moment | None = None,
        limit: int | None = None,
        values: bool = True,
        required: bool = False,
        timeout: float | None = None,
    ) -> Pages[Version]:
        """The versions of a key, newest first, deletes included.

        >>> db.history("users", "alice", limit=10).all()
        [Version(...)]

        Args:
            namespace: The name of a namespace: 1 to 128 bytes without / and control characters. Names that
                begin with _ are the system's own.
            key: The name of a document in its namespace: 1 to 1,024 bytes of any characters.
            at: Read what was there at this moment, instead of what is there now.
            limit: At most so many in all.
            values: False leaves the values out.
            required: Nothing there is an error, which tells why.
            timeout: In seconds; without it, that of the client.

        Raises:
            KeyNotFound, InvalidMoment, InvalidCursor, Pruned: what their classes say.
        """
        params = {
            "namespace": namespace,
            "key": key,
            "at": self._at(at),
            "values": unless(True, values),
            "required": unless(False, required),
        }
        return self._pages("history", "versions", Version._of, params, limit, timeout)

    def list(
        self,
        namespace: str,
        *,
        prefix: str | None = None,
        from_: str | None = None,
        to: str | None = None,
        reverse: bool = False,
        at: Moment | None = None,
        limit: int | None = None,
        values: bool = True,
        required: bool = False,
        timeout: float | None = None,
    ) -> Pages[Version]:
        """The keys of a namespace that have a value, in the order of their bytes, each with its newest version.

        >>> db.list("users", prefix="a").all()
        [Version(...)]

        Args:
            namespace: The name of a namespace: 1 to 128 bytes without / and control characters. Names that
                begin with _ are the system's own.
            prefix: Only keys that begin with this.
            from_: Only keys from this one on.
            to: Only keys before this one.
            reverse: Begin with the last key.
            at: Read what was there at this moment, instead of what is there now.
            limit: At most so many in all.
            values: False leaves the values out.
            required: Nothing there is an error, which tells why.
            timeout: In seconds; without it, that of the client.

        Raises:
            KeyNotFound, InvalidNamespace, InvalidMoment, InvalidCursor, Pruned: what their classes say.
        """
        params = {
            "namespace": namespace,
            "prefix": prefix,
            "from": from_,
            "to": to,
            "reverse": unless(False, reverse),
            "at": self._at(at),
            "values": unless(True, values),
            "required": unless(False, required),
        }
        return self._pages("list", "items", Version._of, params, limit, timeout)

    def namespaces(
        self,
        *,
        at: Moment | None = None,
        counts: bool = False,
        timeout: float | None = None,
    ) -> builtins.list[NamespaceInfo]:
        """The namespaces that hold at least one key with a value.

        >>> db.namespaces(counts=True)
        [NamespaceInfo(...)]

        Args:
            at: Read what was there at this moment, instead of what is there now.
            counts: Count the keys, which reads all of them.
            timeout: In seconds; without it, that of the client.

        Raises:
            InvalidMoment, Pruned: what their classes say.
        """
        params = {"at": self._at(at), "counts": unless(False, counts)}
        make = members("namespaces", NamespaceInfo._of)
        return self._run(perform(self._settings, "namespaces", timeout, make, params))

    def diff(
        self,
        namespace: str,
        key: str,
        *,
        from_: Moment | None = None,
        to: Moment | None = None,
        timeout: float | None = None,
    ) -> Diff:
        """How a key differs between two moments, as a JSON Patch (RFC 6902): by default, what the last change did.

        >>> db.diff("users", "alice")
        Diff(...)

        Args:
            namespace: The name of a namespace: 1 to 128 bytes without / and control characters. Names that
                begin with _ are the system's own.
            key: The name of a document in its namespace: 1 to 1,024 bytes of any characters.
            from_: The earlier moment; without it, the state before the last change.
            to: The later moment; without it, now.
            timeout: In seconds; without it, that of the client.

        Raises:
            KeyNotFound, InvalidMoment, Pruned: what their classes say.
        """
        params = {"namespace": namespace, "key": key, "from": from_ and moment_text(from_), "to": self._at(to)}
        return self._run(perform(self._settings, "diff", timeout, Diff._of, params))

    def diff_namespace(
        self,
        namespace: str,
        from_: Moment,
        *,
        to: Moment | None = None,
        prefix: str | None = None,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> Pages[KeyDiff]:
        """How the keys of a namespace differ between two moments.

        >>> db.diff_namespace("users", from_="seq:0").all()
        [KeyDiff(...)]

        Args:
            namespace: The name of a namespace: 1 to 128 bytes without / and control characters. Names that
                begin with _ are the system's own.
            from_: The earlier moment.
            to: The later moment; without it, now.
            prefix: Only keys that begin with this.
            limit: At most so many in all.
            timeout: In seconds; without it, that of the client.

        Raises:
            InvalidNamespace, InvalidMoment, InvalidCursor, Pruned: what their classes say.
        """
        params = {"namespace": namespace, "from": moment_text(from_), "to": self._at(to), "prefix": prefix}
        return self._pages("diffNamespace", "changes", KeyDiff._of, params, limit, timeout)

    def _at(self, moment: Moment | None) -> str | None:
        return self.moment if moment is None else moment_text(moment)

    def _pages(
        self,
        operation: str,
        member: str,
        make: Callable[[Any], R],
        params: dict[str, Any],
        limit: int | None,
        timeout: float | None,
    ) -> Pages[R]:
        fetch = page_of(self._settings, operation, timeout, member, make, params)
        return Pages(operation, self._run, fetch, limit, None)


class Transaction:
    """Reads and writes that take effect together or not at all. All reads show one moment, that of the first of them, and the
    transaction's own writes. Nothing is written before the end.
    """

    def __init__(self, session: Session, staged: Staged) -> None:
        self._run = session.run
        self._staged = staged

    def get(self, namespace: str, key: str) -> Any:
        """The value of a key, or None when it has none."""
        return self._run(self._staged.get(namespace, key))

    def get_or_raise(self, namespace: str, key: str) -> Any:
        """The value of a key. Raises KeyNotFound or KeyDeleted when it has none."""
        return self._run(self._staged.get_or_raise(namespace, key))

    def put(self, namespace: str, key: str, value: Any) -> None:
        """Writes a value at the end of the transaction. The value is taken as it is now."""
        self._staged.put(namespace, key, value)

    def delete(self, namespace: str, key: str) -> None:
        """Deletes a key at the end of the transaction."""
        self._staged.delete(namespace, key)


class KoruDelta(View):
    """An open database. Every write is a version, nothing is overwritten, and every read can be asked of any moment.

    >>> import koru_delta
    >>> with koru_delta.KoruDelta.start() as db:
    ...     first = db.put("users", "alice", {"name": "Alice"})
    ...     second = db.put("users", "alice", {"name": "Alice Smith"})
    ...     then = db.get_at("users", "alice", first)
    ...     back = db.revert("users", "alice")
    ...     print(then, db.get("users", "alice"))
    {'name': 'Alice'} {'name': 'Alice'}

    Any thread may use it. Close it when the last call has been answered, or use it as a context manager.
    """

    def __init__(self, session: Session, place: str, server: str, settings: Settings) -> None:
        super().__init__(session, settings)
        self._place = place
        #: What is on the other side, such as "kdelta/0.1.0".
        self.server = server

    def __repr__(self) -> str:
        return f"KoruDelta({self._place}, {self.server})"

    @classmethod
    def connect(
        cls,
        url: str,
        *,
        key: str | None = None,
        timeout: float = 30.0,
        retries: int = 2,
        parse_float: ParseFloat | None = None,
        ssl: _ssl.SSLContext | None = None,
    ) -> KoruDelta:
        """Connects to a server, such as "http://127.0.0.1:7878", and asks it who it is.

        Args:
            url: Where it is: http or https, a host, and a port (7878 when there is none, 443 of https).
            key: The API key, where the server has such.
            timeout: How long a call may take in all, in seconds.
            retries: How often a call is sent again where that is safe: never a conflict, and a write only with an
                idempotency key or when it certainly was not done.
            parse_float: What makes numbers of the texts of those that are no integers, such as decimal.Decimal. Without it
                they are floats, and one that would be rounded is an error.
            ssl: How certificates are checked; without it, as Python does.

        Raises:
            Unreachable, Unauthorized, UnsupportedProtocol: what their classes say.
        """
        of = _settings(timeout, retries, parse_float)
        return cls(*connected(of, url, key, ssl))

    @classmethod
    def start(
        cls,
        *,
        bridge: str | Sequence[str] | None = None,
        timeout: float = 30.0,
        retries: int = 2,
        parse_float: ParseFloat | None = None,
    ) -> KoruDelta:
        """Opens a database in memory, which is gone when it is closed.

        See `start_with_path`.
        """
        of = _settings(timeout, retries, parse_float)
        return cls(*bridged(of, "in memory", launch(None, bridge)))

    @classmethod
    def start_with_path(
        cls,
        path: str | os.PathLike[str],
        *,
        bridge: str | Sequence[str] | None = None,
        key_file: str | os.PathLike[str] | None = None,
        key: str | None = None,
        passphrase: str | None = None,
        timeout: float = 30.0,
        retries: int = 2,
        parse_float: ParseFloat | None = None,
    ) -> KoruDelta:
        """Opens the database in a folder, and makes it when there is none.

        The engine runs in a child process, the program `kdelta`, which ends with this one.

        Args:
            path: The folder.
            bridge: The command that runs kdelta, such as ["node", "dist/kdelta.js"]. Without it, that of the variable
                KDELTA_BRIDGE; the npm package kdelta in KDELTA_HOME or in a node_modules here or above, run by the Node
                of the extra koru-delta[embedded] or of the PATH; or the kdelta of the PATH.
            key_file: A file with the key of a sealed database, which also seals a new one.
            key: That key itself, 32 bytes as hexadecimal or base64 text.
            passphrase: The text that the key is made from.
            timeout: How long a call may take in all, in seconds.
            retries: How often a call is sent again that was turned away.
            parse_float: As in `connect`.

        Raises:
            BridgeNotFound, DatabaseLocked, NotADatabase, NewerFormat, Corrupt, SealKeyRequired, WrongSealKey,
                PermissionDenied: what their classes say.
        """
        of = _settings(timeout, retries, parse_float)
        program = launch(path, bridge, key_file=key_file, key=key, passphrase=passphrase)
        return cls(*bridged(of, repr(os.fspath(path)), program))

    def put(
        self,
        namespace: str,
        key: str,
        value: Any,
        *,
        if_version: IfVersion = ABSENT,
        actor: str | None = None,
        reason: str | None = None,
        idempotency_key: str | None = None,
        timeout: float | None = None,
    ) -> Version:
        """Writes a value as the key's newest version.

        >>> db.put("users", "alice", {"name": "Alice", "age": 30})
        Version(...)

        Args:
            namespace: The name of a namespace: 1 to 128 bytes without / and control characters. Names that
                begin with _ are the system's own.
            key: The name of a document in its namespace: 1 to 1,024 bytes of any characters.
            value: Any JSON value up to 16 MiB of text and 128 levels deep. None is a value; it is not
                "deleted".
            if_version: What the key's newest version must be for the write to happen.
            actor: Who writes; kept with the version.
            reason: Why; kept with the version.
            idempotency_key: Names this write, so that sending it again does not write it twice.
            timeout: In seconds; without it, that of the client.

        Raises:
            Conflict, IdempotencyMismatch, InvalidNamespace, InvalidKey, InvalidJson, ValueTooLarge: what their
                classes say.
        """
        params = {
            "namespace": namespace,
            "key": key,
            "value": Json(value),
            "ifVersion": guard(if_version),
            "actor": actor,
            "reason": reason,
            "idempotencyKey": idempotency_key,
        }
        return self._run(perform(self._settings, "put", timeout, Version._of, params))

    def delete(
        self,
        namespace: str,
        key: str,
        *,
        if_version: IfVersion = ABSENT,
        actor: str | None = None,
        reason: str | None = None,
        idempotency_key: str | None = None,
        timeout: float | None = None,
    ) -> Version:
        """Writes a version that says the key has no value from here on. Its history stays.

        >>> db.delete("users", "alice", reason="asked for it")
        Version(...)

        Args:
            namespace: The name of a namespace: 1 to 128 bytes without / and control characters. Names that
                begin with _ are the system's own.
            key: The name of a document in its namespace: 1 to 1,024 bytes of any characters.
            if_version: What the key's newest version must be for the write to happen.
            actor: Who writes; kept with the version.
            reason: Why; kept with the version.
            idempotency_key: Names this write, so that sending it again does not write it twice.
            timeout: In seconds; without it, that of the client.

        Raises:
            KeyNotFound, KeyDeleted, Conflict, IdempotencyMismatch: what their classes say.
        """
        params = {
            "namespace": namespace,
            "key": key,
            "ifVersion": guard(if_version),
            "actor": actor,
            "reason": reason,
            "idempotencyKey": idempotency_key,
        }
        return self._run(perform(self._settings, "delete", timeout, Version._of, params))

    def revert(
        self,
        namespace: str,
        key: str,
        *,
        at: Moment | None = None,
        if_version: IfVersion = ABSENT,
        actor: str | None = None,
        reason: str | None = None,
        idempotency_key: str | None = None,
        timeout: float | None = None,
    ) -> Version:
        """Writes what the key had at a moment, by default before its last change, as a new version.

        >>> db.revert("users", "alice")
        Version(...)

        Args:
            namespace: The name of a namespace: 1 to 128 bytes without / and control characters. Names that
                begin with _ are the system's own.
            key: The name of a document in its namespace: 1 to 1,024 bytes of any characters.
            at: The moment whose state comes back; without it, the state before the last change.
            if_version: What the key's newest version must be for the write to happen.
            actor: Who writes; kept with the version.
            reason: Why; kept with the version.
            idempotency_key: Names this write, so that sending it again does not write it twice.
            timeout: In seconds; without it, that of the client.

        Raises:
            KeyNotFound, NothingToRevert, Conflict, IdempotencyMismatch, InvalidMoment, Pruned: what their
                classes say.
        """
        params = {
            "namespace": namespace,
            "key": key,
            "at": at and moment_text(at),
            "ifVersion": guard(if_version),
            "actor": actor,
            "reason": reason,
            "idempotencyKey": idempotency_key,
        }
        return self._run(perform(self._settings, "revert", timeout, Version._of, params))

    def sync(self, *, timeout: float | None = None) -> Synced:
        """Makes durable what was acknowledged under a weaker durability than sync.

        >>> db.sync()
        Synced(...)

        Args:
            timeout: In seconds; without it, that of the client.

        Raises:
            ReadOnly, Poisoned: what their classes say.
        """
        params: dict[str, Any] = {}
        return self._run(perform(self._settings, "sync", timeout, Synced._of, params))

    def stats(self, *, counts: bool = False, timeout: float | None = None) -> Stats:
        """What the database is made of.

        >>> db.stats(counts=True)
        Stats(...)

        Args:
            counts: Count namespaces and keys, which reads all of them.
            timeout: In seconds; without it, that of the client.
        """
        params = {"counts": unless(False, counts)}
        return self._run(perform(self._settings, "stats", timeout, Stats._of, params))

    def verify(self, *, timeout: float | None = None) -> Verification:
        """Reads and checks every byte of every file.

        >>> db.verify()
        Verification(...)

        Args:
            timeout: In seconds; without it, that of the client.
        """
        params: dict[str, Any] = {}
        return self._run(perform(self._settings, "verify", timeout, Verification._of, params))

    def batch_put(
        self,
        items: Iterable[BatchItem] | None = None,
        *,
        lines: Source | None = None,
        namespace: str | None = None,
        key_field: str | None = None,
        skip_bad: bool = False,
        actor: str | None = None,
        reason: str | None = None,
        idempotency_key: str | None = None,
        timeout: float | None = None,
    ) -> Receipt:
        """Writes a batch: all of it or nothing, with one sync of the disk.

        >>> db.batch_put([("users", "dan", {"name": "Dan"}), koru_delta.BatchDelete("users", "bob")])
        Receipt(count=2, ...)
        >>> db.batch_put(lines='{"id":"eve","name":"Eve"}', namespace="users", key_field="id")
        Receipt(count=1, ...)

        Args:
            items: (namespace, key, value), BatchPut, BatchDelete, or dicts with their members; an iterator is read as far
                as it goes, and nothing is written before its end.
            lines: In the place of items: JSON, a line each, as text, bytes, an open file, its Path or pieces. Python does
                not look into them. A line is {"key":"namespace/key","value":...}, or any document with key_field.
            namespace: The namespace of lines that name none.
            key_field: Lines are documents, and this member is their key.
            skip_bad: Leave lines out that cannot be taken, and list them in the receipt, instead of refusing everything.
            actor: Who writes; kept with the versions.
            reason: Why; kept with the versions.
            idempotency_key: Names this batch, so that sending it again does not write it twice.
            timeout: In seconds; for lines and large batches, how long nothing may move.

        Raises:
            Conflict, IdempotencyMismatch, InvalidNamespace, InvalidKey, InvalidJson, InvalidLine, ValueTooLarge,
                BatchTooLarge: what their classes say.
        """
        notes = {"actor": actor, "reason": reason, "idempotencyKey": idempotency_key}
        if lines is None:
            return self._run(batch(self._settings, items, timeout, notes))
        params = {"namespace": namespace, "keyField": key_field, "skipBad": unless(False, skip_bad), **notes}
        return self._run(load(self._settings, lines, timeout, params))

    def versions(self, receipt: Receipt, *, timeout: float | None = None) -> Pages[Version]:
        """The single versions of a batch without their values, in its order; read from the database when asked for.

        >>> receipt = db.batch_put([("users", "dan", 1), ("users", "eve", 2)])
        >>> [version.key for version in db.versions(receipt)]
        ['dan', 'eve']
        """
        feed = Feed(self._settings, None, None, False, timeout)
        return Pages("versions of a batch", self._run, versions_of(receipt, feed), receipt.count, None)

    def transact(
        self,
        fn: Callable[[Transaction], R],
        *,
        actor: str | None = None,
        reason: str | None = None,
        retries: int = 20,
        timeout: float | None = None,
    ) -> R:
        """Runs a function whose reads and writes take effect together or not at all. When somebody else writes one of the
        keys that it read before it ends, the function runs again, so it should do nothing but compute.

        >>> def pay(tx):
        ...     balance = tx.get("accounts", "alice") or 0
        ...     tx.put("accounts", "alice", balance + 10)
        ...     return balance + 10
        >>> db.transact(pay)
        10

        Raises Conflict when it was in vain `retries` times; and what the function raises, and then nothing was written.
        """
        attempt = 0
        while True:
            staged = Staged(self._settings, timeout)
            try:
                found = fn(Transaction(self._session, staged))
            finally:
                staged.end()
            try:
                self._run(staged.commit(actor, reason))
                return found
            except KoruDeltaError as error:
                pause = lost_race(error, attempt, retries)
            self._run(waited(pause))
            attempt += 1

    def changes(
        self,
        *,
        since: str | None = None,
        namespace: str | None = None,
        prefix: str | None = None,
        limit: int | None = None,
        values: bool = True,
        timeout: float | None = None,
    ) -> Pages[Version]:
        """The feed of all versions in the order of their commits, deletes included, from the first or from behind a cursor.
        Each version has the `cursor` to go on behind it, which stays good for ever.

        >>> [(version.key, version.seq) for version in db.changes(limit=2)]
        [('alice', 1), ('alice', 2)]
        """
        feed = Feed(self._settings, namespace, prefix, unless(True, values), timeout)
        return Pages("changes", self._run, feed.page, limit, since)

    def watch(
        self,
        *,
        since: str | None = None,
        namespace: str | None = None,
        prefix: str | None = None,
        values: bool = True,
        timeout: float | None = None,
    ) -> Watch:
        """The versions that are written from now on, or from behind a cursor, as they come. It ends when the database is
        closed.

        >>> feed = db.watch(namespace="users")
        >>> version = db.put("users", "fay", {"name": "Fay"})
        >>> for version in feed:
        ...     print(version.key, version.value)
        ...     break
        fay {'name': 'Fay'}
        """
        feed = Feed(self._settings, namespace, prefix, unless(True, values), timeout)
        return Watch(self._run, feed, since)

    def export(self, *, at: Moment | None = None, timeout: float | None = None) -> Iterator[bytes]:
        """The whole history as it is now, in lines of JSON that `import_` takes, as pieces of bytes.

        >>> whole = b"".join([piece for piece in db.export()])
        """
        return self._session.transport.download(called(self._settings, "export", {"at": self._at(at)}, timeout))

    def import_(self, source: Source, *, restamp: bool = False, timeout: float | None = None) -> ImportReport:
        """Adds a history, all of it or nothing: one that `export` made, or lines with a key, a timestamp and a value in the
        order of their times.

        >>> history = '{"key":"users/gus","timestamp":"2020-01-01T00:00:00Z","value":1}'
        >>> db.import_(history, restamp=True)
        ImportReport(versions=1, ...)

        Args:
            source: Text, bytes, an open file, its Path, or pieces.
            restamp: Give the versions new times, and keep their own as their origin, where they cannot keep them.
            timeout: In seconds; how long nothing may move.

        Raises:
            ImportRefused, ExportDamaged, InvalidLine: what their classes say.
        """
        return self._run(import_(self._settings, source, timeout, {"restamp": unless(False, restamp)}))

    def call(self, operation: str, *, timeout: float | None = None, **params: Any) -> Any:
        """Calls an operation by its name on the wire, and returns its result as it comes. So it also works with an operation
        that a newer server has. Params may be written as in Python; None is null, and ABSENT is left out.

        >>> (db.call("history", namespace="users", key="alice"))["versions"][0]["seq"]
        2
        """
        return self._run(result(self._settings, raw_call(self._settings, operation, params, timeout)))

    def close(self) -> None:
        """Lets the writes under way end and closes the database. Later calls raise Closed; closing again does nothing."""
        self._session.transport.close()

    def __enter__(self) -> KoruDelta:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
