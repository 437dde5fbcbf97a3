"""Requests that are made of openapi.json, sent to the real server: it never fails, and answers what it says.

What is valid by its type alone may be refused for its meaning (a moment, a cursor), so acceptance is not judged here. A
failure prints the request as a curl command. KORU_REQUESTS is how many requests each operation gets.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.specs.openapi import checks

root = Path(__file__).resolve().parents[3]
load_all_checks()


@schemathesis.serializer("application/x-ndjson")
def lines(_: object, value: object) -> bytes:
    return json.dumps(value).encode() + b"\n"


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    command = ["node", str(root / "packages/cli/dist/kdelta.js"), "start", "--memory", "--port", "0", "--json"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    yield json.loads(server.stdout.readline())["url"]
    assert server.poll() is None, "the server is still there"
    server.terminate()
    assert server.wait(timeout=15) == 0


# A request that breaks its description may also be refused for its length.
refusals = {"checks": {"negative_data_rejection": {"expected-statuses": ["4xx"]}}}
config = schemathesis.Config.from_dict(refusals)
schema = schemathesis.openapi.from_path(root / "packages/server/src/openapi.json", config=config)


# No line at all is a body of lines, too; and what is wrong with a call of a conversation stands in its answer.
conversations = {"/v1/rpc", "/v1/load", "/v1/import"}
conforms = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]


@schema.exclude(path="/v1/watch").parametrize()
@settings(max_examples=int(os.environ.get("KORU_REQUESTS", "60")), derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_what_the_description_says(case: Case, address: str) -> None:
    refuses = [] if case.operation.path in conversations else [checks.negative_data_rejection]
    case.call_and_validate(base_url=address, checks=[*conforms, *refuses], timeout=20)
