"""The base of all exceptions. The kinds are generated, one for each code of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from ._generated import Hint, Suggestion


class KoruDeltaError(Exception):
    """What every call raises when it cannot do what was asked.

    There is a class for each code, and one for each group of codes that call for the same thing:

    >>> import koru_delta
    >>> try:
    ...     db.get_or_raise("users", "alic")
    ... except koru_delta.NotFound as error:
    ...     print(error.code, error.suggestions[0].text)
    key_not_found users/alice

    Programs look at the class or the `code` and at the `facts`; the texts are for people and may change.
    """

    #: The kind of failure.
    code: str = "internal"
    #: A short title.
    title: str = "Internal error"
    #: What happened and why, in one or two sentences.
    detail: str
    #: What was probably meant, nearest first.
    suggestions: tuple[Suggestion, ...]
    #: What to do next, most useful first.
    hints: tuple[Hint, ...]
    #: Details for programs, such as `currentVersion` and `currentValue` of a conflict. A number in them that a float would
    #: round is its text.
    facts: Mapping[str, Any]
    #: Whether the same call may succeed later without any change.
    retryable: bool = False
    #: The exit code of the `kdelta` command.
    exit_code: int = 70
    #: The HTTP status a server answers with.
    http_status: int = 500

    # Whether what carried the call is gone for good, so that no further try can help.
    _final: bool = False
    _kinds: ClassVar[dict[str, type[KoruDeltaError]]] = {}

    def __init__(
        self,
        detail: str,
        *,
        suggestions: Iterable[Suggestion] = (),
        hints: Iterable[Hint] = (),
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.suggestions = tuple(suggestions)
        self.hints = tuple(hints)
        self.facts = dict(facts or {})

    def __init_subclass__(cls, **rest: Any) -> None:
        super().__init_subclass__(**rest)
        cls.__module__ = "koru_delta"
        if "code" in cls.__dict__:
            KoruDeltaError._kinds[cls.code] = cls

    @property
    def docs(self) -> str:
        """The page that explains the code."""
        return f"https://korudelta.io/errors/{self.code}"

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.detail!r})"

    def _lines(self) -> Iterator[str]:
        yield self.detail
        if self.suggestions:
            yield "\nDid you mean:"
            yield from (f"  - {each.text} ({each.why})" for each in self.suggestions)
        for hint in self.hints:
            do = hint.code or hint.command
            yield f"\n{hint.text}:\n  {do}" if do else f"\n{hint.text}."


# People see the name in tracebacks; it is where they import it from.
KoruDeltaError.__module__ = "koru_delta"
