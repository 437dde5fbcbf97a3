"""A proxy that fails on purpose, in front of a real server."""

from __future__ import annotations

import json
import socket
import threading
from collections import deque

from koru_delta._http11 import ResponseReader

BUSY = json.dumps({"code": "unavailable", "detail": "The server is starting.", "retryable": True}).encode()


class Proxy:
    """Carries one request a connection. What happens to each is told before, in `plan`; when that is empty, it passes.

    - `pass`: it goes to the server, and its answer back;
    - `lose request`: it goes nowhere, and the connection ends;
    - `lose answer`: it goes to the server, and the answer nowhere;
    - `half answer`: the answer breaks off;
    - `busy`: the proxy says 503 in its place;
    - `garbage`: something comes back that is no HTTP;
    - `hang`: nothing comes back for a long time.
    """

    def __init__(self, port: int) -> None:
        self.plan: deque[str] = deque()
        self.seen: list[str] = []
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._ended = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def close(self) -> None:
        self._ended.set()
        self._listener.close()
        for each in self._open:
            each.close()

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(client)
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            request = read_request(client)
            if not request:
                return
            act = self.plan.popleft() if self.plan else "pass"
            self.seen.append(act)
            if act in ("pass", "lose answer", "half answer"):
                answer = self._ask(request)
                client.sendall({"pass": answer, "half answer": answer[:-5], "lose answer": b""}[act])
            elif act == "busy":
                head = (
                    "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\nRetry-After: 0\r\n"
                )
                client.sendall(f"{head}Content-Length: {len(BUSY)}\r\nConnection: close\r\n\r\n".encode() + BUSY)
            elif act == "garbage":
                client.sendall(b"220 mail.example ESMTP\r\n\r\n")
            elif act == "hang":
                self._ended.wait(30)

    def _ask(self, request: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self._target)) as server:
            server.sendall(request)
            reader, answer = ResponseReader(), b""
            while not reader.done:
                data = server.recv(1 << 16)
                answer += data
                reader.feed(data)
            # The connection is for one request; the server's own word about it does not hold here.
            head, _, body = answer.partition(b"\r\n\r\n")
            lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
            return b"\r\n".join((*lines, b"Connection: close", b"", body))


def read_request(client: socket.socket) -> bytes:
    """One whole request with a Content-Length, or nothing."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = client.recv(1 << 16)
        if not piece:
            return b""
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
    )
    while len(body) < length:
        body += client.recv(1 << 16)
    return head + b"\r\n\r\n" + body
