"""Servers that want a key, and servers behind TLS."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import KDELTA, Server
from voices import BlockingDatabase, LoopThread

import koru_delta
from koru_delta import AsyncKoruDelta, KoruDelta

Connect = Callable[..., Any]


@pytest.fixture(params=["sync", "async"])
def connect(request: pytest.FixtureRequest, loop: LoopThread) -> Connect:
    def connected(url: str, **options: Any) -> Any:
        if request.param == "sync":
            db: Any = KoruDelta.connect(url, retries=0, **options)
        else:
            db = BlockingDatabase(loop.run(AsyncKoruDelta.connect(url, retries=0, **options)), loop)
        request.addfinalizer(db.close)
        return db

    return connected


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, str]]:
    """A server with keys, and one that may read and write `users`."""
    place = ["--db", str(tmp_path_factory.mktemp("guarded") / "data"), "--json"]
    command = [*KDELTA, "key", "create", "app", "--read", "users", "--write", "users", *place]
    key = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["key"]
    server = Server(*place)
    yield server, key
    server.stop()


def test_a_key_is_wanted(connect: Connect, guarded: tuple[Server, str]) -> None:
    server, key = guarded
    for bad in (None, key[:-1] + ("a" if key[-1] != "a" else "b"), "kdelta_nonsense"):
        with pytest.raises(koru_delta.Unauthorized) as refused:
            connect(server.url, key=bad)
        assert isinstance(refused.value, koru_delta.KeyRefused)
        assert "key=" in str(refused.value)
        assert bad is None or bad not in str(refused.value)


def test_a_key_has_its_namespaces(connect: Connect, guarded: tuple[Server, str]) -> None:
    server, key = guarded
    db = connect(server.url, key=key)
    feed = db.watch(namespace="users")
    db.transact(lambda tx: tx.put("users", "a", (tx.get("users", "a") or 0) + 1))
    assert next(feed).key == "a"
    assert db.get_many("users", ["a"])
    for call in (
        lambda: db.put("other", "a", 1),
        lambda: db.get("other", "a"),
        lambda: db.verify(),
        lambda: list(db.export()),
        lambda: db.import_("{}"),
    ):
        with pytest.raises(koru_delta.Forbidden):
            call()
    assert key not in repr(db)


class TlsFront:
    """Ends TLS in front of a server, as a proxy does."""

    def __init__(self, folder: Path, port: int) -> None:
        self.certificate = folder / "certificate.pem"
        key = folder / "key.pem"
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        subject = ["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
        files = ["-keyout", str(key), "-out", str(self.certificate)]
        subprocess.run([*command, *subject, *files], check=True, capture_output=True)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(self.certificate, key)
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://localhost:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(plain,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        try:
            with (
                self._context.wrap_socket(plain, server_side=True) as client,
                socket.create_connection(("127.0.0.1", self._target)) as server,
            ):
                # The client asks and is answered, one after the other.
                back = threading.Thread(target=_pour, args=(server, client), daemon=True)
                back.start()
                _pour(client, server)
                back.join()
        except OSError:
            plain.close()


def _pour(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(1 << 16):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")
def test_tls(connect: Connect, server: Server, tmp_path: Path, ns: str) -> None:
    front = TlsFront(tmp_path, server.port)
    with pytest.raises(koru_delta.Unreachable) as untrusted:
        connect(front.url)
    assert "certificate" in untrusted.value.detail.lower()
    db = connect(front.url, ssl=ssl.create_default_context(cafile=front.certificate))
    db.put(ns, "a", "x" * 300_000)
    assert [db.get(ns, "a") for _ in range(3)] == ["x" * 300_000] * 3
    assert db.batch_put(lines=f'{{"key":"{ns}/b","value":1}}').count == 1
    db.close()
    front.close()
