"""Other sides that are older, newer or broken: a program in the place of the bridge plays them."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

import koru_delta
from koru_delta import AsyncKoruDelta, KoruDelta

PROGRAM = """
import json, sys
def answer(request, **members):
    print(json.dumps({"jsonrpc": "2.0", "id": request["id"], **members}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    if request["method"] == "hello" and "hello" not in sys.argv:
        answer(request, result={"protocol": 1, "server": "strange/9.9.9", "operations": [], "limits": {}, "mood": "good"})
    else:
        exec(sys.argv[1])
"""


@pytest.fixture(params=["sync", "async"])
def asked(request: pytest.FixtureRequest) -> Any:
    """Opens a bridge that answers everything but hello as a line of Python says, and asks it for a value."""

    def ask(act: str, *more: str, **options: Any) -> Any:
        command = [sys.executable, "-c", PROGRAM, act, *more]
        if request.param == "sync":
            with KoruDelta.start(bridge=command, **options) as db:
                assert db.server == "strange/9.9.9"
                return db.get_version("n", "k")

        async def scene() -> Any:
            async with AsyncKoruDelta.start(bridge=command, **options) as db:
                return await db.get_version("n", "k")

        return asyncio.run(scene())

    return ask


VERSION = {"namespace": "n", "key": "k", "version": "v", "seq": 1, "timestamp": "t", "previous": None, "value": 5}
VERSION["colour"] = "red"


def test_a_newer_one_that_tells_more(asked: Any) -> None:
    found = asked(f"answer(request, result={VERSION}, elapsed=3)")
    assert (found.value, found.extra) == (5, {"colour": "red"})


def test_one_that_tells_less(asked: Any) -> None:
    with pytest.raises(koru_delta.UnsupportedProtocol) as strange:
        asked('answer(request, result={"namespace": "n"})')
    assert "get" in strange.value.detail


def test_an_error_of_a_kind_that_is_new(asked: Any) -> None:
    with pytest.raises(koru_delta.KoruDeltaError) as new:
        asked('answer(request, error={"code": -32000, "data": {"code": "too_blue", "detail": "It is too blue."}})')
    assert new.value.code == "too_blue"


def test_one_that_shares_no_protocol(asked: Any) -> None:
    record = {"code": "unsupported_protocol", "detail": "The server speaks protocol 2.", "protocols": [2]}
    with pytest.raises(koru_delta.UnsupportedProtocol) as apart:
        asked(f'answer(request, error={{"code": -32000, "data": {record}}})', "hello")
    assert apart.value.facts == {"protocols": [2]}


@pytest.mark.parametrize(
    "act",
    [
        'print("not json", flush=True)',
        'print("[]", flush=True)',
        'print("5", flush=True)',
        'print("{}", flush=True)',
        r'sys.stdout.buffer.write(b"\xff\n"); sys.stdout.flush()',
        """print('{"jsonrpc":"2.0","method":"event"}', flush=True)""",
        """print('{"jsonrpc":"2.0","id":null,"error":{"message":"what was that?"}}', flush=True)""",
        """print('{"jsonrpc":"2.0","id":2,"res', end="", flush=True); sys.exit(3)""",
        "sys.exit(0)",
    ],
)
def test_one_that_breaks_off_or_talks_nonsense(asked: Any, act: str) -> None:
    with pytest.raises(koru_delta.ConnectionLost) as lost:
        asked(act, timeout=20)
    assert lost.value.facts["outcome"] == "not_done"


@pytest.mark.parametrize(
    "act", ["answer(request)", 'answer(request, error="no")', 'answer({"id": "x"}); answer({"id": 99})']
)
def test_one_that_answers_beside_the_point(asked: Any, act: str) -> None:
    with pytest.raises((koru_delta.UnsupportedProtocol, koru_delta.Timeout, koru_delta.ConnectionLost)):
        asked(act, timeout=2)


def test_one_that_floods_standard_error(asked: Any, tmp_path: Path) -> None:
    flood = 'sys.stderr.write("x" * 5_000_000 + "\\nthe end"); sys.exit(1)'
    with pytest.raises(koru_delta.ConnectionLost) as lost:
        asked(flood)
    assert str(lost.value).rstrip().endswith("the end")
    assert len(str(lost.value)) < 5_000
