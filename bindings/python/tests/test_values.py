"""Values that are hard to carry."""

from __future__ import annotations

import enum
import math
from collections import OrderedDict
from decimal import Decimal
from typing import Any

import pytest

import koru_delta

EXACT = [
    0,
    -1,
    2**53 + 1,
    -(2**63),
    2**64,
    10**100,
    0.1,
    -0.0,
    5e-324,
    1.7976931348623157e308,
    1e16,
    True,
    "",
    "\u0000\u001f\u007f\u2028\ufeff",
    "\U0001f600 é é \u202e",
    '"\\/\b\f\n\r\t',
    [],
    {},
    [[[]]],
    {"": {"__proto__": 1, "constructor": 2}},
    {"z": 1, "a": 2, "M": 3},
]


@pytest.mark.parametrize("value", EXACT, ids=[repr(each)[:30] for each in EXACT])
def test_comes_back_as_it_went(db: Any, ns: str, value: Any) -> None:
    db.put(ns, "a", value)
    found = db.get(ns, "a")
    assert found == value
    assert type(found) is type(value)
    if isinstance(value, float):
        assert math.copysign(1, found) == math.copysign(1, value)


def test_members_keep_their_order(db: Any, ns: str) -> None:
    db.put(ns, "a", OrderedDict([("z", 1), ("a", (1, 2))]))
    assert list(db.get(ns, "a")) == ["z", "a"]
    assert db.get_json(ns, "a") == '{"z":1,"a":[1,2]}'


@pytest.mark.parametrize(
    "text", ["1e400", "0.1000000000000000055511151231257827", "123456789012345678.5", "1e-400", "9" * 5_000]
)
def test_a_number_that_would_be_rounded_is_said_so(db: Any, ns: str, text: str) -> None:
    db.batch_put(lines=f'{{"key":"{ns}/a","value":{{"deep":[0,{text}]}}}}')
    with pytest.raises(koru_delta.NumberNotExact) as inexact:
        db.get(ns, "a")
    assert inexact.value.facts["number"] == text
    assert inexact.value.facts["path"] == ["value", "deep", 1]
    assert db.get_json(ns, "a") == f'{{"deep":[0,{text}]}}'
    with pytest.raises(koru_delta.NumberNotExact):
        db.history(ns, "a").all()


@pytest.mark.parametrize(("text", "value"), [("-0", -0.0), ("1.0", 1.0), ("1.50", 1.5), ("1E2", 100.0), ("0e9", 0.0)])
def test_notation_is_not_rounding(db: Any, ns: str, text: str, value: float) -> None:
    db.batch_put(lines=f'{{"key":"{ns}/a","value":{text}}}')
    found = db.get(ns, "a")
    assert repr(found) == repr(value)
    assert db.get_json(ns, "a") == text


def test_a_conflict_whose_value_is_not_exact_is_still_a_conflict(db: Any, ns: str) -> None:
    db.batch_put(lines=f'{{"key":"{ns}/a","value":1e400}}')
    with pytest.raises(koru_delta.Conflict) as conflict:
        db.put(ns, "a", 1, if_version=None)
    assert conflict.value.facts["currentValue"] == "1e400"


class Colour(str, enum.Enum):
    RED = "red"


CYCLE: list[Any] = []
CYCLE.append(CYCLE)


def nested(levels: int) -> Any:
    value: Any = []
    for _ in range(levels - 1):
        value = [value]
    return value


REFUSED = {
    "nan": (math.nan, ["value"]),
    "infinity": ([math.inf], ["value", 0]),
    "decimal nan": (Decimal("NaN"), ["value"]),
    "a lone surrogate": ({"a": ["\ud800"]}, ["value", "a", 0]),
    "a lone surrogate in a name": ({"a": {"\udfff": 1}}, ["value", "a"]),
    "a name that is a number": ({"a": {1: 2}}, ["value", "a"]),
    "a name that is nothing": ([{None: 2}], ["value", 0]),
    "a name that is true": ({True: 2}, ["value"]),
    "a set": ({"a": {1, 2}}, ["value", "a"]),
    "bytes": (b"a", ["value"]),
    "an object": ([object()], ["value", 0]),
    "a cycle": (CYCLE, ["value", 0]),
    "129 levels": (nested(129), ["value", *[0] * 128]),
    "100,000 levels": (nested(100_000), ["value", *[0] * 128]),
    "too many digits": ([10**5_000], ["value", 0]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_is_refused_before_it_is_sent(db: Any, ns: str, name: str) -> None:
    value, path = REFUSED[name]
    with pytest.raises(koru_delta.InvalidJson) as refused:
        db.put(ns, "a", value)
    assert refused.value.facts["path"] == path
    with pytest.raises(koru_delta.InvalidJson) as refused:
        db.batch_put([(ns, "b", 1), (ns, "a", value)])
    assert refused.value.facts["path"] == path
    assert refused.value.facts["key"] == "a"
    with pytest.raises(koru_delta.InvalidJson):
        db.transact(lambda tx: tx.put(ns, "a", value))
    assert db.namespaces() is not None
    assert db.get_many(ns, ["a", "b"]) == {}


def test_what_is_just_not_too_much(db: Any, ns: str) -> None:
    db.put(ns, "deep", nested(128))
    assert db.get(ns, "deep") == nested(128)
    text = "x" * ((16 << 20) - 2)
    db.put(ns, "large", text)
    assert db.get(ns, "large") == text
    with pytest.raises(koru_delta.ValueTooLarge):
        db.put(ns, "larger", text + "x")
    with pytest.raises(koru_delta.ValueTooLarge):
        db.put(ns, "largest", text * 3)
    assert db.get(ns, "larger") is None


def test_decimals_are_written_exactly(db: Any, ns: str) -> None:
    db.put(ns, "a", {"price": Decimal("0.10"), "many": [Decimal("1E+400"), 1], "text": "0.10"})
    assert db.get_json(ns, "a") == '{"price":0.10,"many":[1E+400,1],"text":"0.10"}'
    db.batch_put([(ns, "b", Decimal("1.0")), (ns, "c", 2)])
    assert db.get_json(ns, "b") == "1.0"


def test_texts_of_other_types_are_texts(db: Any, ns: str) -> None:
    db.put(ns, "a", {Colour.RED: Colour.RED})
    assert db.get(ns, "a") == {"red": "red"}


@pytest.mark.parametrize("name", ["", "a/b", "_system", "a\nb", "x" * 129, "\ud800", 5, None, b"n"])
def test_bad_namespaces(db: Any, name: Any) -> None:
    for call in (lambda: db.put(name, "a", 1), lambda: db.get(name, "a"), lambda: db.batch_put([(name, "a", 1)])):
        with pytest.raises((koru_delta.InvalidNamespace, koru_delta.InvalidParams)):
            call()


@pytest.mark.parametrize("key", ["", "x" * 1_025, "\udc00", 5, None])
def test_bad_keys(db: Any, ns: str, key: Any) -> None:
    for call in (lambda: db.put(ns, key, 1), lambda: db.get(ns, key), lambda: db.batch_put([(ns, key, 1)])):
        with pytest.raises((koru_delta.InvalidKey, koru_delta.InvalidParams)):
            call()


KEYS = ["a/b", "é", "é", "\u0000", "..", "%2e%2f", "\\", "x" * 1_024, " ", "__proto__", "😀"]


def test_keys_of_every_kind(db: Any, ns: str) -> None:
    db.batch_put([(ns, key, key) for key in KEYS])
    for key in KEYS:
        assert db.get(ns, key) == key
    assert {version.key for version in db.list(ns)} == set(KEYS)


def test_an_option_that_utf8_cannot_carry(db: Any, ns: str) -> None:
    with pytest.raises(koru_delta.InvalidParams):
        db.put(ns, "a", 1, actor="\ud800")
    with pytest.raises(koru_delta.InvalidParams):
        db.batch_put([(ns, "a", 1)], reason="\ud800")
    assert db.get(ns, "a") is None
