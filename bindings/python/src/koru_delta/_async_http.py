"""Carries calls over HTTP, for asyncio."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager

from ._address import Address, unreachable
from ._http11 import LAST_CHUNK, BadResponse, Head, ResponseReader, chunk
from ._response import answer_of, problem, uploaded
from ._routes import download_head, rpc_head, upload_head
from ._timer import Timer
from ._wire import Answer, Request, closed, late, line, lost

#: So many connections are open at a time; further calls wait for one of them.
_CONNECTIONS_MAX = 32
_PIECE = 256 << 10


class _Connection:
    """One connection; it serves one call at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.begin()

    def begin(self) -> None:
        """Makes it ready for the next call."""
        #: Whether the request has been sent whole.
        self.sent = False
        #: Whether the response has been read whole, and another call may follow.
        self.free = False
        #: Whether it was ended because the time of its call was over.
        self.late = False

    @property
    def is_stale(self) -> bool:
        """Whether the server has ended it."""
        return self._reader.at_eof() or self._writer.is_closing()

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def response(self) -> tuple[Head, AsyncIterator[bytes]]:
        """The head of the response, and its body as it comes."""
        reader = ResponseReader()
        while reader.head is None:
            reader.feed(await self._reader.read(_PIECE))
        return reader.head, self._body(reader, reader.head)

    def overdue(self) -> None:
        """Ends the call on it, whose time is over."""
        self.late = True
        self.close()

    def close(self) -> None:
        self._writer.transport.abort()

    async def _body(self, reader: ResponseReader, head: Head) -> AsyncIterator[bytes]:
        while True:
            if data := reader.take():
                yield data
            if reader.done:
                break
            reader.feed(await self._reader.read(_PIECE))
        self.free = head.keep_alive and self.sent


async def _joined(pieces: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in pieces])


class AsyncHttpTransport:
    """The connections to one server, for the tasks of one event loop."""

    def __init__(self, address: Address, context: ssl.SSLContext | None = None) -> None:
        self._address = address
        self._context = (context or ssl.create_default_context()) if address.secure else None
        self._room = asyncio.Semaphore(_CONNECTIONS_MAX)
        self._idle: list[_Connection] = []
        self._reading: set[_Connection] = set()
        self._closed = False

    def __repr__(self) -> str:
        return self._address.url

    async def exchange(self, call: Request) -> Answer:
        """Sends a call and waits for its answer."""
        body = line(call, 1)
        async with self._connection(call) as connection:
            # When this fails, a part of the request is still on this side: it was not sent whole.
            await connection.send(rpc_head(self._address, len(body)) + body)
            connection.sent = True
            head, rest = await connection.response()
            return answer_of(call, head, await _joined(rest))

    async def upload(self, call: Request, pieces: AsyncIterable[bytes]) -> Answer:
        """Sends lines of any length. Nothing is written when they do not come to their end."""
        async with self._connection(call) as connection:
            response = asyncio.ensure_future(connection.response())
            try:
                await connection.send(upload_head(self._address, call))
                async for piece in pieces:
                    for at in range(0, len(piece), _PIECE):
                        await connection.send(chunk(piece[at : at + _PIECE]))
                        call.renew()
                    if response.done():
                        # It is refused before its end.
                        break
                else:
                    await connection.send(LAST_CHUNK)
                    connection.sent = True
                head, rest = await response
            finally:
                response.cancel()
            return uploaded(call, head, await _joined(rest))

    async def download(self, call: Request) -> AsyncIterator[bytes]:
        """The pieces of what is answered by lines."""
        async with self._connection(call) as connection:
            await connection.send(download_head(self._address, call))
            connection.sent = True
            head, rest = await connection.response()
            if head.status != 200:
                raise problem(call, head, await _joined(rest))
            async for piece in rest:
                call.renew()
                yield piece
                call.renew()

    async def close(self) -> None:
        """Ends reads that wait, and lets the writes under way end."""
        self._closed = True
        for connection in (*self._idle, *self._reading):
            connection.close()
        self._idle.clear()

    @asynccontextmanager
    async def _connection(self, call: Request) -> AsyncIterator[_Connection]:
        """A connection for one call. When the time of the call is over it is ended, which wakes whoever waits on it."""
        async with self._room:
            connection = await self._take(call)
            timer = Timer(call, connection.overdue)
            try:
                yield connection
            except (OSError, BadResponse) as error:
                if connection.late:
                    raise late(call, sent=connection.sent) from error
                if self._closed:
                    raise closed() from error
                raise lost(call, f"The connection to {self._address} broke: {error}.", sent=connection.sent) from error
            finally:
                timer.cancel()
                self._give_back(connection)

    async def _take(self, call: Request) -> _Connection:
        if self._closed:
            raise closed()
        connection = None
        while self._idle and connection is None:
            connection = self._idle.pop()
            if connection.is_stale:
                connection.close()
                connection = None
        if connection:
            connection.begin()
        else:
            connection = await self._connect(call)
        if not call.writes:
            self._reading.add(connection)
        return connection

    async def _connect(self, call: Request) -> _Connection:
        place = self._address
        opening = asyncio.open_connection(place.host, place.port, ssl=self._context)
        try:
            return _Connection(*await asyncio.wait_for(opening, call.left()))
        except asyncio.TimeoutError as error:
            raise unreachable(place, OSError("it did not come about in time")) from error
        except OSError as error:
            raise unreachable(place, error) from error

    def _give_back(self, connection: _Connection) -> None:
        self._reading.discard(connection)
        if connection.free and not self._closed:
            self._idle.append(connection)
        else:
            connection.close()
