"""Batches: items as texts for the engine, by the shortest way their form allows."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, NoReturn

from ._absent import ABSENT
from ._errors import KoruDeltaError
from ._failure import failure, hint
from ._generated import Receipt
from ._json import encode_all, params_text
from ._params import IfVersion, Null, check_names, guard
from ._steps import Settings, Steps, Upload, called, result, shaped, uploaded


@dataclass(frozen=True, slots=True)
class BatchPut:
    """A value to write in a batch, with what must be there before."""

    namespace: str
    key: str
    value: Any
    if_version: IfVersion = ABSENT


@dataclass(frozen=True, slots=True)
class BatchDelete:
    """A key to delete in a batch. That is a version also when there is none."""

    namespace: str
    key: str
    if_version: IfVersion = ABSENT


#: An item of a batch: (namespace, key, value), or with more to say a BatchPut, a BatchDelete or a dict with their members
#: (and `"delete": True`).
BatchItem = tuple[str, str, Any] | BatchPut | BatchDelete | Mapping[str, Any]

#: Items in one piece. A batch of one piece is one call; of more it is loaded, and written at its end.
PIECE_ITEMS = 50_000
#: A piece with a longer text is cut in halves.
PIECE_BYTES = 16 << 20

_members = frozenset(("namespace", "key", "value", "delete", "if_version"))


def batch(
    of: Settings,
    items: Iterable[BatchItem] | AsyncIterable[BatchItem] | None,
    timeout: float | None,
    notes: Mapping[str, str | None],
) -> Steps[Receipt]:
    """Writes items together, or none of them."""
    if isinstance(items, AsyncIterable):
        return (yield from _load(of, _async_pieces(items), timeout, notes))
    if isinstance(items, (str, bytes, Mapping)) or not isinstance(items, Iterable):
        raise failure(
            "invalid_params",
            f"A batch is a list of items, not {type(items).__qualname__}.",
            hints=[
                hint("For example", 'db.batch_put([("users", "alice", {"name": "Alice"})])'),
                hint("For lines of JSON", 'db.batch_put(lines=open("users.jsonl", "rb"))'),
            ],
        )
    pieces = pieces_of(items)
    first, second = next(pieces, b'{"ops":[]}'), next(pieces, None)
    if second is not None:
        return (yield from _load(of, chain((first, b"\n", second, b"\n"), _ended(pieces)), timeout, notes))
    call = called(of, "batch", notes, timeout)
    call.params = joined(call.params, first)
    return shaped("batch", Receipt._of, (yield from result(of, call)))


def joined(one: bytes, other: bytes) -> bytes:
    """Two JSON objects as one."""
    return other if one == b"{}" else one if other == b"{}" else b"%b,%b" % (one[:-1], other[1:])


def _load(
    of: Settings, pieces: Iterable[bytes] | AsyncIterable[bytes], timeout: float | None, notes: Mapping[str, Any]
) -> Steps[Receipt]:
    call = called(of, "load", {"form": "batches", **notes}, timeout)
    found = yield from uploaded(of, Upload(call, pieces))
    return shaped("load", Receipt._of, found)


def _ended(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Each piece as a line."""
    for piece in pieces:
        yield piece
        yield b"\n"


def pieces_of(items: Iterable[BatchItem]) -> Iterator[bytes]:
    """The params of `batch`, for as many items at a time as are good to send."""
    source = iter(items)
    while piece := list(islice(source, PIECE_ITEMS)):
        yield from _piece(piece)


async def _async_pieces(items: AsyncIterable[BatchItem]) -> AsyncIterator[bytes]:
    piece: list[BatchItem] = []
    async for item in items:
        piece.append(item)
        if len(piece) == PIECE_ITEMS:
            for text in _ended(_piece(piece)):
                yield text
            piece = []
    for text in _ended(_piece(piece) if piece else ()):
        yield text


def _piece(items: list[BatchItem]) -> Iterator[bytes]:
    text = _columns(items)
    if len(text) > PIECE_BYTES and len(items) > 1:
        half = len(items) // 2
        yield from _piece(items[:half])
        yield from _piece(items[half:])
    else:
        yield text


def _columns(items: list[BatchItem]) -> bytes:
    """Items as columns, which are shorter to write and to read than as many objects."""
    deletes: list[int] = []
    expect: list[dict[str, Any]] = []
    rows: Any = items
    if not all(type(item) is tuple and len(item) == 3 for item in items):
        rows = [_row(item, at, deletes, expect) for at, item in enumerate(items)]
    # A zip would make an iterator of each row, which costs more than three rounds.
    namespaces, keys, values = [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]
    try:
        columns = f'"namespaces":{_names(namespaces)},"keys":{_names(keys)},"values":{encode_all(values)}'
        more = f',"deletes":{deletes}' if deletes else ""
        guards = f',"expect":[{",".join(map(params_text, expect))}]' if expect else ""
        return f'{{"columns":{{{columns}{more}}}{guards}}}'.encode()
    except (KoruDeltaError, TypeError, UnicodeEncodeError) as error:
        _blame(namespaces, keys, error)


def _names(names: list[Any]) -> str:
    """Names as a JSON list. Raises TypeError when one of them is no string."""
    if not all(issubclass(kind, str) for kind in set(map(type, names))):
        raise TypeError("A name is no string.")
    return encode_all(names)


def _blame(namespaces: list[Any], keys: list[Any], error: Exception) -> NoReturn:
    """Raises what is wrong, with the item in which it is."""
    for namespace, key in zip(namespaces, keys):
        check_names({"namespace": namespace, "key": key})
    if not isinstance(error, KoruDeltaError):
        raise error
    at, *path = error.facts["path"]
    place = f"{namespaces[at]}/{keys[at]}"
    detail = error.detail.replace(f"[{at}]", "value", 1)
    facts = {**error.facts, "path": ["value", *path], "namespace": namespaces[at], "key": keys[at]}
    raise failure(
        "invalid_json", f"In the item {place} of the batch: {detail}", hints=error.hints, facts=facts
    ) from error.__cause__


def _row(item: Any, at: int, deletes: list[int], expect: list[dict[str, Any]]) -> tuple[Any, Any, Any]:
    """An item as its columns; what they cannot say goes into the lists."""
    if type(item) is tuple and len(item) == 3:
        return item
    namespace, key, value, if_version = _parts(item)
    if value is ABSENT:
        deletes.append(at)
    expected = guard(if_version)
    if expected is not None:
        check_names({"namespace": namespace, "key": key})
        expect.append({"namespace": namespace, "key": key, "version": None if expected is Null else expected})
    return namespace, key, None if value is ABSENT else value


def _parts(item: Any) -> tuple[Any, Any, Any, IfVersion]:
    """The members of an item; a delete has the value ABSENT."""
    if isinstance(item, BatchPut):
        return item.namespace, item.key, item.value, item.if_version
    if isinstance(item, BatchDelete):
        return item.namespace, item.key, ABSENT, item.if_version
    if not isinstance(item, Mapping):
        raise failure(
            "invalid_params",
            f"An item of a batch is (namespace, key, value), a BatchPut, a BatchDelete or a dict, not {item!r:.100}.",
        )
    if unknown := sorted(set(item) - _members):
        known = ", ".join(sorted(_members))
        raise failure("invalid_params", f"An item of a batch has the members {known}, and no {unknown[0]!r}.")
    namespace, key = item.get("namespace"), item.get("key")
    value, deletes = item.get("value", ABSENT), item.get("delete", False)
    if not isinstance(deletes, bool) or deletes == (value is not ABSENT):
        raise failure("invalid_params", f"The item {namespace}/{key} of a batch has a value, or delete: True.")
    return namespace, key, value, item.get("if_version", ABSENT)
