import type { Voice } from './python-methods.js';
import { formOf, methods } from './python-plan.js';
import { call } from './python-text.js';

/*
 * What is more than a call of one operation, in the two voices of the Python client. All that takes thought is in the hand-written
 * modules of the client; here are the signatures, the words for people, and one line that hands on.
 */

/** What the client takes from the modules beside it, in the order of their names. */
function imports(prefix: Voice['prefix']): string {
  const under = prefix === '' ? '' : 'async_';
  const results = [...new Set(['ImportReport', 'Receipt', 'Version', ...methods.map((each) => formOf(each).record)])];
  const steps = ['Settings', 'called', 'many', 'maybe', 'members', 'perform', 'raw_call', 'result', 'text', 'value_of'];
  return [
    'from ._absent import ABSENT',
    `from ._${under}opening import ${prefix === '' ? 'bridged, connected' : 'Opening, bridged, connected'}`,
    `from ._${under}session import ${prefix}Session`,
    'from ._batch import BatchItem, batch',
    'from ._bridge import launch',
    'from ._errors import KoruDeltaError',
    'from ._feed import Feed, versions_of',
    `from ._generated import ${results.sort().join(', ')}`,
    'from ._json import ParseFloat',
    'from ._lines import import_, load',
    'from ._moment import Moment, fixed, moment_text',
    `from ._pages import ${prefix}Pages, page_of`,
    'from ._params import IfVersion, Json, guard, unless',
    `from ._source import ${prefix}Source`,
    `from ._steps import ${steps.join(', ')}, waited`,
    'from ._steps import settings as _settings',
    'from ._transaction import Staged, lost_race',
    `from ._watch import ${prefix}Watch`,
  ]
    .sort()
    .join('\n');
}

/** The module's beginning, and every read, at one moment. */
export function reads({ prefix, def, wait }: Voice, generated: string): string {
  const module = prefix === '' ? 'threads' : 'an event loop';
  return `"""The client for ${module}."""

from __future__ import annotations

import builtins
import os
import ssl as _ssl
${
  prefix === ''
    ? `from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar
`
    : `from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable, Sequence
from typing import Any, TypeVar
`
}
${imports(prefix)}

R = TypeVar("R")


class ${prefix}View:
    """Every read there is, at one moment: ${prefix}KoruDelta reads now, and \`at\` gives a view of the past.

    A moment given to a single call goes before the view's own.
    """

    def __init__(self, session: ${prefix}Session, settings: Settings, moment: str | None = None) -> None:
        self._session = session
        self._run = session.run
        self._settings = settings
        #: The moment of this view; None is now.
        self.moment = moment

    def __repr__(self) -> str:
        return f"${prefix}View({self.moment!r})"

    def at(self, moment: Moment) -> ${prefix}View:
        """A read-only view of the database at a moment. A time ago, such as "-10m", is counted from this call.

        >>> then = db.at("seq:1")
        >>> ${wait}then.get("users", "alice")
        {'name': 'Alice', 'city': 'Paris'}
        """
        return ${prefix}View(self._session, self._settings, fixed(moment))

    ${def} get(self, namespace: str, key: str, *, at: Moment | None = None, timeout: float | None = None) -> Any:
        """The value of a key, or None when it has none at that moment.

        >>> ${wait}db.get("users", "alice")
        {'name': 'Alice', 'city': 'Rome'}
        >>> ${wait}db.get("users", "alic") is None
        True

        Raises NumberNotExact when the value holds a number that a float would round: read it with \`get_json\`.
        """
        params = {"namespace": namespace, "key": key, "at": self._at(at)}
        return ${wait}self._run(perform(self._settings, "get", timeout, maybe(value_of), params))

    ${def} get_at(self, namespace: str, key: str, at: Moment, *, timeout: float | None = None) -> Any:
        """The value of a key at a moment; the same as \`get\` with \`at\`.

        >>> ${wait}db.get_at("users", "alice", "seq:1")
        {'name': 'Alice', 'city': 'Paris'}
        """
        return ${wait}self.get(namespace, key, at=at, timeout=timeout)

${signature(`${def} get_or_raise`, 'namespace: str, key: str, *, at: Moment | None = None', 'Any')}        """The value of a key; that there is none is an error that says why.

        >>> ${wait}db.get_or_raise("users", "alic")
        Traceback (most recent call last):
        koru_delta.KeyNotFound: Key 'users/alic' not found.
        <BLANKLINE>
        Did you mean:
          - users/alice (different spelling)
        ...

        Raises KeyNotFound, KeyDeleted (with who, when and how to bring it back) or NotYetWritten.
        """
        params = {"namespace": namespace, "key": key, "at": self._at(at), "required": True}
        return ${wait}self._run(perform(self._settings, "get", timeout, value_of, params))

    ${def} get_json(
        self, namespace: str, key: str, *, at: Moment | None = None, timeout: float | None = None
    ) -> str | None:
        """The exact JSON text of a value, as it was written but for white space; None when the key has none.

        >>> ${wait}db.get_json("users", "alice")
        '{"name":"Alice","city":"Rome"}'
        """
        params = {"namespace": namespace, "key": key, "at": self._at(at)}
        return ${wait}self._run(text(self._settings, called(self._settings, "get", params, timeout), "value"))

    ${def} get_many(
        self, namespace: str, keys: Iterable[str], *, at: Moment | None = None, timeout: float | None = None
    ) -> dict[str, Any]:
        """The values of many keys at one moment, in the order of the keys; keys without a value are left out.

        >>> ${wait}db.get_many("users", ["bob", "nobody"])
        {'bob': {'name': 'Bob'}}
        """
        return ${wait}self._run(many(self._settings, timeout, namespace, keys, self._at(at)))

${generated}
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
    ) -> ${prefix}Pages[R]:
        fetch = page_of(self._settings, operation, timeout, member, make, params)
        return ${prefix}Pages(operation, self._run, fetch, limit, None)
`;
}

/** Reads and writes that take effect together. */
export function transactions({ prefix, def, wait }: Voice): string {
  return `

class ${prefix}Transaction:
    """Reads and writes that take effect together or not at all. All reads show one moment, that of the first of them, and the
    transaction's own writes. Nothing is written before the end.
    """

    def __init__(self, session: ${prefix}Session, staged: Staged) -> None:
        self._run = session.run
        self._staged = staged

    ${def} get(self, namespace: str, key: str) -> Any:
        """The value of a key, or None when it has none."""
        return ${wait}self._run(self._staged.get(namespace, key))

    ${def} get_or_raise(self, namespace: str, key: str) -> Any:
        """The value of a key. Raises KeyNotFound or KeyDeleted when it has none."""
        return ${wait}self._run(self._staged.get_or_raise(namespace, key))

    def put(self, namespace: str, key: str, value: Any) -> None:
        """Writes a value at the end of the transaction. The value is taken as it is now."""
        self._staged.put(namespace, key, value)

    def delete(self, namespace: str, key: str) -> None:
        """Deletes a key at the end of the transaction."""
        self._staged.delete(namespace, key)
`;
}

/** The database: what opens it, what writes, and what looks at the whole of it. */
export function writes(voice: Voice, generated: string): string {
  const { prefix, def, wait, each } = voice;
  const opening = prefix === '' ? 'KoruDelta' : 'Opening[AsyncKoruDelta]';
  const made = (call: string) => (prefix === '' ? `return cls(*${call})` : `return Opening(lambda: ${call}, cls)`);
  const items = prefix === '' ? 'Iterable[BatchItem]' : 'Iterable[BatchItem] | AsyncIterable[BatchItem]';
  const iterator = prefix === '' ? 'Iterator' : 'AsyncIterator';
  const result = prefix === '' ? 'R' : 'Awaitable[R]';
  const awaitable = prefix === '' ? '' : '\n\n        Await it, or use it with `async with`.';
  return `

class ${prefix}KoruDelta(${prefix}View):
    """An open database. Every write is a version, nothing is overwritten, and every read can be asked of any moment.

    >>> import koru_delta
    >>> ${prefix === '' ? 'with' : 'async with'} koru_delta.${prefix}KoruDelta.start() as db:
    ...     first = ${wait}db.put("users", "alice", {"name": "Alice"})
    ...     second = ${wait}db.put("users", "alice", {"name": "Alice Smith"})
    ...     then = ${wait}db.get_at("users", "alice", first)
    ...     back = ${wait}db.revert("users", "alice")
    ...     print(then, ${wait}db.get("users", "alice"))
    {'name': 'Alice'} {'name': 'Alice'}

    ${prefix === '' ? 'Any thread may use it.' : 'It belongs to the event loop in which it was opened.'} Close it when the last call has been answered, or use it as a context manager.
    """

    def __init__(self, session: ${prefix}Session, place: str, server: str, settings: Settings) -> None:
        super().__init__(session, settings)
        self._place = place
        #: What is on the other side, such as "kdelta/0.1.0".
        self.server = server

    def __repr__(self) -> str:
        return f"${prefix}KoruDelta({self._place}, {self.server})"

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
    ) -> ${opening}:
        """Connects to a server, such as "http://127.0.0.1:7878", and asks it who it is.${awaitable}

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
        ${made('connected(of, url, key, ssl)')}

    @classmethod
    def start(
        cls,
        *,
        bridge: str | Sequence[str] | None = None,
        timeout: float = 30.0,
        retries: int = 2,
        parse_float: ParseFloat | None = None,
    ) -> ${opening}:
        """Opens a database in memory, which is gone when it is closed.${awaitable}

        See \`start_with_path\`.
        """
        of = _settings(timeout, retries, parse_float)
        ${made('bridged(of, "in memory", launch(None, bridge))')}

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
    ) -> ${opening}:
        """Opens the database in a folder, and makes it when there is none.${awaitable}

        The engine runs in a child process, the program \`kdelta\`, which ends with this one.

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
            parse_float: As in \`connect\`.

        Raises:
            BridgeNotFound, DatabaseLocked, NotADatabase, NewerFormat, Corrupt, SealKeyRequired, WrongSealKey,
                PermissionDenied: what their classes say.
        """
        of = _settings(timeout, retries, parse_float)
        program = launch(path, bridge, key_file=key_file, key=key, passphrase=passphrase)
        ${made('bridged(of, repr(os.fspath(path)), program)')}

${generated}
    ${def} batch_put(
        self,
        items: ${items} | None = None,
        *,
        lines: ${prefix}Source | None = None,
        namespace: str | None = None,
        key_field: str | None = None,
        skip_bad: bool = False,
        actor: str | None = None,
        reason: str | None = None,
        idempotency_key: str | None = None,
        timeout: float | None = None,
    ) -> Receipt:
        """Writes a batch: all of it or nothing, with one sync of the disk.

        >>> ${wait}db.batch_put([("users", "dan", {"name": "Dan"}), koru_delta.BatchDelete("users", "bob")])
        Receipt(count=2, ...)
        >>> ${wait}db.batch_put(lines='{"id":"eve","name":"Eve"}', namespace="users", key_field="id")
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
            return ${wait}self._run(batch(self._settings, items, timeout, notes))
        params = {"namespace": namespace, "keyField": key_field, "skipBad": unless(False, skip_bad), **notes}
        return ${wait}self._run(load(self._settings, lines, timeout, params))

    def versions(self, receipt: Receipt, *, timeout: float | None = None) -> ${prefix}Pages[Version]:
        """The single versions of a batch without their values, in its order; read from the database when asked for.

        >>> receipt = ${wait}db.batch_put([("users", "dan", 1), ("users", "eve", 2)])
        >>> [version.key ${each} version in db.versions(receipt)]
        ['dan', 'eve']
        """
        feed = Feed(self._settings, None, None, False, timeout)
        return ${prefix}Pages("versions of a batch", self._run, versions_of(receipt, feed), receipt.count, None)

    ${def} transact(
        self,
        fn: Callable[[${prefix}Transaction], ${result}],
        *,
        actor: str | None = None,
        reason: str | None = None,
        retries: int = 20,
        timeout: float | None = None,
    ) -> R:
        """Runs a function whose reads and writes take effect together or not at all. When somebody else writes one of the
        keys that it read before it ends, the function runs again, so it should do nothing but compute.

        >>> ${def} pay(tx):
        ...     balance = ${wait}tx.get("accounts", "alice") or 0
        ...     tx.put("accounts", "alice", balance + 10)
        ...     return balance + 10
        >>> ${wait}db.transact(pay)
        10

        Raises Conflict when it was in vain \`retries\` times; and what the function raises, and then nothing was written.
        """
        attempt = 0
        while True:
            staged = Staged(self._settings, timeout)
            try:
                found = ${wait}fn(${prefix}Transaction(self._session, staged))
            finally:
                staged.end()
            try:
                ${wait}self._run(staged.commit(actor, reason))
                return found
            except KoruDeltaError as error:
                pause = lost_race(error, attempt, retries)
            ${wait}self._run(waited(pause))
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
    ) -> ${prefix}Pages[Version]:
        """The feed of all versions in the order of their commits, deletes included, from the first or from behind a cursor.
        Each version has the \`cursor\` to go on behind it, which stays good for ever.

        >>> [(version.key, version.seq) ${each} version in db.changes(limit=2)]
        [('alice', 1), ('alice', 2)]
        """
        feed = Feed(self._settings, namespace, prefix, unless(True, values), timeout)
        return ${prefix}Pages("changes", self._run, feed.page, limit, since)

    def watch(
        self,
        *,
        since: str | None = None,
        namespace: str | None = None,
        prefix: str | None = None,
        values: bool = True,
        timeout: float | None = None,
    ) -> ${prefix}Watch:
        """The versions that are written from now on, or from behind a cursor, as they come. It ends when the database is
        closed.

        >>> feed = ${wait}db.watch(namespace="users")
        >>> version = ${wait}db.put("users", "fay", {"name": "Fay"})
        >>> ${each} version in feed:
        ...     print(version.key, version.value)
        ...     break
        fay {'name': 'Fay'}
        """
        feed = Feed(self._settings, namespace, prefix, unless(True, values), timeout)
        return ${prefix}Watch(self._run, feed, since)

    def export(self, *, at: Moment | None = None, timeout: float | None = None) -> ${iterator}[bytes]:
        """The whole history as it is now, in lines of JSON that \`import_\` takes, as pieces of bytes.

        >>> whole = b"".join([piece ${each} piece in db.export()])
        """
        return self._session.transport.download(called(self._settings, "export", {"at": self._at(at)}, timeout))

${signature(`${def} import_`, `source: ${prefix}Source, *, restamp: bool = False`, 'ImportReport')}        """Adds a history, all of it or nothing: one that \`export\` made, or lines with a key, a timestamp and a value in the
        order of their times.

        >>> history = '{"key":"users/gus","timestamp":"2020-01-01T00:00:00Z","value":1}'
        >>> ${wait}db.import_(history, restamp=True)
        ImportReport(versions=1, ...)

        Args:
            source: Text, bytes, an open file, its Path, or pieces.
            restamp: Give the versions new times, and keep their own as their origin, where they cannot keep them.
            timeout: In seconds; how long nothing may move.

        Raises:
            ImportRefused, ExportDamaged, InvalidLine: what their classes say.
        """
        return ${wait}self._run(import_(self._settings, source, timeout, {"restamp": unless(False, restamp)}))

    ${def} call(self, operation: str, *, timeout: float | None = None, **params: Any) -> Any:
        """Calls an operation by its name on the wire, and returns its result as it comes. So it also works with an operation
        that a newer server has. Params may be written as in Python; None is null, and ABSENT is left out.

        >>> (${wait}db.call("history", namespace="users", key="alice"))["versions"][0]["seq"]
        2
        """
        return ${wait}self._run(result(self._settings, raw_call(self._settings, operation, params, timeout)))

    ${def} close(self) -> None:
        """Lets the writes under way end and closes the database. Later calls raise Closed; closing again does nothing."""
        ${wait}self._session.transport.close()

    ${def} __${prefix === '' ? '' : 'a'}enter__(self) -> ${prefix}KoruDelta:
        return self

    ${def} __${prefix === '' ? '' : 'a'}exit__(self, *_: object) -> None:
        ${wait}self.close()
`;
}

/** A definition that may or may not fit on a line. */
function signature(head: string, args: string, result: string): string {
  return call('    ', head, ['self', ...args.split(', '), 'timeout: float | None = None'], ` -> ${result}:`);
}
