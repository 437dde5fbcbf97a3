"""Next steps in Python, where the engine's own are for whoever sits at a terminal."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ._errors import KoruDeltaError
from ._failure import hint
from ._generated import Hint
from ._wire import Request

_Params = dict[str, Any]


def in_python(error: KoruDeltaError, call: Request) -> KoruDeltaError:
    """The same failure with hints in Python, where there are such."""
    if error.code == "unauthorized":
        error.hints = _keys
    elif make := _hints.get(error.code):
        params = json.loads(call.params, parse_float=str)
        if isinstance(params.get("namespace"), str) and isinstance(params.get("key"), str):
            error.hints = tuple(make(params))
    return error


def _place(params: _Params) -> str:
    return f"{_text(params['namespace'])}, {_text(params['key'])}"


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _not_found(params: _Params) -> list[Hint]:
    return [
        hint("To see all keys", f"[version.key for version in db.list({_text(params['namespace'])})]"),
        hint("To create this key", f'db.put({_place(params)}, {{"name": "Alice"}})'),
    ]


def _deleted(params: _Params) -> list[Hint]:
    return [
        hint("To bring it back", f"db.revert({_place(params)})"),
        hint("To see its history", f"db.history({_place(params)}).all()"),
    ]


def _history(text: str) -> Callable[[_Params], list[Hint]]:
    return lambda params: [hint(text, f"db.history({_place(params)}).all()")]


_keys = (
    hint("To send a key", 'KoruDelta.connect(url, key="kdelta_...")'),
    hint("To make one, where the server runs", command="kdelta key create NAME"),
)
_hints: dict[str, Callable[[_Params], list[Hint]]] = {
    "key_not_found": _not_found,
    "key_deleted": _deleted,
    "not_yet_written": _history("To see when it was written"),
    "conflict": _history("To see who wrote in between"),
    "nothing_to_revert": _history("To see what it was when"),
}
