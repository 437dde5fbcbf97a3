"""Versions as they come."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from typing import Any

from ._errors import KoruDeltaError
from ._feed import WAIT_SECONDS, Feed
from ._generated import Version
from ._steps import Steps

_PAGE = 1_000
#: How a wait ends when the database is closed: without an answer, or with that of a bridge which is told to end.
_END = frozenset(("closed", "cancelled"))


class Watch(Iterator[Version]):
    """Versions as they come, from the moment of the call on. It ends when the database is closed.

    `cursor` is the place behind the last version that was taken, to go on with `db.watch(since=cursor)` another day.
    """

    def __init__(self, run: Callable[[Steps[Any]], Any], feed: Feed, since: str | None) -> None:
        self._run = run
        self._feed = feed
        self._next_page: str = run(feed.begin(since))
        self._waiting: deque[Version] = deque()
        self.cursor = self._next_page

    def __repr__(self) -> str:
        return f"<watch behind {self.cursor}: iterate>"

    def __iter__(self) -> Watch:
        return self

    def __next__(self) -> Version:
        while not self._waiting:
            try:
                page = self._run(self._feed.page(self._next_page, _PAGE, WAIT_SECONDS))
            except KoruDeltaError as error:
                if error.code in _END:
                    raise StopIteration from error
                raise
            self._waiting.extend(page.items)
            self._next_page = page.cursor
        version = self._waiting.popleft()
        self.cursor = version.cursor
        return version


class AsyncWatch(AsyncIterator[Version]):
    """Versions as they come: from the first step of the loop on, or from `await db.watch()` on. It ends when the database is
    closed.

    `cursor` is the place behind the last version that was taken, to go on with `db.watch(since=cursor)` another day.
    """

    def __init__(self, run: Callable[[Steps[Any]], Awaitable[Any]], feed: Feed, since: str | None) -> None:
        self._run = run
        self._feed = feed
        self._next_page: str | None = None
        self._waiting: deque[Version] = deque()
        self.cursor = since

    def __repr__(self) -> str:
        return f"<watch behind {self.cursor or 'its begin'}: iterate with async for>"

    def __await__(self) -> Generator[Any, None, AsyncWatch]:
        return self._begun().__await__()

    async def _begun(self) -> AsyncWatch:
        if self._next_page is None:
            self._next_page = self.cursor = await self._run(self._feed.begin(self.cursor))
        return self

    def __aiter__(self) -> AsyncWatch:
        return self

    async def __anext__(self) -> Version:
        await self._begun()
        while not self._waiting:
            try:
                page = await self._run(self._feed.page(self._next_page, _PAGE, WAIT_SECONDS))
            except KoruDeltaError as error:
                if error.code in _END:
                    raise StopAsyncIteration from error
                raise
            self._waiting.extend(page.items)
            self._next_page = page.cursor
        version = self._waiting.popleft()
        self.cursor = version.cursor
        return version
