"""What is known of a child process that carries the database, whoever runs it."""

from __future__ import annotations

import codecs
import json
from collections import deque
from collections.abc import Iterator
from typing import Any

from ._bridge import Launch
from ._errors import KoruDeltaError
from ._failure import error_of, failure, hint
from ._wire import CHUNK_BYTES

#: How long a bridge may take to finish what it was told, in seconds, before it is ended.
ENDING_SECONDS = 10.0
#: How long it may take to open the folder and say hello.
HELLO_SECONDS = 60.0


class LastWords:
    """The end of what a child wrote to its standard error."""

    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=20)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""

    def feed(self, data: bytes) -> None:
        *lines, rest = (self._rest + self._decoder.decode(data)).split("\n")
        self._rest = rest[-1_000:]
        self._lines.extend(line[:1_000] for line in lines if line.strip())

    def text(self) -> str:
        """The lines, the newest last."""
        return "\n".join((*self._lines, self._rest)).strip()

    def epitaph(self, status: int | None) -> str:
        """Why a child is gone."""
        how = (
            "ended" if status is None else f"ended with status {status}" if status >= 0 else f"died of signal {-status}"
        )
        said = self.text()
        return f"The bridge {how}." + (f" It said:\n{said}\n" if said else "")

    def opening(self, status: int | None) -> KoruDeltaError:
        """The failure of a bridge that ended before it said hello: what it was told by the engine, when that is known."""
        return self._record() or failure("connection_lost", self.epitaph(status), facts={"outcome": "not_done"})

    def _record(self) -> KoruDeltaError | None:
        """The error record that kdelta prints in JSON."""
        for line in reversed(self._lines):
            if line.startswith('{"error":'):
                try:
                    record: Any = json.loads(line)["error"]
                    return error_of(record)
                except (ValueError, TypeError, KeyError):
                    return None
        return None


class TextPieces:
    """Makes texts of bytes that were cut anywhere, each short enough for one message."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def feed(self, data: bytes) -> Iterator[str]:
        """The texts of a piece. Raises invalid_json for what is not UTF-8."""
        for at in range(0, len(data), CHUNK_BYTES - 4):
            if text := self._decode(data[at : at + CHUNK_BYTES - 4]):
                yield text

    def end(self) -> None:
        """Raises invalid_json when the last character is half."""
        self._decode(b"", final=True)

    def _decode(self, data: bytes, final: bool = False) -> str:
        try:
            return self._decoder.decode(data, final)
        except UnicodeDecodeError as error:
            raise failure("invalid_json", "The lines are not UTF-8.") from error


def cannot_start(launch: Launch, error: OSError) -> KoruDeltaError:
    """The failure of a command that is none."""
    return failure(
        "bridge_not_found",
        f"The bridge cannot be started by {launch.command[0]!r}: {error.strerror or error}.",
        hints=[hint("Name the command that runs kdelta", 'bridge=["node", "path/to/kdelta.js"], or KDELTA_BRIDGE')],
    )
