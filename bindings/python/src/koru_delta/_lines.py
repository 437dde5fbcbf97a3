"""Calls that send lines."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Mapping
from typing import Any

from ._generated import ImportReport, Receipt
from ._source import AsyncSource, async_pieces_of, pieces_of
from ._steps import Settings, Steps, Upload, called, shaped, uploaded


def load(of: Settings, lines: AsyncSource, timeout: float | None, params: Mapping[str, Any]) -> Steps[Receipt]:
    """Writes lines as one batch."""
    call = called(of, "load", params, timeout)
    found = yield from uploaded(of, Upload(call, _pieces(lines)))
    return shaped("load", Receipt._of, found)


def import_(of: Settings, lines: AsyncSource, timeout: float | None, params: Mapping[str, Any]) -> Steps[ImportReport]:
    """Adds a history."""
    call = called(of, "import", params, timeout)
    found = yield from uploaded(of, Upload(call, _pieces(lines)))
    return shaped("import", ImportReport._of, found)


def _pieces(lines: AsyncSource) -> Iterable[bytes] | AsyncIterable[bytes]:
    return async_pieces_of(lines) if isinstance(lines, AsyncIterable) else pieces_of(lines)
