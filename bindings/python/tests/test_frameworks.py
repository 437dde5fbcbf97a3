"""The examples for web frameworks, as they are, against a real server."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from koru_delta import KoruDelta

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::pytest.PytestWarning")


@pytest.fixture(autouse=True)
def _surroundings(server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(EXAMPLES))
    monkeypatch.setenv("KDELTA_URL", server.url)
    yield
    for name in ("fastapi_app", "flask_app", "django_app"):
        sys.modules.pop(name, None)


def test_fastapi(ns: str) -> None:
    from fastapi.testclient import TestClient

    with TestClient(importlib.import_module("fastapi_app").app) as client:
        first = client.put(f"/notes/{ns}", json={"text": "milk"})
        assert first.status_code == 200
        version = first.json()["version"]
        assert client.put(f"/notes/{ns}", json={"text": "bread"}, headers={"If-Match": version}).status_code == 200
        late = client.put(f"/notes/{ns}", json={"text": "eggs"}, headers={"If-Match": version})
        assert (late.status_code, late.json()["detail"]) == (412, {"now": {"text": "bread"}})
        assert client.get(f"/notes/{ns}").json() == {"text": "bread"}
        assert client.get(f"/notes/{ns}", params={"at": version}).json() == {"text": "milk"}
        assert [each["note"]["text"] for each in client.get(f"/notes/{ns}/history").json()] == ["bread", "milk"]
        missing = client.get("/notes/nothing")
        assert (missing.status_code, missing.json()["code"]) == (404, "key_not_found")
        assert client.get(f"/notes/{ns}", params={"at": "nonsense"}).status_code == 400


def test_flask(server: Any, ns: str) -> None:
    app = importlib.import_module("flask_app").create_app()
    client = app.test_client()
    assert client.put(f"/notes/{ns}", json={"text": "milk"}, headers={"X-User": "ann"}).status_code == 200
    assert client.get(f"/notes/{ns}").get_json() == {"text": "milk"}
    assert client.delete(f"/notes/{ns}").status_code == 204
    gone = client.get(f"/notes/{ns}")
    assert (gone.status_code, gone.get_json()["code"]) == (404, "key_deleted")
    assert client.post(f"/notes/{ns}/undo").get_json() == {"text": "milk"}
    assert client.get("/notes", query_string={"prefix": ns}).get_json() == {ns: {"text": "milk"}}

    def write(n: int) -> int:
        return app.test_client().put(f"/notes/{ns}-{n}", json={"n": n}).status_code

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(write, range(40))) == {200}
    assert len(client.get("/notes", query_string={"prefix": f"{ns}-"}).get_json()) == 40


def test_flask_with_a_database_of_the_test(ns: str) -> None:
    with KoruDelta.start() as db:
        client = importlib.import_module("flask_app").create_app(db).test_client()
        client.put("/notes/a", json={"text": "milk"})
        assert db.get("notes", "a") == {"text": "milk"}


def test_django(ns: str) -> None:
    module = importlib.import_module("django_app")
    from django.test import Client

    client = Client()
    first = client.put(f"/notes/{ns}", json.dumps({"text": "milk"}), content_type="application/json")
    assert first.status_code == 200
    client.put(f"/notes/{ns}", json.dumps({"text": "bread"}), content_type="application/json")
    assert client.get(f"/notes/{ns}").json() == {"text": "bread"}
    assert client.get(f"/notes/{ns}", {"at": first.json()["version"]}).json() == {"text": "milk"}
    assert client.delete(f"/notes/{ns}").status_code == 204
    assert client.get(f"/notes/{ns}").json()["code"] == "key_deleted"
    assert [each["deleted"] for each in client.get(f"/notes/{ns}/history").json()] == [True, False, False]
    module.notes().close()
