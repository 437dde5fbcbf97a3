"""Answers that may be long."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from ._steps import Settings, Steps, perform

T = TypeVar("T")

_FIRST_PAGE = 100
_PAGE_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a longer answer. `cursor` is where it ended; `more` says whether there is more behind it."""

    items: list[T]
    cursor: str | None
    more: bool


#: Fetches the page behind a cursor, with at most so many items.
Fetch = Callable[["str | None", int], Steps[Page[T]]]


class _Plan(Generic[T]):
    """Which pages to fetch: small ones first, so that the first items come soon, then larger ones."""

    def __init__(self, limit: int | None, cursor: str | None) -> None:
        self.cursor = cursor
        self.size = _FIRST_PAGE if limit is None else min(limit, _FIRST_PAGE)
        self._left = limit
        self.more = limit != 0

    def took(self, page: Page[T]) -> list[T]:
        self.cursor = page.cursor
        self.more = page.more
        self.size = min(self.size * 2, _PAGE_MAX)
        if self._left is not None:
            self._left -= len(page.items)
            self.size = min(self.size, self._left)
            self.more = page.more and self._left > 0
        return page.items


class _Answer(Generic[T]):
    def __init__(
        self, what: str, run: Callable[[Steps[Any]], Any], fetch: Fetch[T], limit: int | None, since: str | None
    ):
        self._what = what
        self._run = run
        self._fetch = fetch
        self._limit = limit
        self._since = since

    def __repr__(self) -> str:
        return f"<{self._what}: iterate, or take all() or page()>"

    def _page(self, cursor: str | None) -> Steps[Page[T]]:
        return self._fetch(self._since if cursor is None else cursor, self._limit or _FIRST_PAGE)


class Pages(_Answer[T]):
    """An answer that may be long. Iterate over it, which fetches page by page, or take `all()` or one `page()`. Nothing is
    asked before that, and each iteration asks anew.

    >>> [version.key for version in db.list("users", prefix="a")]
    ['alice']
    >>> db.list("users", limit=1).page().more
    True
    """

    _run: Callable[[Steps[Any]], Any]

    def page(self, cursor: str | None = None) -> Page[T]:
        """One page: the first, or the one behind a cursor. It holds at most `limit` items, or 100 when no limit was given."""
        page: Page[T] = self._run(self._page(cursor))
        return page

    def all(self) -> list[T]:
        """Everything, in memory at once."""
        return list(self)

    def __iter__(self) -> Iterator[T]:
        plan = _Plan[T](self._limit, self._since)
        while plan.more:
            yield from plan.took(self._run(self._fetch(plan.cursor, plan.size)))


class AsyncPages(_Answer[T]):
    """An answer that may be long. Iterate over it with `async for`, which fetches page by page, or take `all()` or one
    `page()`. Nothing is asked before that, and each iteration asks anew.

    >>> [version.key async for version in db.list("users", prefix="a")]
    ['alice']
    >>> (await db.list("users", limit=1).page()).more
    True
    """

    _run: Callable[[Steps[Any]], Awaitable[Any]]

    async def page(self, cursor: str | None = None) -> Page[T]:
        """One page: the first, or the one behind a cursor. It holds at most `limit` items, or 100 when no limit was given."""
        page: Page[T] = await self._run(self._page(cursor))
        return page

    async def all(self) -> list[T]:
        """Everything, in memory at once."""
        return [item async for item in self]

    async def __aiter__(self) -> AsyncIterator[T]:
        plan = _Plan[T](self._limit, self._since)
        while plan.more:
            for item in plan.took(await self._run(self._fetch(plan.cursor, plan.size))):
                yield item


def page_of(
    of: Settings, operation: str, timeout: float | None, member: str, make: Callable[[Any], T], params: dict[str, Any]
) -> Fetch[T]:
    """Fetches pages of an operation that has a cursor."""

    def made(found: Any) -> Page[T]:
        cursor = found["cursor"]
        return Page([make(each) for each in found[member]], cursor, cursor is not None)

    def fetch(cursor: str | None, size: int) -> Steps[Page[T]]:
        return perform(of, operation, timeout, made, {**params, "cursor": cursor, "limit": size})

    return fetch
