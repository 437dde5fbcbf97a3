"""The params of calls, of what the user gave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from ._absent import ABSENT, Absent
from ._failure import failure, hint
from ._generated import Version
from ._json import encode, is_well_formed, params_text

#: What the newest version of a key must be: a version or its id; None: the key must not exist; ABSENT: anything.
IfVersion = str | Version | None | Literal[Absent.ABSENT]


class Null:
    """Where None means "not given": the null of JSON."""


class Json:
    """A value of the user, as the text that it becomes."""

    __slots__ = ("text",)

    def __init__(self, value: Any, name: str = "value") -> None:
        self.text = encode(value, (name,))


def guard(if_version: IfVersion) -> Any:
    """An `if_version` as a param."""
    if if_version is ABSENT:
        return None
    if if_version is None:
        return Null
    return if_version.version if isinstance(if_version, Version) else if_version


def unless(preset: bool, given: bool) -> bool | None:
    """An option that is only told when it is not what an absent one means."""
    return None if given is preset else given


def text_of(given: Mapping[str, Any]) -> str:
    """The JSON text of params. What is None was not given."""
    plain: dict[str, Any] = {}
    texts: list[str] = []
    for name, value in given.items():
        if value is None:
            continue
        if isinstance(value, Json):
            texts.append(f'"{name}":{value.text}')
        else:
            plain[name] = None if value is Null else value
    check_names(plain)
    head = params_text(plain)
    if not texts:
        return head
    return f"{head[:-1]}{',' if plain else ''}{','.join(texts)}}}"


def check_names(params: dict[str, Any]) -> None:
    """Refuses names that would change on their way: other types than strings, and lone surrogates. All other rules about
    names are the engine's."""
    for name in ("namespace", "key"):
        text = params.get(name, "")
        if not isinstance(text, str):
            raise failure(f"invalid_{name}", f"A {name} is a string, not {type(text).__qualname__}.")
        if not is_well_formed(text):
            raise failure(f"invalid_{name}", f"A {name} cannot hold a lone surrogate.")


def raw_params(params: Mapping[str, Any]) -> str:
    """The params of `call`: names may be written as in Python or as on the wire, None is null, and values are the user's."""
    given = {camel(name): value for name, value in params.items() if value is not ABSENT}
    check_names(given)
    members = (f"{encode(name)}:{encode(value, (name,))}" for name, value in given.items())
    return f"{{{','.join(members)}}}"


def camel(name: str) -> str:
    """A name of Python as it is on the wire."""
    first, *rest = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


def check_timeout(timeout: float) -> float:
    """A number of seconds, which may be infinite."""
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)) or not timeout > 0:
        raise failure(
            "invalid_params",
            f"A timeout is a number of seconds above 0, not {timeout!r}.",
            hints=[hint("To wait for ever", "timeout=math.inf")],
        )
    return float(timeout)
