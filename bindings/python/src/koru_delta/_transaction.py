"""Reads and writes that take effect together or not at all."""

from __future__ import annotations

import random
from copy import deepcopy
from typing import Any

from ._batch import joined
from ._errors import KoruDeltaError
from ._failure import failure
from ._generated import Receipt, Version
from ._json import encode, params_text
from ._params import check_names
from ._retry import Pause
from ._steps import Settings, Steps, called, maybe, now, perform, result, shaped

_Name = tuple[str, str]


class Staged:
    """What a transaction has read and what it will write. All reads show one moment, that of the first of them, and the
    transaction's own writes."""

    def __init__(self, of: Settings, timeout: float | None) -> None:
        self._of = of
        self._timeout = timeout
        self._moment: str | None = None
        self._reads: dict[_Name, Version | None] = {}
        self._writes: dict[_Name, str | None] = {}
        self._ended = False

    def get(self, namespace: str, key: str) -> Steps[Any]:
        """The value of a key, or None."""
        self._check(namespace, key)
        if (namespace, key) in self._writes:
            text = self._writes[namespace, key]
            return None if text is None else self._of.reader.checked(self._of.reader.read(text)[0])
        found = yield from self._read(namespace, key)
        return None if found is None else deepcopy(found.value)

    def get_or_raise(self, namespace: str, key: str) -> Steps[Any]:
        """The value of a key; that there is none is an error that says why."""
        self._check(namespace, key)
        if (namespace, key) in self._writes and self._writes[namespace, key] is None:
            raise failure("key_deleted", f"Key '{namespace}/{key}' is deleted by this transaction.")
        if (namespace, key) not in self._writes and (yield from self._read(namespace, key)) is None:
            names = {"namespace": namespace, "key": key, "at": self._moment, "required": True}
            yield from perform(self._of, "get", self._timeout, Version._of, names)
        return (yield from self.get(namespace, key))

    def put(self, namespace: str, key: str, value: Any) -> None:
        """Writes a value at the end. It is taken as it is now."""
        self._check(namespace, key)
        self._writes[namespace, key] = encode(value)

    def delete(self, namespace: str, key: str) -> None:
        """Deletes a key at the end."""
        self._check(namespace, key)
        self._writes[namespace, key] = None

    def end(self) -> None:
        """Nothing more can be read or written."""
        self._ended = True

    def commit(self, actor: str | None, reason: str | None) -> Steps[Receipt | None]:
        """Writes everything, when nobody else has written what was read. What was only read needs no proof, since all of it
        was read at one moment."""
        if not self._writes:
            return None
        call = called(self._of, "batch", {"actor": actor, "reason": reason}, self._timeout)
        call.params = joined(call.params, self._text().encode())
        return shaped("batch", Receipt._of, (yield from result(self._of, call)))

    def _text(self) -> str:
        return f'{{"ops":[{",".join(self._ops())}],"expect":[{",".join(self._expectations())}]}}'

    def _ops(self) -> list[str]:
        return [
            f"{params_text({'namespace': namespace, 'key': key})[:-1]},{_write(text)}}}"
            for (namespace, key), text in self._writes.items()
        ]

    def _expectations(self) -> list[str]:
        return [
            params_text({"namespace": namespace, "key": key, "version": found.version if found else None})
            for (namespace, key), found in self._reads.items()
        ]

    def _read(self, namespace: str, key: str) -> Steps[Version | None]:
        if (namespace, key) not in self._reads:
            if self._moment is None:
                self._moment = yield from now(self._of, self._timeout)
            names = {"namespace": namespace, "key": key, "at": self._moment}
            self._reads[namespace, key] = yield from perform(self._of, "get", self._timeout, maybe(Version._of), names)
        return self._reads[namespace, key]

    def _check(self, namespace: str, key: str) -> None:
        if self._ended:
            raise failure("closed", "The transaction has ended: its function returned.")
        check_names({"namespace": namespace, "key": key})


def _write(text: str | None) -> str:
    return '"delete":true' if text is None else f'"value":{text}'


def lost_race(error: KoruDeltaError, attempt: int, retries: int) -> Pause:
    """How long to wait before a transaction that lost begins again: a random while that grows, so that those who collided
    do not collide again. Raises the error when it is another one, or when this was the last attempt."""
    if error.code != "conflict" or attempt >= retries:
        raise error
    return Pause(random.random() * min(0.002 * 2**attempt, 0.25))
