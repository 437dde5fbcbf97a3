"""Opens databases, for an event loop."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable, Generator
from typing import Any, Generic, Protocol, TypeVar

from ._address import address
from ._async_http import AsyncHttpTransport
from ._async_session import AsyncSession
from ._async_stdio import AsyncStdioTransport
from ._bridge import Launch
from ._errors import KoruDeltaError
from ._steps import Settings, hello

_Parts = tuple[AsyncSession, str, str, Settings]


class _Closable(Protocol):
    async def close(self) -> None: ...


T = TypeVar("T", bound=_Closable)


class Opening(Generic[T]):
    """A database that is about to be opened: await it, or use it with `async with`, which also closes it."""

    def __init__(self, parts: Callable[[], Awaitable[_Parts]], make: Callable[..., T]) -> None:
        self._parts = parts
        self._make = make

    def __await__(self) -> Generator[Any, None, T]:
        return self._open().__await__()

    async def _open(self) -> T:
        return self._make(*await self._parts())

    async def __aenter__(self) -> T:
        self._opened = await self._open()
        return self._opened

    async def __aexit__(self, *_: object) -> None:
        await self._opened.close()


async def connected(of: Settings, url: str, key: str | None, context: ssl.SSLContext | None) -> _Parts:
    """A session with a server; where it is, and who it says it is."""
    place = address(url, key)
    session = AsyncSession(AsyncHttpTransport(place, context))
    return session, place.url, await _greeted(session, of), of


async def bridged(of: Settings, place: str, program: Launch) -> _Parts:
    """A session with a child; where its database is, and who it says it is."""
    transport = await AsyncStdioTransport.start(program)
    session = AsyncSession(transport)
    try:
        return session, place, await _greeted(session, of), of
    except KoruDeltaError as error:
        if error._final:
            raise await transport.opening_failure() from error
        raise


async def _greeted(session: AsyncSession, of: Settings) -> str:
    """Who the other side says it is. A session without an answer is closed."""
    try:
        return str((await session.run(hello(of)))["server"])
    except BaseException:
        await session.transport.close()
        raise
