"""Runs steps with threads."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

from ._errors import KoruDeltaError
from ._retry import Pause
from ._steps import Effect, Steps, Upload
from ._wire import Answer, Request

T = TypeVar("T")


class Transport(Protocol):
    """What carries calls to an engine."""

    def exchange(self, call: Request) -> Answer: ...
    def upload(self, call: Request, pieces: Iterable[bytes]) -> Answer: ...
    def download(self, call: Request) -> Iterator[bytes]: ...
    def close(self) -> None: ...


class Session:
    """One transport and what runs on it."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport

    def run(self, steps: Steps[T]) -> T:
        """Runs steps to their end."""
        try:
            effect = next(steps)
            while True:
                try:
                    answer = self._do(effect)
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

    def _do(self, effect: Effect) -> Answer | None:
        if isinstance(effect, Request):
            return self.transport.exchange(effect)
        if isinstance(effect, Pause):
            time.sleep(effect.seconds)
            return None
        return self.transport.upload(effect.call, _plain(effect))


def _plain(upload: Upload) -> Iterable[bytes]:
    if not isinstance(upload.pieces, Iterable):
        raise TypeError("Only AsyncKoruDelta can read what is asynchronous.")
    return upload.pieces
