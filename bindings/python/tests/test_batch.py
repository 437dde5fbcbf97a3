"""Batches: all of it or nothing."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

import koru_delta
from koru_delta import BatchDelete, BatchPut, _batch


def test_items_of_every_form(db: Any, ns: str) -> None:
    old = db.put(ns, "old", 0)
    db.put(ns, "gone", 0)
    receipt = db.batch_put(
        [
            (ns, "tuple", 1),
            BatchPut(ns, "put", 2, if_version=None),
            BatchPut(ns, "old", 3, if_version=old),
            BatchDelete(ns, "gone"),
            {"namespace": ns, "key": "dict", "value": None},
            {"namespace": ns, "key": "never", "delete": True},
        ],
        actor="ann",
        reason="all at once",
    )
    assert (receipt.count, receipt.durability) == (6, "sync")
    assert receipt.last_seq == receipt.first_seq + 5
    assert {version.key: version.value for version in db.list(ns)} == {"tuple": 1, "put": 2, "old": 3, "dict": None}
    versions = db.versions(receipt).all()
    assert [version.key for version in versions] == ["tuple", "put", "old", "gone", "dict", "never"]
    assert {(version.actor, version.timestamp) for version in versions} == {("ann", receipt.timestamp)}


def test_nothing_of_it_when_one_guard_fails(db: Any, ns: str) -> None:
    db.put(ns, "b", 1)
    with pytest.raises(koru_delta.Conflict):
        db.batch_put([(ns, "a", 1), BatchPut(ns, "b", 2, if_version=None)])
    assert db.get(ns, "a") is None


def test_an_empty_batch(db: Any) -> None:
    receipt = db.batch_put([])
    assert (receipt.count, receipt.first_seq) == (0, None)
    assert db.versions(receipt).all() == []


def test_one_key_twice_makes_two_versions(db: Any, ns: str) -> None:
    db.batch_put([(ns, "a", 1), (ns, "a", 2)])
    assert [version.value for version in db.history(ns, "a")] == [2, 1]


@pytest.mark.parametrize(
    "items",
    [
        "text",
        b"bytes",
        5,
        None,
        {"namespace": "n", "key": "k", "value": 1},
        [5],
        [("n", "k")],
        [{"namespace": "n", "key": "k"}],
        [{"namespace": "n", "key": "k", "value": 1, "delete": True}],
        [{"namespace": "n", "key": "k", "value": 1, "ifVersion": None}],
        [{"namespace": "n", "key": "k", "delete": 1}],
    ],
    ids=repr,
)
def test_what_is_no_batch(db: Any, items: Any) -> None:
    with pytest.raises(koru_delta.InvalidParams):
        db.batch_put(items)


def test_large_batches_are_written_at_their_end(db: Any, ns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_batch, "PIECE_ITEMS", 100)

    receipt = db.batch_put(numbered(ns), actor="ann", idempotency_key=ns)
    assert receipt.count == 1_050
    assert db.get(ns, "k01049") == {"n": 1_049, "é": "ü" * 20}
    assert db.batch_put(numbered(ns), actor="ann", idempotency_key=ns).first == receipt.first
    guarded = [BatchPut(ns, f"g{n}", n, if_version=None) for n in range(250)]
    db.batch_put(guarded)
    with pytest.raises(koru_delta.Conflict):
        db.batch_put([(ns, f"h{n}", n) for n in range(250)] + guarded)
    assert db.list(ns, prefix="h").all() == []


def numbered(ns: str) -> Iterator[Any]:
    return ((ns, f"k{n:05}", {"n": n, "é": "ü" * 20}) for n in range(1_050))


def test_an_iterator_that_fails_writes_nothing(db: Any, ns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_batch, "PIECE_ITEMS", 10)

    def items() -> Iterator[Any]:
        for n in range(95):
            yield ns, str(n), n
        raise RuntimeError("the source dried up")

    with pytest.raises(RuntimeError, match="dried up"):
        db.batch_put(items())
    assert db.list(ns).all() == []
    db.put(ns, "a", 1)


def test_large_values_are_cut_between_calls(db: Any, ns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_batch, "PIECE_BYTES", 1 << 20)
    text = "x" * (600 << 10)
    receipt = db.batch_put([(ns, str(n), text) for n in range(7)])
    assert receipt.count == 7
    assert db.get(ns, "6") == text


LINES = '{"id":"a","n":1}\n{"id":"b","n":2}\n'


@pytest.mark.parametrize("form", ["text", "bytes", "file", "text file", "path", "pieces", "one byte at a time"])
def test_lines_in_every_form(db: Any, ns: str, form: str, tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text(LINES)
    sources: dict[str, Any] = {
        "text": LINES,
        "bytes": LINES.encode(),
        "file": io.BytesIO(LINES.encode()),
        "text file": io.StringIO(LINES),
        "path": path,
        "pieces": [LINES[:7], LINES[7:].encode()],
        "one byte at a time": (bytes([each]) for each in LINES.encode()),
    }
    receipt = db.batch_put(lines=sources[form], namespace=ns, key_field="id", reason="loaded")
    assert receipt.count == 2
    assert not receipt.rejected
    assert db.get(ns, "b") == {"id": "b", "n": 2}
    assert db.get_version(ns, "a").reason == "loaded"


def test_bad_lines(db: Any, ns: str) -> None:
    lines = f'{{"key":"{ns}/a","value":1}}\n{{"key":\n{{"key":"{ns}/c","delete":true}}\n'
    with pytest.raises(koru_delta.InvalidLine) as bad:
        db.batch_put(lines=lines)
    assert bad.value.facts["line"] == 2
    assert db.get(ns, "a") is None
    receipt = db.batch_put(lines=lines, skip_bad=True)
    assert (receipt.count, receipt.rejected, receipt.rejects[0].line) == (2, 1, 2)
    assert receipt.rejects[0].error.code == "invalid_line"
    assert db.get(ns, "a") == 1


@pytest.mark.parametrize("source", [5, [5], object(), ["\ud800"]], ids=repr)
def test_what_is_no_source(db: Any, source: Any) -> None:
    with pytest.raises((koru_delta.InvalidParams, koru_delta.InvalidJson)):
        db.batch_put(lines=source)


def test_bytes_that_are_no_utf8(db: Any, ns: str) -> None:
    with pytest.raises((koru_delta.InvalidJson, koru_delta.InvalidLine)):
        db.batch_put(lines=f'{{"key":"{ns}/a","value":"'.encode() + b'\xff"}\n')
    assert db.get(ns, "a") is None


def test_an_upload_of_many_chunks_is_refused_before_its_end(db: Any, ns: str) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"not json\n"
        for n in range(200):
            yield (json.dumps({"key": f"{ns}/{n}", "value": "x" * 100_000}) + "\n").encode()

    with pytest.raises(koru_delta.InvalidLine):
        db.batch_put(lines=pieces())
    assert db.put(ns, "a", 1).seq > 0


@pytest.mark.parametrize("way", ["async-stdio", "async-http"])
def test_asynchronous_sources(clients: Any, way: str, ns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_batch, "PIECE_ITEMS", 10)
    db = clients(way)

    async def items() -> AsyncIterator[Any]:
        for n in range(25):
            yield ns, str(n), n

    async def lines() -> AsyncIterator[str]:
        yield LINES[:5]
        yield LINES[5:]

    assert db.batch_put(items()).count == 25
    assert db.batch_put(lines=lines(), namespace=ns, key_field="id").count == 2
    assert db.get(ns, "24") == 24
