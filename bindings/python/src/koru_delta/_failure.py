"""Makes exceptions: of a record that came over the wire, or of what this side found itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ._errors import KoruDeltaError
from ._generated import Hint, Suggestion

_known = frozenset(
    ("code", "title", "detail", "suggestions", "hints", "retryable", "exitCode", "httpStatus", "docs", "type", "status")
)


def failure(
    code: str, detail: str, *, hints: Iterable[Hint] = (), facts: Mapping[str, Any] | None = None
) -> KoruDeltaError:
    """A failure that this side found."""
    return KoruDeltaError._kinds[code](detail, hints=hints, facts=facts)


def error_of(record: Mapping[str, Any]) -> KoruDeltaError:
    """The exception of an error record. A code that a newer server brings becomes a plain `KoruDeltaError`."""
    code = str(record.get("code", "internal"))
    error = KoruDeltaError._kinds.get(code, KoruDeltaError)(
        str(record.get("detail", code)),
        suggestions=[Suggestion._of(each) for each in record.get("suggestions", ())],
        hints=[Hint._of(each) for each in record.get("hints", ())],
        facts={name: value for name, value in record.items() if name not in _known},
    )
    error.code = code
    error.title = str(record.get("title", error.title))
    error.retryable = bool(record.get("retryable", error.retryable))
    error.exit_code = int(record.get("exitCode", error.exit_code))
    error.http_status = int(record.get("httpStatus", error.http_status))
    return error


def hint(text: str, code: str | None = None, *, command: str | None = None) -> Hint:
    """A next step: a sentence, and the code or the command that does it."""
    return Hint(text=text, code=code, command=command)
