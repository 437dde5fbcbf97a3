"""What a response of the server means for the call it answers."""

from __future__ import annotations

import json
from typing import Any

from ._errors import KoruDeltaError
from ._failure import error_of, failure
from ._http11 import Head
from ._wire import Answer, Request, lost

#: An answer that would not fit into memory anyway is not waited for.
BODY_BYTES = 1 << 30


def answer_of(call: Request, head: Head, body: bytes) -> Answer:
    """The answer to a call of /v1/rpc. Raises what the response says instead."""
    if head.status != 200:
        raise problem(call, head, body)
    text, _, rest = body.partition(b"\n")
    if not text or rest:
        raise lost(call, "The server answered something else than one line.", sent=True)
    return Answer(text)


def problem(call: Request, head: Head, body: bytes) -> KoruDeltaError:
    """The failure that a response is."""
    error = _record_of(body) or _without_record(call, head.status)
    seconds = head.headers.get("retry-after", "")
    if seconds.isascii() and seconds.isdigit():
        error.facts = {**error.facts, "retryAfter": int(seconds[:9])}
    return error


def _record_of(body: bytes) -> KoruDeltaError | None:
    """The error record that a body is, if it is one."""
    try:
        record: Any = json.loads(body, parse_float=str)
    except ValueError:
        return None
    return error_of(record) if isinstance(record, dict) and isinstance(record.get("code"), str) else None


def _without_record(call: Request, status: int) -> KoruDeltaError:
    """Something between here and the server has answered, or no server of ours is there."""
    if status in (502, 504):
        return lost(call, f"A proxy answered with status {status} in the place of the server.", sent=True)
    if status == 429:
        return failure("rate_limited", "A proxy says that these are too many requests.")
    if status == 503:
        return lost(call, "A proxy says that the server is not available.", sent=True)
    if status == 401:
        return failure("unauthorized", "The server wants an API key.")
    return failure("unsupported_protocol", f"What answers there is no KoruDelta server: it says status {status}.")


def uploaded(call: Request, head: Head, body: bytes) -> Answer:
    """The answer to lines that were sent. Raises what the response says instead."""
    if not 200 <= head.status < 300:
        raise problem(call, head, body)
    return Answer(b'{"result":%b}' % body.strip())
