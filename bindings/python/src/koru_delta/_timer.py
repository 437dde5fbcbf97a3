"""The time of a call, watched by an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ._wire import Request


class Timer:
    """Calls back when the time of a call is over, which a stream renews with each of its pieces."""

    def __init__(self, call: Request, overdue: Callable[[], None]) -> None:
        self._call = call
        self._overdue = overdue
        self._set()

    def cancel(self) -> None:
        self._handle.cancel()

    def _set(self) -> None:
        self._handle = asyncio.get_running_loop().call_later(self._call.left(), self._look)

    def _look(self) -> None:
        if self._call.left() > 0:
            self._set()
        else:
            self._overdue()
