"""One conversation of JSON-RPC 2.0, a JSON text a line, without a socket or a pipe: who owns those feeds it."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from ._errors import KoruDeltaError
from ._failure import error_of, failure
from ._generated import Limits
from ._json import Reader, member

#: How long a text in one message may be, in bytes.
CHUNK_BYTES = 1 << 20
_LONGEST_WAIT = 1e6


@dataclass(slots=True)
class Request:
    """One call on its way. `params` is JSON text; `named` says that it carries an idempotency key."""

    method: str
    params: bytes
    timeout: float
    writes: bool = False
    named: bool = False
    deadline: float = field(init=False)

    def __post_init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Lets its time begin anew: a stream that moves is not late."""
        self.deadline = monotonic() + self.timeout

    def left(self) -> float:
        """The seconds until the deadline; 0 when it has passed. No more than what every system can wait."""
        return min(max(self.deadline - monotonic(), 0.0), _LONGEST_WAIT)


def request(method: str, params: str, timeout: float, *, writes: bool = False, named: bool = False) -> Request:
    """A call whose params can be sent.

    Raises invalid_params when a name or an option holds a lone surrogate, which UTF-8 cannot carry.
    """
    try:
        return Request(method, params.encode(), timeout, writes, named)
    except UnicodeEncodeError as error:
        raise failure("invalid_params", f"A text among the params of {method} holds a lone surrogate.") from error


def line(call: Request, name: int) -> bytes:
    """The line of a call."""
    head = f'{{"jsonrpc":"2.0","id":{name},"method":{json.dumps(call.method)},"params":'
    text = b"%b%b}\n" % (head.encode(), call.params)
    if len(text) > Limits.line_bytes:
        detail = f"The call of {call.method} has {len(text):,} bytes, and a line of the protocol at most {Limits.line_bytes:,}."
        code = "value_too_large" if call.method == "put" else "request_too_large"
        raise failure(code, detail)
    return text


def notification(method: str, **params: Any) -> bytes:
    """A message that is not answered."""
    text = json.dumps({"jsonrpc": "2.0", "method": method, "params": params}, separators=(",", ":"), ensure_ascii=False)
    return text.encode() + b"\n"


_any = Reader(str)


class Answer:
    """The line that answers a call."""

    __slots__ = ("_text",)

    def __init__(self, text: bytes) -> None:
        self._text = text

    def result(self, reader: Reader) -> Any:
        """The result. Raises the error that the answer is, or number_not_exact."""
        text = self._text.decode()
        message, doubtful = reader.read(text)
        if "result" not in message:
            raise _failure_of(message)
        return reader.checked(message["result"]) if doubtful else message["result"]

    def check(self) -> None:
        """Raises the error that the answer is, if it is one."""
        self.result(_any)

    def text(self, reader: Reader, name: str) -> str | None:
        """The exact text of a member of the result; None when the result is null."""
        text = self._text.decode()
        result = member(text, "result")
        if result is None:
            self.result(reader)
        return None if result is None or result == "null" else member(result, name)


def _failure_of(message: dict[str, Any]) -> KoruDeltaError:
    """The failure that an answer without a result tells."""
    try:
        return error_of(message["error"]["data"])
    except (KeyError, TypeError, AttributeError):
        return failure("unsupported_protocol", "The answer has neither a result nor an error of the protocol.")


def lost(call: Request, why: str, *, sent: bool, final: bool = False, code: str = "connection_lost") -> KoruDeltaError:
    """The failure of a call without an answer, and whether its write may have happened. `final`: no other try would help."""
    unknown = call.writes and sent
    end = " Whether it was written is not known." if unknown else " Nothing was written." if call.writes else ""
    error = failure(code, f"{why}{end}", facts={"outcome": "unknown" if unknown else "not_done"})
    error._final = final
    return error


def closed() -> KoruDeltaError:
    """The failure of a call on what was closed."""
    return failure("closed", "The database is closed.")


def late(call: Request, *, sent: bool) -> KoruDeltaError:
    """The failure of a call whose time is over."""
    return lost(call, f"The answer to {call.method} did not come in time.", sent=sent, code="timeout")


@dataclass(frozen=True, slots=True)
class Ended:
    """What those who wait for a message are told when no further one will come."""

    why: str


@dataclass(frozen=True, slots=True)
class Message:
    """A message of a stream: `event` or `credit`."""

    method: str
    params: dict[str, Any]


Incoming = Answer | Message | Ended

_answer_id = re.compile(rb'\{"jsonrpc":"2\.0","id":(\d+),')


class Conversation:
    """Hands each line that comes to the call that waits for it. Sinks are called by whoever feeds, and must not block."""

    def __init__(self) -> None:
        self._names = itertools.count(1)
        self._sinks: dict[int, Callable[[Incoming], None]] = {}
        self._rest: list[bytes] = []
        self.ended: Ended | None = None

    def open(self, sink: Callable[[Incoming], None]) -> int:
        """The name of a new call, whose messages go to the sink."""
        name = next(self._names)
        self._sinks[name] = sink
        # Whoever comes behind the end is told of it as well, whichever of the two was first.
        if self.ended:
            sink(self.ended)
        return name

    def close(self, name: int) -> None:
        """Forgets a call; what still comes for it goes nowhere."""
        self._sinks.pop(name, None)

    def feed(self, data: bytes) -> None:
        """Takes what has come, cut anywhere."""
        *lines, rest = data.split(b"\n")
        if lines:
            lines[0] = b"".join((*self._rest, lines[0]))
            self._rest.clear()
        if rest:
            self._rest.append(rest)
        for text in lines:
            self._deliver(text)

    def end(self, why: str) -> None:
        """Tells everybody who waits that nothing more will come."""
        if self.ended:
            return
        self.ended = Ended(why)
        for sink in list(self._sinks.values()):
            sink(self.ended)

    def _deliver(self, text: bytes) -> None:
        found = _answer_id.match(text)
        if found:
            self._send(int(found[1]), Answer(text))
            return
        message = json.loads(text, parse_float=str)
        if not isinstance(message, dict):
            raise ValueError("a line that is no object")
        method, params, name = message.get("method"), message.get("params"), message.get("id")
        if isinstance(method, str) and isinstance(params, dict):
            self._send(params.get("id"), Message(method, params))
        elif isinstance(name, int):
            self._send(name, Answer(text))
        else:
            # An answer without a name is about a line that the other side could not read.
            raise ValueError(f"an answer to nobody: {text[:200].decode(errors='replace')}")

    def _send(self, name: Any, message: Incoming) -> None:
        sink = self._sinks.get(name) if isinstance(name, int) else None
        if sink:
            sink(message)
