"""Runs steps with an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Iterable
from typing import Protocol, TypeVar

from ._errors import KoruDeltaError
from ._retry import Pause
from ._steps import Effect, Steps
from ._wire import Answer, Request

T = TypeVar("T")


class AsyncTransport(Protocol):
    """What carries calls to an engine."""

    async def exchange(self, call: Request) -> Answer: ...
    async def upload(self, call: Request, pieces: AsyncIterable[bytes]) -> Answer: ...
    def download(self, call: Request) -> AsyncIterator[bytes]: ...
    async def close(self) -> None: ...


class AsyncSession:
    """One transport and what runs on it."""

    def __init__(self, transport: AsyncTransport) -> None:
        self.transport = transport

    async def run(self, steps: Steps[T]) -> T:
        """Runs steps to their end."""
        try:
            effect = next(steps)
            while True:
                try:
                    answer = await self._do(effect)
                except KoruDeltaError as error:
                    effect = steps.throw(error)
                else:
                    effect = steps.send(answer)
        except StopIteration as end:
            found: T = end.value
            return found
        except KoruDeltaError as error:
            # The steps between are of no use to those who read the traceback.
            raise error.with_traceback(None) from error.__cause__

    async def _do(self, effect: Effect) -> Answer | None:
        if isinstance(effect, Request):
            return await self.transport.exchange(effect)
        if isinstance(effect, Pause):
            await asyncio.sleep(effect.seconds)
            return None
        return await self.transport.upload(effect.call, _pieces(effect.pieces))


async def _pieces(pieces: Iterable[bytes] | AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    if isinstance(pieces, AsyncIterable):
        async for piece in pieces:
            yield piece
        return
    for piece in pieces:
        yield piece
        # Making the pieces takes time that is not only ours.
        await asyncio.sleep(0)
