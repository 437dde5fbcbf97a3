"""When a call is sent again, and how long to wait before that."""

from __future__ import annotations

import random
from collections.abc import Callable, Generator
from dataclasses import dataclass
from time import monotonic
from typing import TypeVar

from ._errors import KoruDeltaError
from ._wire import Answer, Request

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait so many seconds."""

    seconds: float


_FIRST, _LONGEST = 0.5, 8.0
#: Answers that say that nothing was done, whatever was asked.
_turned_away = frozenset(("rate_limited", "unavailable", "unreachable"))
#: Ends without an answer.
_unanswered = frozenset(("connection_lost", "timeout"))


def attempts(call: Request, tries: int, read: Callable[[Answer], T]) -> Generator[Request | Pause, Answer, T]:
    """Sends a call, and `tries` times more when that is safe and may help. A conflict is an answer and never sent again."""
    for attempt in range(tries + 1):
        try:
            return read((yield call))
        except KoruDeltaError as error:
            seconds = pause(attempt, error)
            if attempt == tries or not is_safe(call, error) or seconds >= call.deadline - monotonic():
                raise
        yield Pause(seconds)
    raise AssertionError("the last try returns or raises")


def is_safe(call: Request, error: KoruDeltaError) -> bool:
    """Whether a call may be sent again after this failure: a write only by its name, or when it certainly was not done."""
    if error.code not in _unanswered:
        return error.retryable and (not call.writes or call.named or error.code in _turned_away)
    if error._final:
        return False
    return not call.writes or call.named or error.facts.get("outcome") == "not_done"


def pause(attempt: int, error: KoruDeltaError) -> float:
    """Half a second, twice as long each time up to eight, less a random quarter; but as long as the server says."""
    seconds = min(_FIRST * 2.0**attempt, _LONGEST) * (1 - 0.25 * random.random())
    asked = error.facts.get("retryAfter")
    return max(seconds, float(asked)) if isinstance(asked, (int, float)) else seconds
