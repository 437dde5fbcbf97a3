"""What is sent again, and what never is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from proxy import Proxy
from voices import BlockingDatabase, LoopThread

import koru_delta
from koru_delta import AsyncKoruDelta, KoruDelta
from koru_delta._retry import pause


@pytest.fixture
def proxy(server: Any) -> Iterator[Proxy]:
    proxy = Proxy(server.port)
    yield proxy
    proxy.close()


@pytest.fixture(params=["sync", "async"])
def through(request: pytest.FixtureRequest, proxy: Proxy, loop: LoopThread) -> Iterator[Any]:
    """A client that speaks through the proxy."""
    if request.param == "sync":
        db: Any = KoruDelta.connect(proxy.url)
    else:
        db = BlockingDatabase(loop.run(AsyncKoruDelta.connect(proxy.url)), loop)
    proxy.seen.clear()
    yield db
    db.close()


@pytest.fixture
def direct(clients: Any) -> Any:
    return clients("sync-http")


@pytest.mark.parametrize("fault", ["lose request", "lose answer", "half answer", "busy", "garbage"])
def test_a_read_is_sent_again(through: Any, proxy: Proxy, direct: Any, ns: str, fault: str) -> None:
    direct.put(ns, "a", 1)
    proxy.plan.extend([fault, fault])
    assert through.get(ns, "a") == 1
    assert proxy.seen == [fault, fault, "pass"]


def test_but_not_for_ever(through: Any, proxy: Proxy, ns: str) -> None:
    proxy.plan.extend(["busy"] * 5)
    with pytest.raises(koru_delta.Unavailable):
        through.get(ns, "a")
    assert len(proxy.seen) == 3


def test_a_write_is_not_when_it_may_have_happened(through: Any, proxy: Proxy, direct: Any, ns: str) -> None:
    proxy.plan.append("lose answer")
    with pytest.raises(koru_delta.ConnectionLost) as lost:
        through.put(ns, "a", 1)
    assert lost.value.facts["outcome"] == "unknown"
    assert "not known" in str(lost.value)
    assert proxy.seen == ["lose answer"]
    assert direct.get(ns, "a") == 1


@pytest.mark.parametrize("fault", ["lose answer", "lose request", "half answer"])
def test_a_named_write_is_sent_again_and_written_once(
    through: Any, proxy: Proxy, direct: Any, ns: str, fault: str
) -> None:
    proxy.plan.append(fault)
    version = through.put(ns, "a", 1, idempotency_key=f"once-{ns}")
    assert proxy.seen == [fault, "pass"]
    assert [each.version for each in direct.history(ns, "a")] == [version.version]
    proxy.plan.append(fault)
    receipt = through.batch_put([(ns, "b", 1), (ns, "c", 1)], idempotency_key=f"batch-{ns}")
    assert receipt.count == 2
    assert len(direct.history(ns, "b").all()) == 1


def test_a_write_that_was_turned_away_is_sent_again(through: Any, proxy: Proxy, direct: Any, ns: str) -> None:
    proxy.plan.append("busy")
    through.put(ns, "a", 1)
    assert proxy.seen == ["busy", "pass"]
    assert len(direct.history(ns, "a").all()) == 1


def test_a_conflict_is_an_answer(through: Any, proxy: Proxy, direct: Any, ns: str) -> None:
    direct.put(ns, "a", 1)
    with pytest.raises(koru_delta.Conflict):
        through.put(ns, "a", 2, if_version=None, idempotency_key=f"guard-{ns}")
    assert proxy.seen == ["pass"]


def test_time_is_up(through: Any, proxy: Proxy, ns: str) -> None:
    proxy.plan.extend(["hang", "hang"])
    begin = time.monotonic()
    with pytest.raises(koru_delta.Timeout) as late:
        through.put(ns, "a", 1, timeout=0.3)
    assert late.value.facts["outcome"] == "unknown"
    with pytest.raises(koru_delta.Timeout) as late:
        through.get(ns, "a", timeout=0.3)
    assert late.value.facts["outcome"] == "not_done"
    assert time.monotonic() - begin < 3
    assert through.get(ns, "a") is None


def test_the_pauses() -> None:
    error = koru_delta.Unavailable("busy")
    for attempt, longest in enumerate([0.5, 1, 2, 4, 8, 8]):
        assert all(longest * 0.75 <= pause(attempt, error) <= longest for _ in range(20))
    error.facts = {"retryAfter": 3}
    assert pause(0, error) == 3


@pytest.mark.parametrize("voice", ["sync", "async"])
def test_nobody_there(loop: LoopThread, voice: str) -> None:
    url = "http://127.0.0.1:1"
    with pytest.raises(koru_delta.Unreachable) as nobody:
        if voice == "sync":
            KoruDelta.connect(url, retries=0)
        else:
            loop.run(AsyncKoruDelta.connect(url, retries=0))
    assert "kdelta start" in str(nobody.value)


@pytest.mark.parametrize(
    "url", ["", "localhost", "ftp://a", "http://", "http://a:b", "http://u:p@a", "http://a?x=1", "http://a:99999999"]
)
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(koru_delta.InvalidParams):
        KoruDelta.connect(url)


def test_a_header_cannot_be_broken_out_of() -> None:
    for key in ("a\r\nX: y", "", "é", "a b"):
        with pytest.raises(koru_delta.InvalidParams):
            KoruDelta.connect("http://127.0.0.1:1", key=key)
