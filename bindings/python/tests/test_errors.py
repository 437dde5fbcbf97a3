"""Errors are part of the product."""

from __future__ import annotations

import pickle
import traceback
from typing import Any

import pytest

import koru_delta
from koru_delta import KoruDeltaError


def test_an_error_is_drawn_with_what_was_meant_and_what_to_do(db: Any, ns: str) -> None:
    db.put(ns, "alice", 1)
    with pytest.raises(koru_delta.KeyNotFound) as found:
        db.get_or_raise(ns, "alic")
    assert str(found.value) == (
        f"Key '{ns}/alic' not found.\n"
        "\n"
        "Did you mean:\n"
        f"  - {ns}/alice (different spelling)\n"
        "\n"
        "To see all keys:\n"
        f'  [version.key for version in db.list("{ns}")]\n'
        "\n"
        "To create this key:\n"
        f'  db.put("{ns}", "alic", {{"name": "Alice"}})'
    )
    assert repr(found.value) == f"""KeyNotFound("Key '{ns}/alic' not found.")"""
    assert "Did you mean" in "".join(traceback.format_exception_only(found.value))


def test_the_hint_of_a_deleted_key_brings_it_back(db: Any, ns: str) -> None:
    db.put(ns, "a", {"n": 1})
    db.delete(ns, "a", actor="bob", reason="spring cleaning")
    with pytest.raises(koru_delta.KeyDeleted) as deleted:
        db.get_or_raise(ns, "a")
    assert "bob" in deleted.value.detail
    assert deleted.value.hints[0].code == f'db.revert("{ns}", "a")'
    eval(deleted.value.hints[0].code, {"db": db})
    assert db.get(ns, "a") == {"n": 1}


def test_an_error_survives_a_pickle(db: Any, ns: str) -> None:
    db.put(ns, "a", 1)
    with pytest.raises(koru_delta.Conflict) as conflict:
        db.put(ns, "a", 1, if_version=None)
    copy = pickle.loads(pickle.dumps(conflict.value))
    assert type(copy) is koru_delta.Conflict
    assert (copy.facts, str(copy)) == (conflict.value.facts, str(conflict.value))


def test_every_code_has_a_class_in_a_group() -> None:
    kinds = KoruDeltaError._kinds
    assert len(kinds) > 40
    for code, kind in kinds.items():
        assert getattr(koru_delta, kind.__name__) is kind
        assert kind.code == code
        assert kind.__doc__
        assert kind("detail").docs.endswith(code)
    assert issubclass(koru_delta.KeyNotFound, koru_delta.NotFound)
    assert issubclass(koru_delta.KeyNotFound, LookupError)
    assert issubclass(koru_delta.InvalidJson, ValueError)
    assert issubclass(koru_delta.Timeout, koru_delta.NotAvailable)
    assert issubclass(koru_delta.Conflict, koru_delta.Refused)


def test_results_are_short_to_look_at_and_cannot_be_changed(db: Any, ns: str) -> None:
    db.put(ns, "a", {"text": "x" * 10_000, "many": list(range(1_000))})
    version = db.get_version(ns, "a")
    assert len(repr(version)) < 400
    assert repr(version).startswith(f"Version({ns}/a, ")
    assert "extra" not in repr(version)
    with pytest.raises(AttributeError):
        version.seq = 1
    assert version == db.get_version(ns, "a")
    assert repr(db.history(ns, "a")) == "<history: iterate, or take all() or page()>"
    assert "KoruDelta(" in repr(db)
    assert repr(koru_delta.ABSENT) == "ABSENT"
    assert not koru_delta.ABSENT


def test_what_a_newer_server_tells_is_kept() -> None:
    wire = {"namespace": "n", "key": "k", "version": "v", "seq": 1, "timestamp": "t", "previous": None, "mood": "good"}
    version = koru_delta.Version._of(wire)
    assert version.extra == {"mood": "good"}
    assert "mood" in wire


def test_a_key_is_in_no_text(server: Any) -> None:
    secret = "kdelta_canary_5d41402abc4b2a76"
    db = koru_delta.KoruDelta.connect(server.url, key=secret)
    texts = [repr(db), repr(db.at("now")), repr(db._session.transport), repr(vars(db))]
    db.close()
    with pytest.raises(koru_delta.Closed) as closed:
        db.get("n", "a")
    texts.append("".join(traceback.format_exception(closed.value)))
    assert not any(secret in text for text in texts)
