"""Every example in the guide, the README and the docstrings is run."""

from __future__ import annotations

import ast
import asyncio
import doctest
import inspect
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from conftest import ROOT
from pages import blocks_of, programs_of, promises_of

import koru_delta
from koru_delta import _async_client, _client, _errors, _pages

PAGES = [ROOT / "docs/guides/python.md", ROOT / "bindings/python/README.md"]
PROGRAMS = [(page.name, number, text) for page in PAGES for number, text in enumerate(programs_of(page.read_text()))]


@pytest.mark.parametrize(
    ("page", "number", "program"), PROGRAMS, ids=[f"{page}-{number}" for page, number, _ in PROGRAMS]
)
def test_a_program_of_a_page(page: str, number: int, program: str, new_server: Any, tmp_path: Path) -> None:
    if "http://127.0.0.1:7878" in program:
        program = program.replace("http://127.0.0.1:7878", new_server("--memory").url)
    script = tmp_path / "test_example.py"
    script.write_text(program)
    how = ["-m", "pytest", "-q"] if program.startswith("import pytest") else []
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "bindings/python/src")}
    done = subprocess.run(
        [sys.executable, *how, script.name], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    if not how:
        assert done.stdout.splitlines() == promises_of(program)


def test_the_pages_have_examples() -> None:
    assert len(PROGRAMS) >= 6
    assert all("print(" in block or "put(" in block for page in PAGES for block in blocks_of(page.read_text()))


def test_promises() -> None:
    program = 'print(1)  # 1\nfor x in y:\n    print(x)\n# 2\n#\n#   3\nf()\n# not this\n"print(4)"\n'
    assert promises_of(program) == ["1", "2", "", "  3"]


class TopLevelAwait:
    """Runs what doctest compiles; examples may await, as in the prompt of `python -m asyncio`."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()

    def __call__(self, code: Any, names: dict[str, Any]) -> None:
        if code.co_flags & inspect.CO_COROUTINE:
            self.loop.run_until_complete(eval(code, names))
        else:
            exec(code, names)


@pytest.fixture
def awaiting(monkeypatch: pytest.MonkeyPatch) -> Iterator[TopLevelAwait]:
    run = TopLevelAwait()
    monkeypatch.setattr(doctest, "exec", run, raising=False)
    yield run
    run.loop.close()


def examples_of(*modules: ModuleType) -> list[doctest.DocTest]:
    finder = doctest.DocTestFinder(exclude_empty=True)
    return [test for module in modules for test in finder.find(module, module.__name__) if test.examples]


EXAMPLES = examples_of(koru_delta, _client, _async_client, _errors, _pages)


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.name for example in EXAMPLES])
def test_a_docstring(example: doctest.DocTest, awaiting: TopLevelAwait) -> None:
    is_async = "Async" in example.name
    with koru_delta.KoruDelta.start() if not is_async else Opened(awaiting) as db:
        prepare = [
            ("users", "alice", {"name": "Alice", "city": "Paris"}),
            ("users", "alice", {"name": "Alice", "city": "Rome"}),
            ("users", "bob", {"name": "Bob"}),
        ]
        for item in prepare:
            written = db.put(*item)
            if is_async:
                awaiting.loop.run_until_complete(written)
        example.globs = {"db": db, "koru_delta": koru_delta}
        runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
        printed: list[str] = []
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        result = runner.run(example, compileflags=flags, out=printed.append, clear_globs=False)
    assert result.failed == 0, "".join(printed)


class Opened:
    """An asynchronous client, opened and closed from outside of its loop."""

    def __init__(self, run: TopLevelAwait) -> None:
        self._run = run.loop.run_until_complete

    def __enter__(self) -> Any:
        async def opened() -> koru_delta.AsyncKoruDelta:
            return await koru_delta.AsyncKoruDelta.start()

        self._db = self._run(opened())
        return self._db

    def __exit__(self, *_: object) -> None:
        self._run(self._db.close())


def test_docstrings_have_examples() -> None:
    documented = {name for example in EXAMPLES for name in example.name.split(".")[-1:]}
    methods = {name for name in dir(koru_delta.KoruDelta) if not name.startswith("_")}
    without = {"close", "connect", "start", "start_with_path", "moment", "server"}
    assert methods - without - documented == set()
