"""Processes that die, stop or are forked, and tasks that are cancelled."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import KDELTA
from proxy import Proxy
from voices import BlockingDatabase, LoopThread

import koru_delta
from koru_delta import AsyncKoruDelta, KoruDelta


@pytest.fixture(params=["sync", "async"])
def bridged(request: pytest.FixtureRequest, loop: LoopThread, tmp_path: Path) -> Any:
    """A database in a folder, over a bridge of its own."""
    if request.param == "sync":
        db: Any = KoruDelta.start_with_path(tmp_path / "data")
    else:
        db = BlockingDatabase(loop.run(AsyncKoruDelta.start_with_path(tmp_path / "data")), loop)
    request.addfinalizer(db.close)
    return db


def pid_of(db: Any) -> int:
    return int(db._session.transport.pid)


def test_a_bridge_that_is_killed(bridged: Any, tmp_path: Path) -> None:
    db = bridged
    acknowledged = db.put("n", "a", 1)
    feed = db.watch()
    failures: list[BaseException] = []

    def wait() -> None:
        try:
            next(feed)
        except BaseException as error:
            failures.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    time.sleep(0.3)
    os.kill(pid_of(db), signal.SIGKILL)
    waiting.join(10)
    assert not waiting.is_alive()
    assert isinstance(failures[0], koru_delta.ConnectionLost)
    begin = time.monotonic()
    with pytest.raises(koru_delta.ConnectionLost) as lost:
        db.put("n", "b", 1)
    assert "died of signal 9" in str(lost.value)
    assert lost.value.facts["outcome"] == "not_done"
    with pytest.raises(koru_delta.ConnectionLost):
        db.get("n", "a")
    assert time.monotonic() - begin < 5
    db.close()
    with KoruDelta.start_with_path(tmp_path / "data") as again:
        assert again.get_version("n", "a").version == acknowledged.version


def test_a_bridge_that_dies_under_a_write(bridged: Any) -> None:
    db = bridged
    os.kill(pid_of(db), signal.SIGSTOP)
    failures: list[BaseException] = []

    def write() -> None:
        try:
            db.put("n", "a", 1)
        except BaseException as error:
            failures.append(error)

    writing = threading.Thread(target=write)
    writing.start()
    time.sleep(0.3)
    os.kill(pid_of(db), signal.SIGKILL)
    writing.join(10)
    assert isinstance(failures[0], koru_delta.ConnectionLost)
    assert failures[0].facts["outcome"] == "unknown"


def test_a_bridge_that_stops(bridged: Any) -> None:
    db = bridged
    os.kill(pid_of(db), signal.SIGSTOP)
    try:
        begin = time.monotonic()
        with pytest.raises(koru_delta.Timeout) as late:
            db.put("n", "a", 1, timeout=0.3)
        assert late.value.facts["outcome"] == "unknown"
        assert time.monotonic() - begin < 3
    finally:
        os.kill(pid_of(db), signal.SIGCONT)
    assert db.put("n", "b", 2).seq > 0


def test_a_stopped_bridge_does_not_hold_up_a_large_write(bridged: Any) -> None:
    db = bridged
    os.kill(pid_of(db), signal.SIGSTOP)
    try:
        with pytest.raises((koru_delta.Timeout, koru_delta.ConnectionLost)):
            db.put("n", "large", "x" * (4 << 20), timeout=0.5)
    finally:
        os.kill(pid_of(db), signal.SIGCONT)


def test_the_bridge_ends_with_its_client(tmp_path: Path) -> None:
    script = f"""
import os, koru_delta
db = koru_delta.KoruDelta.start_with_path({str(tmp_path / "data")!r})
db.put("n", "a", 1)
print(db._session.transport.pid, flush=True)
os.kill(os.getpid(), 9)
"""
    printed = run_python(script)
    pid = int(printed)
    for _ in range(100):
        if not Path(f"/proc/{pid}").exists():
            break
        time.sleep(0.1)
    with KoruDelta.start_with_path(tmp_path / "data") as again:
        assert again.get("n", "a") == 1


def run_python(script: str) -> str:
    import subprocess

    environment = {**os.environ, "PYTHONPATH": str(Path(koru_delta.__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=60)
    return done.stdout


def test_a_client_that_was_never_closed_lets_the_program_end() -> None:
    script = "import koru_delta; db = koru_delta.KoruDelta.start(); db.put('n', 'a', 1); print('end')"
    assert run_python(script) == "end\n"


def test_the_folder_is_held_by_another(tmp_path: Path) -> None:
    with KoruDelta.start_with_path(tmp_path / "data") as db:
        db.put("n", "a", 1)
        with pytest.raises(koru_delta.DatabaseLocked) as locked:
            KoruDelta.start_with_path(tmp_path / "data")
        assert locked.value.retryable
        with pytest.raises(koru_delta.DatabaseLocked):
            asyncio.run(open_and_close(tmp_path / "data"))


async def open_and_close(path: Path) -> None:
    async with AsyncKoruDelta.start_with_path(path):
        pass


def test_a_folder_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(koru_delta.NotADatabase):
        KoruDelta.start_with_path(tmp_path)
    with pytest.raises(koru_delta.Unreadable):
        asyncio.run(open_and_close(tmp_path))


def test_sealed_databases(tmp_path: Path) -> None:
    key = "5a" * 32
    (tmp_path / "key").write_text(key)
    with KoruDelta.start_with_path(tmp_path / "data", key=key) as db:
        db.put("n", "a", "secret")
        assert db.stats().sealed
    with KoruDelta.start_with_path(tmp_path / "data", key_file=tmp_path / "key") as db:
        assert db.get("n", "a") == "secret"
    with pytest.raises(koru_delta.SealKeyRequired):
        KoruDelta.start_with_path(tmp_path / "data")
    with pytest.raises(koru_delta.WrongSealKey) as wrong:
        KoruDelta.start_with_path(tmp_path / "data", key="00" * 32)
    assert "00" * 32 not in str(wrong.value)
    with pytest.raises(koru_delta.InvalidParams):
        KoruDelta.start_with_path(tmp_path / "data", key=key, passphrase="both")
    with KoruDelta.start_with_path(tmp_path / "other", passphrase="open sesame") as db:
        db.put("n", "a", 1)
    with KoruDelta.start_with_path(tmp_path / "other", passphrase="open sesame") as db:
        assert db.get("n", "a") == 1


@pytest.mark.parametrize("voice", ["sync", "async"])
def test_a_server_that_is_killed(new_server: Any, loop: LoopThread, voice: str, tmp_path: Path) -> None:
    server = new_server("--db", str(tmp_path / "data"))
    if voice == "sync":
        db: Any = KoruDelta.connect(server.url, retries=0)
    else:
        db = BlockingDatabase(loop.run(AsyncKoruDelta.connect(server.url, retries=0)), loop)
    acknowledged = db.put("n", "a", 1)
    port = server.port
    server.kill()
    with pytest.raises((koru_delta.Unreachable, koru_delta.ConnectionLost)) as lost:
        db.put("n", "b", 1)
    assert lost.value.facts["outcome"] == "not_done"
    with pytest.raises(koru_delta.NotAvailable):
        db.get("n", "a")
    new_server("--db", str(tmp_path / "data"), port=port)
    assert db.get_version("n", "a").version == acknowledged.version
    db.close()


def test_a_named_write_is_known_again_by_the_next_server(new_server: Any, tmp_path: Path) -> None:
    server = new_server("--db", str(tmp_path / "data"))
    proxy = Proxy(server.port)
    db = KoruDelta.connect(proxy.url, retries=0)
    proxy.plan.append("lose answer")
    items = [("n", str(n), n) for n in range(1_000)]
    with pytest.raises(koru_delta.ConnectionLost) as lost:
        db.batch_put(items, idempotency_key="the-one")
    assert lost.value.facts["outcome"] == "unknown"
    server.kill()
    port = server.port
    new_server("--db", str(tmp_path / "data"), port=port)
    receipt = db.batch_put(items, idempotency_key="the-one")
    assert (receipt.count, receipt.last_seq) == (1_000, 1_000)
    assert db.stats().versions == 1_000
    db.close()
    proxy.close()


@pytest.mark.parametrize("carrier", ["stdio", "http"])
def test_a_cancelled_task_leaves_the_client_as_it_was(server: Any, carrier: str, ns: str) -> None:
    async def scene() -> None:
        opening = AsyncKoruDelta.connect(server.url) if carrier == "http" else AsyncKoruDelta.start()
        async with opening as db:
            feed = await db.watch(namespace=ns)
            waiting = asyncio.ensure_future(anext(feed))
            await asyncio.sleep(0.3)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            tasks = [asyncio.ensure_future(db.put(ns, str(n), n)) for n in range(50)]
            await asyncio.sleep(0)
            for task in tasks[::2]:
                task.cancel()
            done = await asyncio.gather(*tasks, return_exceptions=True)
            assert all(isinstance(each, koru_delta.Version) for each in done[1::2])
            assert await db.get(ns, "49") == 49
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(anext(feed_of_nothing(db, ns)), 0.2)
            assert await db.put(ns, "after", 1)

    asyncio.run(scene())


def feed_of_nothing(db: AsyncKoruDelta, ns: str) -> Any:
    return db.watch(namespace=f"{ns}-nothing")


@pytest.mark.parametrize("carrier", ["stdio", "http"])
def test_many_threads(server: Any, carrier: str, ns: str) -> None:
    db = KoruDelta.connect(server.url) if carrier == "http" else KoruDelta.start()
    failures: list[BaseException] = []

    def work(name: int) -> None:
        try:
            for n in range(30):
                db.put(ns, f"{name}-{n}", n)
                assert db.get(ns, f"{name}-{n}") == n
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(db.list(ns).all()) == 360
    db.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_after_a_fork(server: Any) -> None:
    script = f"""
import os, koru_delta
bridge, remote = koru_delta.KoruDelta.start(), koru_delta.KoruDelta.connect({server.url!r})
bridge.put("n", "a", 1); remote.put("fork", "a", 1)
child = os.fork()
if child == 0:
    try:
        bridge.get("n", "a")
    except koru_delta.Closed as error:
        print("fork" in error.detail, remote.get("fork", "a"), flush=True)
    bridge.close(); remote.close()
    os._exit(0)
os.waitpid(child, 0)
print(bridge.get("n", "a"), remote.get("fork", "a"))
"""
    assert run_python(script) == "True 1\n1 1\n"


@pytest.mark.parametrize("voice", ["sync", "async"])
def test_programs_that_are_no_bridge(voice: str, tmp_path: Path) -> None:
    def opened(*command: str) -> None:
        if voice == "sync":
            KoruDelta.start(bridge=command, timeout=5).close()
            return

        async def scene() -> None:
            async with AsyncKoruDelta.start(bridge=command, timeout=5):
                pass

        asyncio.run(scene())

    with pytest.raises(koru_delta.BridgeNotFound):
        opened(str(tmp_path / "nothing"))
    with pytest.raises(koru_delta.BridgeNotFound):
        opened(str(tmp_path))
    with pytest.raises(koru_delta.ConnectionLost) as lost:
        opened(sys.executable, "-c", "import sys; sys.exit('I am no bridge')")
    assert "I am no bridge" in str(lost.value)
    with pytest.raises(koru_delta.ConnectionLost):
        opened(sys.executable, "-c", "print('hello'); import time; time.sleep(9)")
    with pytest.raises(koru_delta.KoruDeltaError):
        opened(*KDELTA, "--no-such-option")
