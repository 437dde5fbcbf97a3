"""A real server, real bridges, and the four ways to talk to them."""

from __future__ import annotations

import json
import os
import subprocess
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from voices import BlockingDatabase, LoopThread

from koru_delta import AsyncKoruDelta, KoruDelta

ROOT = Path(__file__).resolve().parents[3]
KDELTA = ["node", str(ROOT / "packages/cli/dist/kdelta.js")]
WAYS = ["sync-stdio", "sync-http", "async-stdio", "async-http"]


class Server:
    """`kdelta start` as a child process."""

    def __init__(self, *options: str, port: int = 0, environment: dict[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            [*KDELTA, "start", "--port", str(port), "--json", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **(environment or {})},
        )
        assert self.process.stdout
        self.url: str = json.loads(self.process.stdout.readline())["url"]

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)
        self._forget()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self._forget()

    def _forget(self) -> None:
        assert self.process.stdout
        self.process.stdout.close()


@pytest.fixture(scope="session", autouse=True)
def _bridge() -> Iterator[None]:
    """The bridge of this repository, which every test finds in the environment."""
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith("KDELTA_")]:
        del os.environ[name]
    os.environ["KDELTA_BRIDGE"] = " ".join(KDELTA)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A server with a database in memory."""
    server = Server("--memory")
    yield server
    server.stop()


@pytest.fixture
def new_server() -> Iterator[Callable[..., Server]]:
    """Starts servers of a test's own."""
    started: list[Server] = []

    def start(*options: str, **more: Any) -> Server:
        started.append(Server(*options, **more))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.stop()


@pytest.fixture(scope="session")
def loop() -> Iterator[LoopThread]:
    thread = LoopThread()
    yield thread
    thread.stop()


@pytest.fixture(scope="session")
def clients(request: pytest.FixtureRequest, loop: LoopThread) -> Iterator[Callable[[str], Any]]:
    """The client of a way, opened once."""
    opened: dict[str, Any] = {}

    def client(way: str) -> Any:
        if way not in opened:
            voice, carrier = way.split("-")
            url = request.getfixturevalue("server").url if carrier == "http" else None
            if voice == "sync":
                opened[way] = KoruDelta.connect(url) if url else KoruDelta.start()
            else:
                opening = AsyncKoruDelta.connect(url) if url else AsyncKoruDelta.start()
                opened[way] = BlockingDatabase(loop.run(opening), loop)
        return opened[way]

    yield client
    for each in opened.values():
        each.close()


@pytest.fixture(params=WAYS)
def db(request: pytest.FixtureRequest, clients: Callable[[str], Any]) -> Any:
    """Each of the four clients, with the methods of the one for threads. Their databases are shared by all tests."""
    return clients(request.param)


@pytest.fixture
def ns() -> str:
    """A namespace that no other test knows."""
    return f"n{uuid.uuid4().hex[:12]}"
