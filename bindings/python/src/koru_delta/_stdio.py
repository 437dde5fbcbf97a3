"""Carries calls over the pipes of a child process, for threads."""

from __future__ import annotations

import os
import select
import subprocess
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import IO

from ._bridge import Launch
from ._child import ENDING_SECONDS, LastWords, TextPieces, cannot_start
from ._errors import KoruDeltaError
from ._failure import failure
from ._wire import Answer, Conversation, Ended, Incoming, Message, Request, closed, late, line, lost, notification

_PIECE = 256 << 10
#: So many messages of a stream may be under way.
_CREDIT = 4


class StdioTransport:
    """A bridge that is our child. Any thread may call, and all calls share the one conversation.

    The child ends when its pipe closes, so it does not outlive this process.
    """

    def __init__(self, launch: Launch) -> None:
        self._launch = launch
        self._conversation = Conversation()
        self._words = LastWords()
        self._writing = threading.Lock()
        self._process = os.getpid()
        self._closed = False
        pipe = subprocess.PIPE
        try:
            self._child = subprocess.Popen(
                launch.command, stdin=pipe, stdout=pipe, stderr=pipe, bufsize=0, env=launch.environment
            )
        except OSError as error:
            raise cannot_start(launch, error) from error
        self._input = _pipe(self._child.stdin).fileno()
        if hasattr(select, "poll"):
            os.set_blocking(self._input, False)
        self._threads = [
            threading.Thread(target=each, args=(pipe.fileno(),), name=f"koru-delta-{name}", daemon=True)
            for name, each, pipe in (
                ("words", self._hear, _pipe(self._child.stderr)),
                ("answers", self._read, _pipe(self._child.stdout)),
            )
        ]
        for thread in self._threads:
            thread.start()

    def __repr__(self) -> str:
        return f"bridge {self._child.pid}"

    @property
    def pid(self) -> int:
        """The child."""
        return self._child.pid

    def opening_failure(self) -> KoruDeltaError:
        """Why the child ended before it said hello."""
        self._wait(ENDING_SECONDS)
        return self._words.opening(self._child.returncode)

    def exchange(self, call: Request) -> Answer:
        """Sends a call and waits for its answer."""
        with self._opened(call) as (_, inbox):
            return self._answer(call, inbox)

    def upload(self, call: Request, pieces: Iterable[bytes]) -> Answer:
        """Sends lines of any length. Nothing is written when they do not come to their end."""
        with self._opened(call) as (name, inbox):
            texts = TextPieces()
            credit = 0
            for piece in pieces:
                for text in texts.feed(piece):
                    while credit == 0 or not inbox.empty():
                        message = self._next(call, inbox, sent=False)
                        if isinstance(message, Answer):
                            # It is refused before its end.
                            return message
                        credit += int(message.params["more"])
                    self._write(call, notification("chunk", id=name, text=text))
                    credit -= 1
                    call.renew()
            texts.end()
            self._write(call, notification("end", id=name))
            return self._answer(call, inbox)

    def download(self, call: Request) -> Iterator[bytes]:
        """The pieces of what is answered by lines."""
        with self._opened(call) as (name, inbox):
            self._write(call, notification("credit", id=name, more=_CREDIT))
            while isinstance(message := self._next(call, inbox), Message):
                yield str(message.params["text"]).encode()
                call.renew()
                self._write(call, notification("credit", id=name, more=1))
            message.check()

    def close(self) -> None:
        """Lets the child finish what it was told, and waits for its end."""
        if self._closed or self._process != os.getpid():
            return
        self._closed = True
        with self._writing:
            _pipe(self._child.stdin).close()
        if not self._wait(ENDING_SECONDS):
            self._child.kill()
        for thread in self._threads:
            thread.join()
        _pipe(self._child.stdout).close()
        _pipe(self._child.stderr).close()

    @contextmanager
    def _opened(self, call: Request) -> Iterator[tuple[int, SimpleQueue[Incoming]]]:
        """Sends a call. Whatever ends the wait for its answer but the answer itself, the other side is told."""
        if self._closed:
            raise closed()
        if self._process != os.getpid():
            raise failure(
                "closed", "The bridge belongs to the process that opened it. Open the database after the fork."
            )
        inbox: SimpleQueue[Incoming] = SimpleQueue()
        name = self._conversation.open(inbox.put)
        try:
            self._write(call, line(call, name))
            yield name, inbox
        except BaseException:
            self._cancel(name)
            raise
        finally:
            self._conversation.close(name)

    def _answer(self, call: Request, inbox: SimpleQueue[Incoming]) -> Answer:
        while not isinstance(message := self._next(call, inbox), Answer):
            pass
        return message

    def _next(self, call: Request, inbox: SimpleQueue[Incoming], *, sent: bool = True) -> Answer | Message:
        """The next message of a call."""
        try:
            message = inbox.get(timeout=call.left())
        except Empty as error:
            raise late(call, sent=sent) from error
        if isinstance(message, Ended):
            raise self._gone(call, message.why, sent=sent)
        return message

    def _gone(self, call: Request, why: str, *, sent: bool) -> KoruDeltaError:
        return closed() if self._closed else lost(call, why, sent=sent, final=True)

    def _write(self, call: Request, data: bytes) -> None:
        """Sends whole lines. A line that is broken off would spoil all that follow, so then the child is ended."""
        if not self._writing.acquire(timeout=call.left()):
            raise late(call, sent=False)
        rest = memoryview(data)
        try:
            while rest:
                if not _takes(self._input, call.left()):
                    if len(rest) < len(data):
                        self._child.kill()
                    raise late(call, sent=False)
                rest = rest[os.write(self._input, rest) :]
        except (OSError, ValueError) as error:
            # The pipe is broken, or was closed: why, the reader of the answers says when the child has ended.
            self._wait(ENDING_SECONDS)
            raise self._gone(call, self._words.epitaph(self._child.poll()), sent=False) from error
        finally:
            self._writing.release()

    def _cancel(self, name: int) -> None:
        """Tells the bridge that nobody waits any more, when that can be said at once."""
        if self._closed or self._conversation.ended or not self._writing.acquire(blocking=False):
            return
        try:
            if _takes(self._input, 0):
                os.write(self._input, notification("cancel", id=name))
        except OSError:
            # It has ended, and with it the call.
            return
        finally:
            self._writing.release()

    def _wait(self, seconds: float) -> bool:
        """Waits for the end of the child; whether it has come."""
        try:
            self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _read(self, pipe: int) -> None:
        """Hands the answers to those who wait, until there are no more."""
        why = None
        try:
            while data := os.read(pipe, _PIECE):
                self._conversation.feed(data)
        except (ValueError, KeyError) as error:
            why = f"The bridge said what is not of the protocol: {error}."
            self._child.kill()
        # Its last words come from another pipe, and its status a moment later.
        self._wait(ENDING_SECONDS)
        self._threads[0].join(1)
        self._conversation.end(why or self._words.epitaph(self._child.poll()))

    def _hear(self, pipe: int) -> None:
        while data := os.read(pipe, _PIECE):
            self._words.feed(data)


def _takes(pipe: int, seconds: float) -> bool:
    """Whether a pipe takes bytes, at the latest after so many seconds. Where that cannot be asked, writing waits."""
    if not hasattr(select, "poll"):
        return True
    poll = select.poll()
    poll.register(pipe, select.POLLOUT)
    return bool(poll.poll(min(seconds, 86_400) * 1_000))


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None, "all three streams of the child are pipes"
    return pipe
