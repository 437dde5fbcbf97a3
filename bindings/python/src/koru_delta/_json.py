"""JSON text of values, and values of JSON text, with nothing lost on the way in either direction."""

from __future__ import annotations

import json
import math
import secrets
from collections.abc import Callable, Mapping
from decimal import Decimal
from json.decoder import JSONDecoder, scanstring  # type: ignore[attr-defined]
from json.encoder import JSONEncoder
from typing import Any

from ._errors import KoruDeltaError
from ._failure import failure, hint
from ._generated import Limits
from ._numbers import exact_float, exact_int, find_inexact, seen

#: What `parse_float` may be: it makes a number of the text of one that is no integer.
ParseFloat = Callable[[str], Any]

_scalars = frozenset((str, int, float, bool, type(None), Decimal))


class _DecimalFound(Exception):
    """The value holds a Decimal, which the fast encoder cannot write."""


def _refuse(value: object) -> object:
    if isinstance(value, Decimal):
        raise _DecimalFound
    raise TypeError


_encode = JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_refuse).encode


def encode(value: Any, path: tuple[str | int, ...] = ("value",)) -> str:
    """The compact JSON text of a value of a user.

    Raises InvalidJson when JSON cannot say it, or when it would come back as something else: NaN, members whose names are
    no strings, lone surrogates, cycles, and what is no JSON at all. The fact `path` says where.
    """
    try:
        text = _encode(value)
    except _DecimalFound:
        text = _encode_with_decimals(value, path)
    except (TypeError, ValueError, RecursionError) as error:
        raise _fault(value, path) from error
    if not is_well_formed(text) or (type(value) not in _scalars and not _is_plain(value, Limits.value_depth)):
        raise _fault(value, path)
    return text


def encode_all(values: list[Any]) -> str:
    """The JSON text of many values as a list: one call of the encoder, which is what makes it fast.

    Raises what `encode` raises; the first member of `path` is then the place in the list.
    """
    try:
        text = _encode(values)
        well_formed = is_well_formed(text)
    except (_DecimalFound, TypeError, ValueError, RecursionError):
        well_formed = False
    if not well_formed:
        # Slower, and it finds the one that is to blame.
        return f"[{','.join(encode(value, (at,)) for at, value in enumerate(values))}]"
    depth = Limits.value_depth
    for at, value in enumerate(values):
        if type(value) not in _scalars and not _is_plain(value, depth):
            raise _fault(value, (at,))
    return text


def _is_plain(value: Any, depth: int) -> bool:
    """Whether the names of all members are strings and nothing is too deep. The encoder has seen that there is no cycle."""
    if depth == 0:
        return False
    if isinstance(value, dict):
        for name, inner in value.items():
            if type(name) is not str and not isinstance(name, str):
                return False
            if type(inner) not in _scalars and not _is_plain(inner, depth - 1):
                return False
    elif isinstance(value, (list, tuple)):
        for inner in value:
            if type(inner) not in _scalars and not _is_plain(inner, depth - 1):
                return False
    return True


def _encode_with_decimals(value: Any, path: tuple[str | int, ...]) -> str:
    """Decimals are written as texts that nobody can guess, and those are then replaced by the digits."""
    mark = secrets.token_hex(16)

    def default(inner: object) -> object:
        if isinstance(inner, Decimal) and inner.is_finite():
            return f"{mark}{inner}{mark}"
        raise TypeError

    encoder = JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=default)
    try:
        text = encoder.encode(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise _fault(value, path) from error
    return text.replace(f'"{mark}', "").replace(f'{mark}"', "")


def _fault(value: Any, path: tuple[str | int, ...]) -> KoruDeltaError:
    """What is wrong with a value that could not be written."""
    reason, place, hints = _find_fault(value, path, frozenset(), Limits.value_depth) or (
        "The value cannot be written as JSON.",
        path,
        [],
    )
    return failure("invalid_json", reason, hints=hints, facts={"path": list(place)})


_Fault = tuple[str, tuple[str | int, ...], list[Any]]


def _find_fault(value: Any, path: tuple[str | int, ...], above: frozenset[int], depth: int) -> _Fault | None:
    place = _place(path)
    if isinstance(value, (dict, list, tuple)):
        if id(value) in above:
            return f"{place} contains itself.", path, []
        if depth == 0:
            return f"{place} is deeper than {Limits.value_depth} levels.", path, []
        if isinstance(value, dict):
            for name in value:
                if not isinstance(name, str):
                    told = [hint("JSON knows no other names than strings", "{str(name): value}")]
                    return f"A member of {place} is called {name!r}, which is no string.", path, told
                if not is_well_formed(name):
                    return f"A name in {place} holds a lone surrogate.", path, []
        members: Any = value.items() if isinstance(value, dict) else enumerate(value)
        inside = above | {id(value)}
        for name, inner in members:
            if found := _find_fault(inner, (*path, name), inside, depth - 1):
                return found
        return None
    return _scalar_fault(value, place, path)


def _scalar_fault(value: Any, place: str, path: tuple[str | int, ...]) -> _Fault | None:
    if isinstance(value, str):
        return None if is_well_formed(value) else (f"{place} holds a lone surrogate.", path, [])
    if isinstance(value, (float, Decimal)):
        return None if math.isfinite(value) else (f"{place} is {value}, which JSON cannot say.", path, [])
    if isinstance(value, int):
        try:
            repr(value)
        except ValueError:
            told = [hint("To let Python write longer numbers", "sys.set_int_max_str_digits(0)")]
            return f"{place} has more digits than Python converts.", path, told
        return None
    if value is None:
        return None
    told = [hint("Make it of dicts, lists, strings, numbers, booleans and None")]
    return f"{place} is of the type {type(value).__qualname__}, which JSON does not know.", path, told


def is_well_formed(text: str) -> bool:
    """Whether UTF-8 can carry a text: lone surrogates it cannot."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _place(path: tuple[str | int, ...]) -> str:
    return "".join(f"[{name}]" if isinstance(name, int) else f".{name}" if at else name for at, name in enumerate(path))


class Reader:
    """Reads JSON text of the engine. Without a `parse_float` of the user, a number that a float would round is an error of its call."""

    def __init__(self, parse_float: ParseFloat | None) -> None:
        real = parse_float or exact_float
        self._plain = JSONDecoder(parse_float=real).decode
        self._careful = JSONDecoder(parse_float=real, parse_int=exact_int).decode

    def read(self, text: str) -> tuple[Any, bool]:
        """The value of a text, and whether there may be a number in it that would be rounded, which then is its text."""
        before = seen.last
        decode = self._careful if "-0" in text else self._plain
        try:
            value = decode(text)
        except json.JSONDecodeError:
            raise
        except ValueError:
            # An integer of more digits than Python converts.
            value = self._careful(text)
        return value, seen.last is not before

    @staticmethod
    def checked(value: Any) -> Any:
        """The value, when nothing in it would be rounded."""
        if found := find_inexact(value):
            number, path = found
            brief = number if len(number) <= 40 else f"{number[:37]}..."
            raise failure(
                "number_not_exact",
                f"The number {brief} at {_place(path)} would be rounded.",
                hints=[
                    hint("To read the exact JSON text", "db.get_json(namespace, key)"),
                    hint("To read all such numbers as decimals", "KoruDelta.connect(url, parse_float=decimal.Decimal)"),
                ],
                facts={"path": list(path), "number": str(number)},
            )
        return value


def member(text: str, name: str) -> str | None:
    """The text of a member of an object, letter by letter; the object is well-formed JSON."""
    at = _behind(text, text.index("{") + 1)
    while text[at] == '"':
        found, at = scanstring(text, at + 1)
        start = _behind(text, _behind(text, at) + 1)
        _, at = _texts.raw_decode(text, start)
        if found == name:
            return text[start:at]
        at = _behind(text, at)
        if text[at] == "}":
            break
        at = _behind(text, at + 1)
    return None


_texts = JSONDecoder(parse_float=str, parse_int=str)


def _behind(text: str, at: int) -> int:
    """The place behind white space."""
    while text[at] in " \t\r\n":
        at += 1
    return at


def params_text(params: Mapping[str, Any]) -> str:
    """Params that this side has made of names and options; what is the user's own value is encoded by `encode`."""
    return _encode(params)
