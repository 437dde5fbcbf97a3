"""The Python in Markdown pages."""

from __future__ import annotations

import re


def blocks_of(markdown: str) -> list[str]:
    """The text of each block of Python."""
    return re.findall(r"^```python\n(.*?)^```$", markdown, re.MULTILINE | re.DOTALL)


def programs_of(markdown: str) -> list[str]:
    """The programs: each begins with a block that imports the client's class, and goes on with those that do not."""
    programs: list[str] = []
    for block in blocks_of(markdown):
        begins = re.search(r"^from koru_delta import .*KoruDelta", block, re.MULTILINE)
        if begins or not programs:
            programs.append(block)
        else:
            programs[-1] += block
    return programs


def promises_of(program: str) -> list[str]:
    """What a program says that it prints: the comment behind a print, or the comment lines below it."""
    promises: list[str] = []
    below = False
    for line in program.splitlines():
        beside = re.fullmatch(r"\s*print\(.*\)  # (.*)", line)
        comment = re.fullmatch(r"# ?(.*)", line)
        if beside:
            promises.append(beside[1])
        elif comment and below:
            promises.append(comment[1])
        below = (below and bool(comment)) or (beside is None and "print(" in line)
    return promises
