"""What all results have in common."""

from __future__ import annotations

import reprlib
from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime
from itertools import islice
from typing import Any

from ._absent import ABSENT


class _Brief(reprlib.Repr):
    """Shows values in one line; the members of an object in their own order."""

    def repr_dict(self, x: dict[Any, Any], level: int) -> str:
        if level <= 0 and x:
            return "{...}"
        parts = [f"{self.repr1(name, level - 1)}: {self.repr1(x[name], level - 1)}" for name in islice(x, self.maxdict)]
        return f"{{{', '.join([*parts, '...'] if len(x) > self.maxdict else parts)}}}"


_brief = _Brief()
_brief.maxstring = 80
_brief.maxother = 120
_brief.maxlong = 80
_brief.maxdict = 8
_brief.maxlist = 8


class Record:
    """A result. Members that this version of the client does not know are kept in `extra`, so a newer server can tell more."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self._parts())})"

    def _parts(self) -> Iterator[str]:
        for name, value in self._members():
            yield f"{name}={_brief.repr(value)}"

    def _members(self) -> Iterator[tuple[str, Any]]:
        """What is worth showing: not what is empty or absent."""
        for field in fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            if value is ABSENT or value is None or value is False or (value == {} and field.name == "extra"):
                continue
            yield field.name, value


class Stamped(Record):
    """A record with the place and the time of a version."""

    __slots__ = ()

    namespace: str
    key: str
    seq: int
    timestamp: str

    @property
    def time(self) -> datetime:
        """`timestamp` as a datetime in UTC. Years beyond 9999, which an import can bring, raise ValueError."""
        return datetime.fromisoformat(self.timestamp.replace("Z", "+00:00"))

    @property
    def cursor(self) -> str:
        """The place behind this version in the feed, for `changes(since=…)` and `watch(since=…)`."""
        return f"seq:{self.seq}"

    def _parts(self) -> Iterator[str]:
        yield f"{self.namespace}/{self.key}"
        for name, value in self._members():
            if name not in ("namespace", "key", "previous"):
                yield f"{name}={_brief.repr(value)}"
