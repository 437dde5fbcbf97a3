"""Numbers of JSON text as numbers of Python, or the news that they would be rounded."""

from __future__ import annotations

from typing import Any


class Inexact(str):
    """The text of a number that no float is. It stands where the number would be until somebody looks for it."""

    __slots__ = ()


class _Seen:
    """Holds the newest such text. It changes whenever one is made, in whatever thread, so that nobody has to look through
    a value when none was."""

    __slots__ = ("last",)

    def __init__(self) -> None:
        self.last = Inexact("")


seen = _Seen()


def _inexact(lexeme: str) -> Inexact:
    seen.last = found = Inexact(lexeme)
    return found


def exact_float(lexeme: str) -> float | Inexact:
    """The float that prints as it was written, apart from notation; else the text."""
    number = float(lexeme)
    text = repr(number)
    if text == lexeme or canonical(text) == canonical(lexeme):
        return number
    return _inexact(lexeme)


def exact_int(lexeme: str) -> int | float | Inexact:
    """The integer; `-0` is a float, since no int has that sign. Text of more digits than Python converts stays text."""
    if lexeme == "-0":
        return -0.0
    try:
        return int(lexeme)
    except ValueError:
        return _inexact(lexeme)


def canonical(lexeme: str) -> tuple[bool, str, int]:
    """One form for all ways to write a decimal number: its sign, its digits without outer zeros, and a power of ten."""
    mantissa, _, exponent = lexeme.lower().partition("e")
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    digits = (whole + fraction).lstrip("0")
    significant = digits.rstrip("0")
    # A text that is not a finite number, such as inf, equals no lexeme of JSON.
    power = _whole(exponent) - len(fraction) + len(digits) - len(significant) if significant else 0
    return lexeme.startswith("-"), significant, power


def _whole(exponent: str) -> int:
    """An exponent of more digits than any float's stands for itself: it only has to differ."""
    return int(exponent[:12]) if exponent else 0


def find_inexact(value: Any, path: tuple[str | int, ...] = ()) -> tuple[Inexact, tuple[str | int, ...]] | None:
    """The first number that a float would round, and where it is."""
    if isinstance(value, Inexact):
        return value, path
    if isinstance(value, dict):
        members: Any = value.items()
    elif isinstance(value, list):
        members = enumerate(value)
    else:
        return None
    for name, inner in members:
        if found := find_inexact(inner, (*path, name)):
            return found
    return None
