"""The client for an event loop, called as the one for threads is: so that one test holds for both."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from koru_delta import AsyncPages, AsyncTransaction, AsyncView


class LoopThread:
    """An event loop in a thread of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, awaitable: Any, seconds: float = 60) -> Any:
        async def finish() -> Any:
            return await awaitable

        return asyncio.run_coroutine_threadsafe(finish(), self._loop).result(seconds)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class Blocking:
    """Whatever the asynchronous client gives, made plain: what can be awaited is, what can be iterated over can be."""

    def __init__(self, target: Any, loop: LoopThread) -> None:
        self._target = target
        self._loop = loop

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._target, name)
        return self._call(found) if inspect.ismethod(found) else found

    def __repr__(self) -> str:
        return repr(self._target)

    def __iter__(self) -> Iterator[Any]:
        iterator = aiter(self._target)
        try:
            while True:
                try:
                    yield self._loop.run(anext(iterator))
                except StopAsyncIteration:
                    return
        finally:
            if hasattr(iterator, "aclose"):
                self._loop.run(iterator.aclose())

    def __next__(self) -> Any:
        return next(iter(self))

    def _call(self, method: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *args, **options: self._plain(method(*args, **options))

    def _plain(self, found: Any) -> Any:
        if inspect.isawaitable(found):
            found = self._loop.run(found)
        if isinstance(found, (AsyncPages, AsyncView, AsyncTransaction, AsyncIterator)):
            return Blocking(found, self._loop)
        return found


class BlockingDatabase(Blocking):
    """The database; its transactions run in a thread, which may wait."""

    def transact(self, fn: Callable[[Any], Any], **options: Any) -> Any:
        async def inner(tx: AsyncTransaction) -> Any:
            return await asyncio.to_thread(fn, Blocking(tx, self._loop))

        return self._loop.run(self._target.transact(inner, **options))
