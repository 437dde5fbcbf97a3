"""The vectors of packages/conformance, by each client over each carrier."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields
from typing import Any

import pytest
from conftest import WAYS, Server
from vectors import Names, Script, parts, scripts, text_of
from voices import BlockingDatabase, LoopThread

from koru_delta import ABSENT, AsyncKoruDelta, KoruDelta, KoruDeltaError
from koru_delta._json import member
from koru_delta._lines import load
from koru_delta._params import camel
from koru_delta._retry import attempts
from koru_delta._wire import Answer, request

Fresh = Callable[[], Any]


@pytest.fixture(params=WAYS)
def fresh(request: pytest.FixtureRequest, new_server: Callable[..., Server], loop: LoopThread) -> Iterator[Fresh]:
    """Opens databases that are new and empty, by one of the four ways."""
    voice, carrier = request.param.split("-")
    opened: list[Any] = []

    def open_one() -> Any:
        url = new_server("--memory").url if carrier == "http" else None
        # Where an answer is not compared letter by letter, its big numbers are welcome as they are.
        if voice == "sync":
            db: Any = KoruDelta.connect(url, parse_float=str) if url else KoruDelta.start(parse_float=str)
        else:
            opening = AsyncKoruDelta.connect(url, parse_float=str) if url else AsyncKoruDelta.start(parse_float=str)
            db = BlockingDatabase(loop.run(opening), loop)
        opened.append(db)
        return db

    yield open_one
    for db in opened:
        db.close()


@pytest.mark.parametrize("script", list(scripts()), ids=str)
def test_vectors(script: Script, fresh: Fresh) -> None:
    Player(fresh).play(script.steps)


class Player:
    """Carries a script out."""

    def __init__(self, fresh: Fresh) -> None:
        self.fresh = fresh
        self.db = fresh()
        self.names = Names()

    def play(self, steps: list[dict[str, Any]]) -> None:
        for number, step in enumerate(steps, 1):
            try:
                self.carry_out(step)
            except AssertionError as error:
                raise AssertionError(f"step {number}, {str(step)[:200]}: {error}") from error

    def carry_out(self, step: dict[str, Any]) -> None:
        if step.get("fresh"):
            self.db = self.fresh()
            return
        if step.get("close"):
            self.db.close()
            return
        try:
            answer = self.answer(step)
        except KoruDeltaError as error:
            assert "error" in step, f"it failed: {error!r}"
            self.names.check({**step["error"], "...": True}, text_of(record_of(error)), "error")
            return
        assert "error" not in step, f"it was to fail and answered {answer[:300]}"
        if "as" in step:
            self.names[step["as"]] = answer
        if "expect" in step:
            self.names.check(step["expect"], answer)

    def answer(self, step: dict[str, Any]) -> str:
        params = self.names.expanded(step.get("params", {}))
        name = step["op"]
        if name in ("watch", "export", "import", "load"):
            return self.streamed(name, step, {snake(key): value for key, value in json.loads(params).items()})
        if re.search(r'"\$(json|nest)"', text_of(step)):
            return self.exact(name, params)
        return text_of(self.db.call(name, **json.loads(params)))

    def exact(self, name: str, params: str) -> str:
        """The answer letter by letter, to params letter by letter: below the methods, whose numbers are Python's."""

        def read(answer: Answer) -> str:
            answer.check()
            result = member(answer._text.decode(), "result")
            assert result is not None
            return result

        call = request(name, params, 60.0, writes=True)
        text: str = self.db._run(attempts(call, 0, read))
        return text

    def streamed(self, name: str, step: dict[str, Any], options: dict[str, Any]) -> str:
        try:
            if name == "watch":
                return self.watched(step, options)
            if name == "export":
                whole = b"".join(self.db.export(**options)).decode()
                return f"[{whole.rstrip().replace(chr(10), ',')}]"
            if name == "import":
                return text_of(wire(self.db.import_(self.pieces(step), **options)))
            if "form" in options:
                # The client sends large batches so, and has no option for it.
                return text_of(wire(self.db._run(load(self.db._settings, self.pieces(step), None, options))))
            return text_of(wire(self.db.batch_put(lines=self.pieces(step), **options)))
        except TypeError as error:
            # An option that there is not is Python's own failure.
            assert "unexpected keyword" in str(error), error
            assert step["error"]["code"] == "invalid_params"
            raise KoruDeltaError._kinds["invalid_params"](str(error)) from error

    def watched(self, step: dict[str, Any], options: dict[str, Any]) -> str:
        seen: list[Any] = []
        feed = iter(self.db.watch(**options))

        def read() -> None:
            while len(seen) < step["take"]:
                seen.append(wire(next(feed)))

        if "during" not in step:
            read()
        else:
            reader = threading.Thread(target=read)
            reader.start()
            self.play(step["during"])
            reader.join(60)
        return text_of(seen)

    def pieces(self, step: dict[str, Any]) -> list[bytes]:
        lines = step["lines"]
        if isinstance(lines, str):
            lines = parts(self.names[lines])
        whole = "".join(f"{line}\n" for line in lines).encode()
        return [whole[at : at + 7] for at in range(0, len(whole), 7)]


def snake(name: str) -> str:
    return re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", name)


def wire(found: Any) -> Any:
    """A record as it was on the wire."""
    if isinstance(found, KoruDeltaError):
        return record_of(found)
    if isinstance(found, list):
        return [wire(each) for each in found]
    if not hasattr(found, "extra"):
        return found
    told = {each.name: (getattr(found, each.name), each.default) for each in fields(found) if each.name != "extra"}
    given = {name: value for name, (value, preset) in told.items() if preset is MISSING or value != preset}
    return {camel(name): wire(value) for name, value in given.items() if value is not ABSENT} | found.extra


def record_of(error: KoruDeltaError) -> dict[str, Any]:
    """The record of a failure."""
    return {
        "code": error.code,
        "title": error.title,
        "detail": error.detail,
        "suggestions": [wire(each) for each in error.suggestions],
        "hints": [wire(each) for each in error.hints],
        "retryable": error.retryable,
        "exitCode": error.exit_code,
        "httpStatus": error.http_status,
        "docs": error.docs,
        **error.facts,
    }
