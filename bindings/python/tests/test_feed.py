"""The feed: all versions, then the new ones as they come; and the whole history out and in."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from voices import BlockingDatabase, LoopThread

import koru_delta
from koru_delta import ABSENT, AsyncKoruDelta, KoruDelta


def test_changes_go_on_behind_a_cursor(db: Any, ns: str) -> None:
    first = db.put(ns, "a", 1)
    db.put(ns, "b", 2)
    db.delete(ns, "a")
    changes = db.changes(namespace=ns).all()
    assert [(version.key, version.value, version.deleted) for version in changes] == [
        ("a", 1, False),
        ("b", 2, False),
        ("a", ABSENT, True),
    ]
    assert [version.seq for version in db.changes(since=first.cursor, namespace=ns)] == [
        version.seq for version in changes[1:]
    ]
    page = db.changes(namespace=ns, limit=2).page()
    assert [version.key for version in page.items] == ["a", "b"]
    assert db.changes(namespace=ns).page(page.cursor).items[0].deleted
    assert [version.key for version in db.changes(namespace=ns, prefix="b")] == ["b"]
    with pytest.raises(koru_delta.InvalidCursor):
        db.changes(since="nonsense").all()


def test_many_changes_are_paged(db: Any, ns: str) -> None:
    db.batch_put([(ns, str(n), n) for n in range(2_500)])
    assert [version.value for version in db.changes(namespace=ns)] == list(range(2_500))
    assert len(db.changes(namespace=ns, limit=1_234).all()) == 1_234


def test_watch_begins_at_its_own_moment(db: Any, ns: str) -> None:
    db.put(ns, "before", 0)
    feed = db.watch(namespace=ns)
    db.put(ns, "a", 1)
    db.put(ns, "b", 2, actor="ann")
    assert (next(feed).key, next(feed).actor) == ("a", "ann")
    cursor = feed.cursor
    db.put(ns, "c", 3)
    assert next(db.watch(since=cursor, namespace=ns)).key == "c"


def test_watch_waits(db: Any, ns: str) -> None:
    feed = db.watch(namespace=ns)
    begin = time.monotonic()
    threading.Timer(0.5, lambda: db.put(ns, "late", 1)).start()
    assert next(feed).key == "late"
    assert 0.3 < time.monotonic() - begin < 10


Open = Callable[[], Any]


@pytest.fixture(params=["sync-stdio", "sync-http", "async-stdio", "async-http"])
def fresh(request: pytest.FixtureRequest, loop: LoopThread, new_server: Any) -> Open:
    """Opens databases that nobody else knows."""
    voice, carrier = request.param.split("-")

    def open_one() -> Any:
        url = new_server("--memory").url if carrier == "http" else None
        if voice == "sync":
            db: Any = KoruDelta.connect(url) if url else KoruDelta.start()
        else:
            opening = AsyncKoruDelta.connect(url) if url else AsyncKoruDelta.start()
            db = BlockingDatabase(loop.run(opening), loop)
        request.addfinalizer(db.close)
        return db

    return open_one


def test_watch_ends_when_the_database_is_closed(fresh: Open) -> None:
    db = fresh()
    seen: queue.Queue[Any] = queue.Queue()
    feed = db.watch()

    def follow() -> None:
        try:
            for version in feed:
                seen.put(version.key)
            seen.put("end")
        except BaseException as error:
            seen.put(error)

    thread = threading.Thread(target=follow)
    thread.start()
    db.put("n", "a", 1)
    assert seen.get(timeout=10) == "a"
    begin = time.monotonic()
    db.close()
    assert seen.get(timeout=10) == "end"
    assert time.monotonic() - begin < 5
    thread.join()
    with pytest.raises(koru_delta.Closed):
        db.get("n", "a")
    db.close()


def test_a_history_goes_out_and_in_again(fresh: Open) -> None:
    source = fresh()
    source.batch_put([("n", f"k{n}", {"n": n, "text": "é" * 500}) for n in range(1_000)])
    first = source.put("n", "a", 1)
    source.put("n", "a", 2)
    source.delete("n", "a")
    whole = b"".join(source.export())
    assert whole.count(b"\n") > 1_000
    copy = fresh()
    report = copy.import_(whole)
    assert report.versions == 1_003
    assert [version.value for version in copy.history("n", "a")] == [ABSENT, 2, 1]
    assert copy.get_at("n", "a", first.timestamp) == 1
    with pytest.raises(koru_delta.ImportRefused):
        copy.import_(whole)
    assert copy.import_([whole[:1_000], whole[1_000:]], restamp=True).versions == 1_003
    with pytest.raises((koru_delta.ExportDamaged, koru_delta.InvalidLine)):
        fresh().import_(whole[:-30])
    assert len(b"".join(source.export(at=first))) < len(whole)
    with pytest.raises(koru_delta.InvalidMoment):
        list(source.export(at="yesterday"))


def test_an_export_that_nobody_reads_to_its_end(fresh: Open) -> None:
    db = fresh()
    db.batch_put([("n", str(n), "x" * 2_000) for n in range(4_000)])
    for _ in range(3):
        pieces = iter(db.export())
        assert next(pieces)
        if hasattr(pieces, "close"):
            pieces.close()
    assert db.get("n", "3999") == "x" * 2_000
