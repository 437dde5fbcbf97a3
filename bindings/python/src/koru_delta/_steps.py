"""What a call does, step by step, written once: a session runs the steps, with threads or with an event loop."""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Generator, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from ._address import CLIENT
from ._errors import KoruDeltaError
from ._failure import error_of, failure
from ._generated import OPERATIONS
from ._hints import in_python
from ._json import Reader
from ._params import camel, check_timeout, raw_params, text_of
from ._retry import Pause, attempts
from ._wire import Answer, Request, request

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Upload:
    """Lines to be sent behind a call."""

    call: Request
    pieces: Iterable[bytes] | AsyncIterable[bytes]


Effect = Request | Upload | Pause
#: What is done: each step yields what it needs, and is sent the answer.
Steps = Generator[Effect, Any, T]


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for all calls of a client."""

    timeout: float
    retries: int
    reader: Reader


def settings(timeout: float, retries: int, parse_float: Callable[[str], Any] | None) -> Settings:
    """Settings that make sense."""
    if isinstance(retries, bool) or not isinstance(retries, int) or retries < 0:
        raise failure("invalid_params", f"retries is a count of further tries, not {retries!r}.")
    return Settings(check_timeout(timeout), retries, Reader(parse_float))


def called(
    of: Settings, operation: str, params: Mapping[str, Any], timeout: float | None = None, *, wait: float = 0.0
) -> Request:
    """A call of an operation of the table. Params that are None are left out; it may wait so many seconds longer."""
    named = params.get("idempotencyKey") is not None
    writes = OPERATIONS[operation].kind != "read"
    return request(operation, text_of(params), seconds(of, timeout) + wait, writes=writes, named=named)


def raw_call(of: Settings, operation: str, params: Mapping[str, Any], timeout: float | None) -> Request:
    """A call by a name. An operation that this version does not know may write."""
    known = OPERATIONS.get(operation)
    writes = known is None or known.kind != "read"
    named = any(camel(name) == "idempotencyKey" for name in params)
    return request(operation, raw_params(params), seconds(of, timeout), writes=writes, named=named)


def seconds(of: Settings, timeout: float | None) -> float:
    """How long a call may take."""
    return of.timeout if timeout is None else check_timeout(timeout)


def result(of: Settings, call: Request) -> Steps[Any]:
    """The result of a call, after as many tries as it takes and may have."""
    try:
        return (yield from attempts(call, of.retries, lambda answer: answer.result(of.reader)))
    except KoruDeltaError as error:
        raise in_python(error, call)


def perform(
    of: Settings, operation: str, timeout: float | None, make: Callable[[Any], T], params: Mapping[str, Any]
) -> Steps[T]:
    """Calls an operation and makes something of its result."""
    found = yield from result(of, called(of, operation, params, timeout))
    return shaped(operation, make, found)


def shaped(operation: str, make: Callable[[Any], T], found: Any) -> T:
    """What is made of a result, when it has what it should have."""
    try:
        return make(found)
    except (KeyError, TypeError, AttributeError) as error:
        raise failure(
            "unsupported_protocol", f"The answer to {operation} is not what this version expects: {error!r}."
        ) from error


def maybe(make: Callable[[Any], T]) -> Callable[[Any], T | None]:
    """Makes something of a result, where there is one."""
    return lambda found: None if found is None else make(found)


def members(name: str, make: Callable[[Any], T]) -> Callable[[Any], list[T]]:
    """Makes a list of the only member that a result has."""
    return lambda found: [make(each) for each in found[name]]


def value_of(version: Any) -> Any:
    """The value of a version."""
    return version["value"]


def text(of: Settings, call: Request, name: str) -> Steps[str | None]:
    """The exact text of a member of the result."""
    return (yield from attempts(call, of.retries, lambda answer: answer.text(of.reader, name)))


def uploaded(of: Settings, upload: Upload) -> Steps[Any]:
    """The result of lines that are sent once."""
    answer: Answer = yield upload
    return answer.result(of.reader)


def hello(of: Settings) -> Steps[dict[str, Any]]:
    """Asks the other side who it is."""
    call = request("hello", f'{{"protocols":[1],"client":"{CLIENT}"}}', of.timeout)
    found: dict[str, Any] = yield from result(of, call)
    return found


def now(of: Settings, timeout: float | None) -> Steps[str]:
    """The present as a moment, and as a cursor, that stays what it is."""
    last_seq = yield from perform(of, "stats", timeout, lambda stats: stats["lastSeq"], {})
    return f"seq:{last_seq}"


#: So many gets go in one call.
_GETS = 100


def many(
    of: Settings, timeout: float | None, namespace: str, keys: Iterable[str], at: str | None
) -> Steps[dict[str, Any]]:
    """The values of keys at one moment."""
    if isinstance(keys, str):
        raise failure("invalid_params", "keys are a list of keys, not one string.")
    found: dict[str, Any] = {}
    moment = at or (yield from now(of, timeout))
    rest = iter(keys)
    while some := list(islice(rest, _GETS)):
        gets = (text_of({"namespace": namespace, "key": key, "at": moment}) for key in some)
        calls = ",".join(f'{{"op":"get","params":{params}}}' for params in gets)
        answers = yield from result(of, request("many", f'{{"calls":[{calls}]}}', seconds(of, timeout)))
        for key, answer in zip(some, answers):
            if "error" in answer:
                raise error_of(answer["error"])
            if answer["ok"] is not None:
                found[key] = answer["ok"]["value"]
    return found


def waited(pause: Pause) -> Steps[None]:
    """Waits."""
    yield pause
