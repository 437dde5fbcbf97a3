"""The conversation, without a pipe."""

from __future__ import annotations

import decimal
from typing import Any

import pytest

import koru_delta
from koru_delta._child import LastWords, TextPieces
from koru_delta._json import Reader, encode, member
from koru_delta._numbers import Inexact, canonical, exact_float
from koru_delta._wire import CHUNK_BYTES, Answer, Conversation, Ended, Message, line, request


def test_lines_cut_anywhere_go_to_those_who_wait() -> None:
    conversation = Conversation()
    inboxes: list[list[Any]] = [[], []]
    first, second = (conversation.open(inbox.append) for inbox in inboxes)
    text = (
        f'{{"jsonrpc":"2.0","id":{second},"result":{{"é":2}}}}\n'
        f'{{"result":1,"id":{first},"jsonrpc":"2.0"}}\n'
        f'{{"jsonrpc":"2.0","method":"event","params":{{"id":{first},"n":1}}}}\n'
        '{"jsonrpc":"2.0","id":99,"result":0}\n'
    ).encode()
    for at in range(0, len(text), 3):
        conversation.feed(text[at : at + 3])
    assert inboxes[1][0].result(Reader(None)) == {"é": 2}
    assert inboxes[0][0].result(Reader(None)) == 1
    assert inboxes[0][1] == Message("event", {"id": first, "n": 1})
    conversation.close(second)
    conversation.end("over")
    assert inboxes[0][2] == Ended("over")
    assert len(inboxes[1]) == 1
    late: list[Any] = []
    conversation.open(late.append)
    assert late == [Ended("over")]


@pytest.mark.parametrize("text", [b"\n", b"hello\n", b'{"id":null,"error":{"message":"bad line"}}\n'])
def test_what_is_not_of_the_protocol(text: bytes) -> None:
    with pytest.raises(ValueError, match="."):
        Conversation().feed(text)


def test_a_line_that_is_too_long_is_not_sent() -> None:
    with pytest.raises(koru_delta.RequestTooLarge):
        line(request("call", '"' + "x" * (33 << 20) + '"', 1), 1)


def test_an_answer_of_an_error() -> None:
    answer = Answer(
        b'{"id":1,"error":{"code":-32000,"data":{"code":"brand_new","detail":"New.","exitCode":99,"fact":1}}}'
    )
    with pytest.raises(koru_delta.KoruDeltaError) as new:
        answer.result(Reader(None))
    assert (new.value.code, new.value.detail, new.value.exit_code) == ("brand_new", "New.", 99)
    assert new.value.facts == {"fact": 1}


def test_members_letter_by_letter() -> None:
    text = '{ "a" : [1.0, {"b": "}\\""}] ,"value":{"x": 1e400},"z":-0 }'
    assert member(text, "a") == '[1.0, {"b": "}\\""}]'
    assert member(text, "value") == '{"x": 1e400}'
    assert member(text, "z") == "-0"
    assert member(text, "b") is None
    assert member("{}", "a") is None


@pytest.mark.parametrize("text", ["1.5", "1e2", "-0.0", "5e-324", "0.1", "100e-2", "1.7976931348623157e308"])
def test_exact_floats(text: str) -> None:
    found = exact_float(text)
    assert type(found) is float
    assert found == float(text)


@pytest.mark.parametrize("text", ["1e400", "-1e400", "1e-400", "0.30000000000000000001", "1e999999999999999999999999"])
def test_inexact_floats(text: str) -> None:
    assert type(exact_float(text)) is Inexact


def test_one_number_has_one_form() -> None:
    assert canonical("1.50") == canonical("15e-1") == canonical("0.15E+1")
    assert canonical("0") == canonical("0.000e7")
    assert canonical("-1") != canonical("1")


def test_a_reader_with_decimals() -> None:
    reader = Reader(decimal.Decimal)
    assert reader.read('{"a":1e400,"b":0.10,"c":1}')[0] == {
        "a": decimal.Decimal("1e400"),
        "b": decimal.Decimal("0.10"),
        "c": 1,
    }
    assert encode(decimal.Decimal("0.10")) == "0.10"


def test_texts_of_bytes_cut_anywhere() -> None:
    data = "é€😀".encode() * 5
    pieces = TextPieces()
    assert "".join(text for byte in data for text in pieces.feed(bytes([byte]))) == data.decode()
    pieces.end()
    assert all(len(text.encode()) <= CHUNK_BYTES for text in TextPieces().feed("é".encode() * 3_000_000))
    half = TextPieces()
    list(half.feed("é".encode()[:1]))
    with pytest.raises(koru_delta.InvalidJson):
        half.end()


def test_last_words_are_few() -> None:
    words = LastWords()
    for n in range(1_000):
        words.feed(f"line {n} ".encode() + b"x" * 5_000 + b"\n")
    words.feed(b"the end \xff")
    assert len(words.text()) < 25_000
    assert words.text().startswith("line 980 ")
    assert "the end" in words.epitaph(3)
    assert "status 3" in words.epitaph(3)
    assert "signal 9" in words.epitaph(-9)
