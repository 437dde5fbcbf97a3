"""Moments of the past, as people give them and as the engine takes them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from ._failure import failure, hint
from ._generated import Version

#: A version, its id, a time, a time ago such as `-10m`, `now` or `seq:123`.
Moment = str | datetime | Version

_ago = re.compile(r"-(?:\d+(?:w|d|h|ms|m|s))+", re.ASCII)
_parts = re.compile(r"(\d+)(w|d|h|ms|m|s)", re.ASCII)
_units = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds", "ms": "milliseconds"}


def moment_text(moment: Moment) -> str:
    """A moment as the engine takes it."""
    if isinstance(moment, str):
        return moment
    if isinstance(moment, Version):
        return moment.version
    if not isinstance(moment, datetime):
        raise failure(
            "invalid_moment",
            f"A moment is a string, a datetime or a Version, not {type(moment).__qualname__}.",
            hints=[hint("For example", 'db.get_at("users", "alice", "-10m")')],
        )
    if moment.tzinfo is None:
        raise failure(
            "invalid_moment",
            f"The datetime {moment.isoformat()} has no time zone, so it could mean many moments.",
            hints=[
                hint("When it is local time", "moment.astimezone()"),
                hint("When it is UTC", "moment.replace(tzinfo=timezone.utc)"),
            ],
        )
    return moment.astimezone(timezone.utc).isoformat(timespec="microseconds").replace("+00:00", "Z")


def fixed(moment: Moment, now: datetime | None = None) -> str:
    """A time ago as the time that it means now; any other moment as it is."""
    text = moment_text(moment)
    if not _ago.fullmatch(text):
        return text
    ago = timedelta()
    try:
        for count, unit in _parts.findall(text):
            ago += timedelta(**{_units[unit]: int(count)})
        return moment_text((now or datetime.now(timezone.utc)) - ago)
    except OverflowError:
        # Farther back than a datetime reaches; the engine knows what to say.
        return text
