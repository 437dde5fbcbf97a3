"""What every client does, over every carrier."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

import koru_delta
from koru_delta import ABSENT, Version


def test_a_write_answers_its_record_without_the_value(db: Any, ns: str) -> None:
    first = db.put(ns, "a", {"n": 1})
    second = db.put(ns, "a", {"n": 2}, actor="ann", reason="more")
    assert isinstance(second, Version)
    assert (second.namespace, second.key, second.value, second.deleted) == (ns, "a", ABSENT, False)
    assert (second.previous, second.actor, second.reason) == (first.version, "ann", "more")
    assert second.seq == first.seq + 1
    assert second.time.utcoffset() == timedelta(0)


def test_a_value_comes_back_now_and_then(db: Any, ns: str) -> None:
    first = db.put(ns, "a", {"n": 1})
    second = db.put(ns, "a", {"n": 2})
    assert db.get(ns, "a") == {"n": 2}
    for moment in (first, first.version, f"seq:{first.seq}", first.timestamp, first.time):
        assert db.get_at(ns, "a", moment) == {"n": 1}
        assert db.get(ns, "a", at=moment) == {"n": 1}
        assert db.at(moment).get(ns, "a") == {"n": 1}
    assert db.get_json(ns, "a", at=first) == '{"n":1}'
    assert db.get_version(ns, "a").version == second.version
    assert db.get_many(ns, ["b", "a"]) == {"a": {"n": 2}}


def test_what_is_not_there_is_none_or_an_error_that_says_why(db: Any, ns: str) -> None:
    assert db.get(ns, "alice") is None
    assert db.get_version(ns, "alice") is None
    assert db.get_json(ns, "alice") is None
    before = db.put(ns, "alice", 1)
    with pytest.raises(koru_delta.KeyNotFound) as found:
        db.get_or_raise(ns, "alic")
    assert found.value.suggestions[0].text == f"{ns}/alice"
    db.delete(ns, "alice", actor="bob")
    with pytest.raises(koru_delta.KeyDeleted) as deleted:
        db.get_or_raise(ns, "alice")
    assert deleted.value.facts["deletedBy"] == "bob"
    with pytest.raises(koru_delta.NotYetWritten):
        db.get_or_raise(ns, "alice", at=f"seq:{before.seq - 1}")
    assert db.get(ns, "alice") is None


def test_many_keys_at_one_moment(db: Any, ns: str) -> None:
    receipt = db.batch_put([(ns, f"k{n}", n) for n in range(250)])
    db.put(ns, "k7", None)
    wanted = [f"k{n}" for n in range(300)]
    assert db.get_many(ns, iter(wanted), at=receipt.last) == {f"k{n}": n for n in range(250)}
    assert db.get_many(ns, wanted)["k7"] is None
    assert db.get_many(ns, []) == {}
    with pytest.raises(koru_delta.InvalidParams):
        db.get_many(ns, "k7")
    with pytest.raises(koru_delta.InvalidKey):
        db.get_many(ns, ["k1", ""])


def test_null_is_a_value(db: Any, ns: str) -> None:
    db.put(ns, "a", None)
    version = db.get_version(ns, "a")
    assert version.value is None
    assert version.value is not ABSENT
    assert not version.deleted
    assert db.get_json(ns, "a") == "null"


def test_guards_hold(db: Any, ns: str) -> None:
    first = db.put(ns, "a", 1, if_version=None)
    with pytest.raises(koru_delta.Conflict) as conflict:
        db.put(ns, "a", 2, if_version=None)
    facts = conflict.value.facts
    assert (facts["currentVersion"], facts["currentValue"]) == (first.version, 1)
    second = db.put(ns, "a", 2, if_version=first)
    with pytest.raises(koru_delta.Conflict):
        db.delete(ns, "a", if_version=first.version)
    db.delete(ns, "a", if_version=second)


def test_history_is_paged_and_counts_deletes(db: Any, ns: str) -> None:
    for n in range(250):
        db.put(ns, "a", n)
    db.delete(ns, "a")
    history = db.history(ns, "a")
    versions = history.all()
    assert len(versions) == 251
    assert versions[0].deleted
    assert versions[0].value is ABSENT
    assert [version.value for version in versions[1:]] == list(range(249, -1, -1))
    assert [version.seq for version in history] == [version.seq for version in versions]
    assert len(db.history(ns, "a", limit=7).all()) == 7
    page = db.history(ns, "a", limit=100).page()
    assert (len(page.items), page.more) == (100, True)
    assert history.page(page.cursor).items[0].value == 150
    assert all(version.value is ABSENT for version in db.history(ns, "a", limit=3, values=False))


def test_list_has_ranges_and_moments(db: Any, ns: str) -> None:
    receipt = db.batch_put([(ns, f"k{n:03}", n) for n in range(230)])
    db.delete(ns, "k007")
    assert len(db.list(ns).all()) == 229
    assert len(db.list(ns, at=receipt.last).all()) == 230
    assert len(db.at(receipt.last).list(ns).all()) == 230
    assert [version.key for version in db.list(ns, prefix="k00", limit=3)] == ["k000", "k001", "k002"]
    assert [version.key for version in db.list(ns, from_="k100", to="k102")] == ["k100", "k101"]
    assert db.list(ns, reverse=True, limit=1).all()[0].key == "k229"
    assert ns in [each.name for each in db.namespaces()]
    assert {each.name: each.keys for each in db.namespaces(counts=True)}[ns] == 229


def test_differences(db: Any, ns: str) -> None:
    first = db.put(ns, "a", {"n": 1, "gone": True})
    db.put(ns, "a", {"n": 2})
    diff = db.diff(ns, "a")
    assert {(step.op, step.path) for step in diff.patch} == {("replace", "/n"), ("remove", "/gone")}
    assert (diff.before, diff.after) == ({"n": 1, "gone": True}, {"n": 2})
    removal = next(step for step in diff.patch if step.op == "remove")
    assert removal.value is ABSENT
    db.put(ns, "b", 1)
    changes = db.diff_namespace(ns, from_=first).all()
    assert [(each.key, each.change) for each in changes] == [("a", "changed"), ("b", "added")]
    assert db.diff(ns, "b").before is ABSENT
    assert [each.key for each in db.at(first).diff_namespace(ns, from_=first)] == []


def test_undo(db: Any, ns: str) -> None:
    first = db.put(ns, "a", 1)
    db.put(ns, "a", 2)
    db.revert(ns, "a")
    assert db.get(ns, "a") == 1
    db.delete(ns, "a")
    db.revert(ns, "a", reason="by mistake")
    assert db.get(ns, "a") == 1
    with pytest.raises(koru_delta.NothingToRevert):
        db.revert(ns, "a", at=first)


def test_a_view_of_a_time_ago_stays_where_it_is(db: Any, ns: str) -> None:
    view = db.at("-1h30m")
    moment = datetime.fromisoformat(view.moment.replace("Z", "+00:00"))
    assert abs(datetime.now(timezone.utc) - moment - timedelta(minutes=90)) < timedelta(seconds=30)
    db.put(ns, "a", 1)
    assert view.get(ns, "a") is None


def test_a_transaction_takes_effect_whole_or_not_at_all(db: Any, ns: str) -> None:
    db.batch_put([(ns, "a", 10), (ns, "b", 0), (ns, "c", 0)])

    def move(tx: Any) -> int:
        left = tx.get_or_raise(ns, "a") - 4
        tx.put(ns, "a", left)
        tx.put(ns, "b", tx.get(ns, "b") + 4)
        tx.delete(ns, "c")
        assert (tx.get(ns, "a"), tx.get(ns, "c")) == (left, None)
        return int(left)

    assert db.transact(move, actor="ann") == 6
    assert db.get_many(ns, ["a", "b", "c"]) == {"a": 6, "b": 4}

    def fail(tx: Any) -> None:
        tx.put(ns, "a", 0)
        raise RuntimeError("changed my mind")

    with pytest.raises(RuntimeError):
        db.transact(fail)
    assert db.get(ns, "a") == 6


def test_a_transaction_begins_again_when_another_was_first(db: Any, ns: str) -> None:
    db.put(ns, "n", 0)
    runs = []

    def add(tx: Any) -> None:
        seen = tx.get(ns, "n")
        runs.append(seen)
        if len(runs) == 1:
            db.put(ns, "n", 100)
        tx.put(ns, "n", seen + 1)

    db.transact(add)
    assert runs == [0, 100]
    assert db.get(ns, "n") == 101

    def always_late(tx: Any) -> None:
        seen = tx.get(ns, "n")
        db.put(ns, "n", seen + 1)
        tx.put(ns, "n", -1)

    with pytest.raises(koru_delta.Conflict):
        db.transact(always_late, retries=2)
    assert db.get(ns, "n") == 104


def test_what_a_transaction_read_is_its_own(db: Any, ns: str) -> None:
    db.put(ns, "a", {"tags": []})

    def change(tx: Any) -> None:
        tx.get(ns, "a")["tags"].append("mine")
        assert tx.get(ns, "a") == {"tags": []}
        kept.append(tx)

    kept: list[Any] = []
    db.transact(change)
    with pytest.raises(koru_delta.Closed):
        kept[0].get(ns, "a")


def test_an_operation_by_its_name(db: Any, ns: str) -> None:
    db.put(ns, "a", 1)
    assert db.call("get", namespace=ns, key="a")["value"] == 1
    page = db.call("diff_namespace".title().replace("_", "").replace("Diff", "diff"), namespace=ns, **{"from": "seq:0"})
    assert page["changes"][0]["key"] == "a"
    db.call("put", namespace=ns, key="b", value=None, if_version=None)
    with pytest.raises(koru_delta.Conflict):
        db.call("put", namespace=ns, key="b", value=None, ifVersion=None)
    with pytest.raises(koru_delta.UnknownOperation):
        db.call("fly", namespace=ns)
    with pytest.raises(koru_delta.InvalidParams):
        db.call("get", namespace=ns, key="a", nobody_knows_this=1)


def test_a_named_write_is_written_once(db: Any, ns: str) -> None:
    name = f"put-{ns}"
    first = db.put(ns, "a", 1, idempotency_key=name)
    again = db.put(ns, "a", 1, idempotency_key=name)
    assert again.version == first.version
    assert len(db.history(ns, "a").all()) == 1
    with pytest.raises(koru_delta.IdempotencyMismatch):
        db.put(ns, "b", 1, idempotency_key=name)


def test_stats_and_verify(db: Any) -> None:
    stats = db.stats(counts=True)
    assert stats.location == "memory"
    assert stats.writable
    assert stats.bytes.total > 0
    report = db.verify()
    assert report.ok
    assert report.failures == []


@pytest.mark.parametrize("timeout", [0, -1, True, "soon", float("nan")])
def test_a_timeout_is_a_number_of_seconds(db: Any, ns: str, timeout: Any) -> None:
    with pytest.raises(koru_delta.InvalidParams):
        db.get(ns, "a", timeout=timeout)


def test_an_endless_timeout(db: Any, ns: str) -> None:
    assert db.get(ns, "a", timeout=float("inf")) is None
