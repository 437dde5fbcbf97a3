"""Carries calls over HTTP, for threads."""

from __future__ import annotations

import os
import select
import socket
import ssl
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from ._address import Address, unreachable
from ._http11 import LAST_CHUNK, BadResponse, Head, ResponseReader, chunk
from ._response import answer_of, problem, uploaded
from ._routes import download_head, rpc_head, upload_head
from ._wire import Answer, Request, closed, late, line, lost

#: So many connections may wait for the next call.
_IDLE_MAX = 16
_PIECE = 256 << 10


class _Connection:
    """One connection; it serves one call at a time."""

    def __init__(self, address: Address, call: Request, context: ssl.SSLContext | None) -> None:
        try:
            plain = socket.create_connection((address.host, address.port), timeout=_patience(call))
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket = context.wrap_socket(plain, server_hostname=address.host) if context else plain
        except OSError as error:
            raise unreachable(address, error) from error
        self.begin()

    def begin(self) -> None:
        """Makes it ready for the next call."""
        #: Whether the request has been sent whole.
        self.sent = False
        #: Whether the response has been read whole, and another call may follow.
        self.free = False

    def send(self, call: Request, data: bytes) -> None:
        self._socket.settimeout(_patience(call))
        self._socket.sendall(data)

    def response(self, call: Request) -> tuple[Head, Iterator[bytes]]:
        """The head of the response, and its body as it comes."""
        reader = ResponseReader()
        while reader.head is None:
            reader.feed(self._receive(call))
        return reader.head, self._body(call, reader, reader.head)

    def has_news(self) -> bool:
        """Whether the server has sent something, be it its end."""
        if not hasattr(select, "poll"):
            return bool(select.select([self._socket], [], [], 0)[0])
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return bool(poll.poll(0))

    def interrupt(self) -> None:
        """Ends the call that waits on it in another thread."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            # It has ended by itself.
            return

    def close(self) -> None:
        self._socket.close()

    def _receive(self, call: Request) -> bytes:
        self._socket.settimeout(_patience(call))
        return self._socket.recv(_PIECE)

    def _body(self, call: Request, reader: ResponseReader, head: Head) -> Iterator[bytes]:
        while True:
            if data := reader.take():
                yield data
            if reader.done:
                break
            reader.feed(self._receive(call))
        self.free = head.keep_alive and self.sent


def _patience(call: Request) -> float:
    """How long a socket may wait; for the socket, 0 would mean something else."""
    return max(call.left(), 0.001)


class HttpTransport:
    """The connections to one server. Any thread may call; each call has a connection for itself."""

    def __init__(self, address: Address, context: ssl.SSLContext | None = None) -> None:
        self._address = address
        self._context = (context or ssl.create_default_context()) if address.secure else None
        self._lock = threading.Lock()
        self._idle: list[_Connection] = []
        self._reading: set[_Connection] = set()
        self._process = os.getpid()
        self._closed = False

    def __repr__(self) -> str:
        return self._address.url

    def exchange(self, call: Request) -> Answer:
        """Sends a call and waits for its answer."""
        body = line(call, 1)
        with self._connection(call) as connection:
            connection.send(call, rpc_head(self._address, len(body)) + body)
            connection.sent = True
            head, rest = connection.response(call)
            return answer_of(call, head, b"".join(rest))

    def upload(self, call: Request, pieces: Iterable[bytes]) -> Answer:
        """Sends lines of any length. Nothing is written when they do not come to their end."""
        with self._connection(call) as connection:
            connection.send(call, upload_head(self._address, call))
            for piece in pieces:
                for at in range(0, len(piece), _PIECE):
                    connection.send(call, chunk(piece[at : at + _PIECE]))
                    call.renew()
                if connection.has_news():
                    # It is refused before its end.
                    break
            else:
                connection.send(call, LAST_CHUNK)
                connection.sent = True
            head, rest = connection.response(call)
            return uploaded(call, head, b"".join(rest))

    def download(self, call: Request) -> Iterator[bytes]:
        """The pieces of what is answered by lines."""
        with self._connection(call) as connection:
            connection.send(call, download_head(self._address, call))
            connection.sent = True
            head, rest = connection.response(call)
            if head.status != 200:
                raise problem(call, head, b"".join(rest))
            for piece in rest:
                call.renew()
                yield piece
                call.renew()

    def close(self) -> None:
        """Ends reads that wait, and lets the writes under way end."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            reading = list(self._reading)
        for connection in idle:
            connection.close()
        for connection in reading:
            connection.interrupt()

    @contextmanager
    def _connection(self, call: Request) -> Iterator[_Connection]:
        """A connection for one call."""
        connection = self._take(call)
        try:
            yield connection
        except TimeoutError as error:
            raise late(call, sent=connection.sent) from error
        except (OSError, BadResponse) as error:
            if self._closed:
                raise closed() from error
            raise lost(call, f"The connection to {self._address} broke: {error}.", sent=connection.sent) from error
        finally:
            self._give_back(connection)

    def _take(self, call: Request) -> _Connection:
        while connection := self._idle_one():
            if not connection.has_news():
                connection.begin()
                break
            connection.close()
        connection = connection or _Connection(self._address, call, self._context)
        if not call.writes:
            with self._lock:
                self._reading.add(connection)
        return connection

    def _idle_one(self) -> _Connection | None:
        with self._lock:
            if self._closed:
                raise closed()
            if self._process != os.getpid():
                # After a fork the connections are those of the parent.
                self._process, self._idle, self._reading = os.getpid(), [], set()
            return self._idle.pop() if self._idle else None

    def _give_back(self, connection: _Connection) -> None:
        with self._lock:
            self._reading.discard(connection)
            keep = connection.free and not self._closed and len(self._idle) < _IDLE_MAX
            if keep:
                self._idle.append(connection)
        if not keep:
            connection.close()
