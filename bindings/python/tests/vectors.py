"""What packages/conformance/README.md says of vectors: references, shorthand, and how answers are compared. All as JSON text,
so that no number is rounded and no order lost."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[3] / "packages/conformance/vectors"

REFERENCE = re.compile(r"\$[a-z]\w*(\.\w+)*", re.ASCII)
_tokens = re.compile(r'"(?:[^"\\]+|\\.)*"|[\[\]{},:]')
_words = {
    "<version>": re.compile(r'"[0-7][0-9A-HJKMNP-TV-Z]{25}"'),
    "<timestamp>": re.compile(r'"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"'),
    "<text>": re.compile(r'".+"', re.DOTALL),
    "<count>": re.compile(r"0|[1-9]\d*"),
    "<list>": re.compile(r"\[.*", re.DOTALL),
    "<any>": re.compile(r".*", re.DOTALL),
}


@dataclass(frozen=True)
class Script:
    """A conversation that begins with an empty database."""

    file: str
    name: str
    seed: int | None
    steps: list[dict[str, Any]]

    def __str__(self) -> str:
        return f"{self.file}: {self.name}" + ("" if self.seed is None else f" (seed {self.seed})")


def scripts() -> Iterator[Script]:
    """Every script that is committed, and those in the folder that the environment names."""
    folders = [FOLDER, FOLDER / "generated"]
    if more := os.environ.get("KORU_VECTORS"):
        folders.append(Path(more))
    for folder in folders:
        for path in sorted(folder.glob("*.json")):
            for each in json.loads(path.read_text())["scripts"]:
                yield Script(path.name, each["name"], each.get("seed"), each["steps"])


def text_of(value: Any) -> str:
    """Compact JSON text."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def parts(text: str) -> list[str]:
    """The texts of the items of a list, or of the names and values of an object in turn."""
    found: list[str] = []
    start, depth = 1, 0
    for match in _tokens.finditer(text):
        token, at = match[0], match.start()
        if token in "[{":
            depth += 1
        elif token in "]},:":
            if depth == 1 and at > start:
                found.append(text[start:at])
            if depth == 1:
                start = at + 1
            depth -= token in "]}"
    return found


def members(text: str) -> dict[str, str]:
    """The members of an object, each as text."""
    all_parts = parts(text)
    return {json.loads(name): value for name, value in zip(all_parts[::2], all_parts[1::2], strict=True)}


def shorthand(value: dict[str, Any]) -> str | None:
    """What an object stands for that says a long or an exact text in a short way."""
    if "$json" in value:
        return str(value["$json"])
    if "$repeat" in value:
        return text_of(value["$repeat"] * value["times"])
    if "$nest" in value:
        return "[" * value["$nest"] + "]" * value["$nest"]
    return None


class Names:
    """The answers that were given a name."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def __setitem__(self, name: str, text: str) -> None:
        self._texts[name] = text

    def __getitem__(self, place: str) -> str:
        name, *steps = place[1:].split(".")
        text = self._texts[name]
        for step in steps:
            text = parts(text)[int(step)] if text.startswith("[") else members(text)[step]
        return text

    def expanded(self, value: Any) -> str:
        """The JSON text of a value of a vector, with what stands for something else in its place."""
        if isinstance(value, str) and REFERENCE.fullmatch(value):
            return self[value]
        if isinstance(value, list):
            return f"[{','.join(map(self.expanded, value))}]"
        if not isinstance(value, dict):
            return text_of(value)
        if (short := shorthand(value)) is not None:
            return short
        return "{" + ",".join(f"{text_of(name)}:{self.expanded(inner)}" for name, inner in value.items()) + "}"

    def check(self, expected: Any, text: str, place: str = "answer") -> None:
        """Fails when an answer is not what is expected."""
        wrong = f"{place} is {text[:300]} and not {str(expected)[:300]}"
        if isinstance(expected, str) and expected in _words:
            assert _words[expected].fullmatch(text), wrong
        elif isinstance(expected, str) and REFERENCE.fullmatch(expected):
            assert json.loads(text) == json.loads(self[expected]), wrong
        elif isinstance(expected, list):
            found = parts(text) if text.startswith("[") else None
            assert found is not None and len(found) == len(expected), wrong
            for at, (item, inner) in enumerate(zip(expected, found, strict=True)):
                self.check(item, inner, f"{place}/{at}")
        elif isinstance(expected, str):
            assert text.startswith('"') and json.loads(text) == expected, wrong
        elif not isinstance(expected, dict):
            assert text == text_of(expected), wrong
        elif (short := shorthand(expected)) is not None:
            assert text == short, wrong
        else:
            assert text.startswith("{"), wrong
            self._check_members(expected, members(text), place)

    def _check_members(self, expected: dict[str, Any], found: dict[str, str], place: str) -> None:
        wanted = {name: value for name, value in expected.items() if name != "..."}
        for name, value in wanted.items():
            assert name in found, f"{place}/{name} is missing"
            self.check(value, found[name], f"{place}/{name}")
        more = found.keys() - wanted.keys()
        assert not more or "..." in expected, f"{place} has {more}, which is not expected"
