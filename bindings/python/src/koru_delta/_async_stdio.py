"""Carries calls over the pipes of a child process, for asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager

from ._bridge import Launch
from ._child import ENDING_SECONDS, LastWords, TextPieces, cannot_start
from ._errors import KoruDeltaError
from ._timer import Timer
from ._wire import Answer, Conversation, Ended, Incoming, Message, Request, closed, late, line, lost, notification

_PIECE = 256 << 10
#: So many messages of a stream may be under way.
_CREDIT = 4


class _Late(Ended):
    """What the inbox of a call is told when its time is over."""


class AsyncStdioTransport:
    """A bridge that is our child, for the tasks of one event loop. It ends when its pipe closes."""

    def __init__(self, child: asyncio.subprocess.Process) -> None:
        self._child = child
        self._conversation = Conversation()
        self._words = LastWords()
        self._closed = False
        assert child.stdin and child.stdout and child.stderr, "all three streams of the child are pipes"
        self._input = child.stdin
        self._hearing = asyncio.create_task(self._hear(child.stderr), name="koru-delta-words")
        self._reading = asyncio.create_task(self._read(child.stdout), name="koru-delta-answers")

    @classmethod
    async def start(cls, launch: Launch) -> AsyncStdioTransport:
        """Starts the child."""
        pipe = asyncio.subprocess.PIPE
        try:
            child = await asyncio.create_subprocess_exec(
                *launch.command, stdin=pipe, stdout=pipe, stderr=pipe, env=launch.environment
            )
        except OSError as error:
            raise cannot_start(launch, error) from error
        return cls(child)

    def __repr__(self) -> str:
        return f"bridge {self._child.pid}"

    @property
    def pid(self) -> int:
        """The child."""
        return self._child.pid

    async def opening_failure(self) -> KoruDeltaError:
        """Why the child ended before it said hello."""
        await self._reading
        return self._words.opening(self._child.returncode)

    async def exchange(self, call: Request) -> Answer:
        """Sends a call and waits for its answer."""
        async with self._opened(call) as (_, inbox):
            return await self._answer(call, inbox)

    async def upload(self, call: Request, pieces: AsyncIterable[bytes]) -> Answer:
        """Sends lines of any length. Nothing is written when they do not come to their end."""
        async with self._opened(call) as (name, inbox):
            texts = TextPieces()
            credit = 0
            async for piece in pieces:
                for text in texts.feed(piece):
                    while credit == 0 or not inbox.empty():
                        message = await self._next(call, inbox, sent=False)
                        if isinstance(message, Answer):
                            # It is refused before its end.
                            return message
                        credit += int(message.params["more"])
                    await self._write(call, notification("chunk", id=name, text=text))
                    credit -= 1
                    call.renew()
            texts.end()
            await self._write(call, notification("end", id=name))
            return await self._answer(call, inbox)

    async def download(self, call: Request) -> AsyncIterator[bytes]:
        """The pieces of what is answered by lines."""
        async with self._opened(call) as (name, inbox):
            await self._write(call, notification("credit", id=name, more=_CREDIT))
            while isinstance(message := await self._next(call, inbox), Message):
                yield str(message.params["text"]).encode()
                call.renew()
                await self._write(call, notification("credit", id=name, more=1))
            message.check()

    async def close(self) -> None:
        """Lets the child finish what it was told, and waits for its end."""
        if self._closed:
            return
        self._closed = True
        self._input.close()
        try:
            await asyncio.wait_for(asyncio.shield(self._reading), ENDING_SECONDS)
        except asyncio.TimeoutError:
            self._child.kill()
            await self._reading

    @asynccontextmanager
    async def _opened(self, call: Request) -> AsyncIterator[tuple[int, asyncio.Queue[Incoming]]]:
        """Sends a call. Whatever ends the wait for its answer but the answer itself, the other side is told."""
        if self._closed:
            raise closed()
        inbox: asyncio.Queue[Incoming] = asyncio.Queue()
        name = self._conversation.open(inbox.put_nowait)
        timer = Timer(call, lambda: inbox.put_nowait(_Late("")))
        try:
            await self._write(call, line(call, name))
            yield name, inbox
        except BaseException:
            self._cancel(name)
            raise
        finally:
            timer.cancel()
            self._conversation.close(name)

    async def _answer(self, call: Request, inbox: asyncio.Queue[Incoming]) -> Answer:
        while not isinstance(message := await self._next(call, inbox), Answer):
            pass
        return message

    async def _next(self, call: Request, inbox: asyncio.Queue[Incoming], *, sent: bool = True) -> Answer | Message:
        """The next message of a call."""
        message = await inbox.get()
        if isinstance(message, _Late):
            raise late(call, sent=sent)
        if isinstance(message, Ended):
            raise self._gone(call, message.why, sent=sent)
        return message

    def _gone(self, call: Request, why: str, *, sent: bool) -> KoruDeltaError:
        return closed() if self._closed else lost(call, why, sent=sent, final=True)

    async def _write(self, call: Request, data: bytes) -> None:
        """Sends whole lines. What the pipe does not take at once waits here, and those who write wait for it."""
        if ended := self._conversation.ended:
            raise self._gone(call, ended.why, sent=False)
        self._input.write(data)
        try:
            if self._input.transport.get_write_buffer_size():
                await asyncio.wait_for(self._input.drain(), call.left())
        except asyncio.TimeoutError as error:
            # It lies in the buffer, and may still go.
            raise late(call, sent=True) from error
        except OSError as error:
            await self._reading
            raise self._gone(call, self._words.epitaph(self._child.returncode), sent=False) from error

    def _cancel(self, name: int) -> None:
        """Tells the bridge that nobody waits any more."""
        if not self._closed and not self._conversation.ended and not self._input.is_closing():
            self._input.write(notification("cancel", id=name))

    async def _read(self, pipe: asyncio.StreamReader) -> None:
        """Hands the answers to those who wait, until there are no more."""
        why = None
        try:
            while data := await pipe.read(_PIECE):
                self._conversation.feed(data)
        except (ValueError, KeyError) as error:
            why = f"The bridge said what is not of the protocol: {error}."
            self._child.kill()
        status = await self._child.wait()
        await self._hearing
        self._conversation.end(why or self._words.epitaph(status))

    async def _hear(self, pipe: asyncio.StreamReader) -> None:
        while data := await pipe.read(_PIECE):
            self._words.feed(data)
