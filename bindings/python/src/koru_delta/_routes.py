"""The routes of streams over HTTP, and what a request of them says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ._address import Address
from ._generated import OPERATIONS
from ._http11 import request_head
from ._wire import Request

_Header = tuple[str, str]


def rpc_head(address: Address, length: int) -> bytes:
    """The head of a call by /v1/rpc."""
    return _head(address, "POST", "/v1/rpc", ("Content-Type", "application/json"), ("Content-Length", str(length)))


def upload_head(address: Address, call: Request) -> bytes:
    """The head of a request that sends lines, in chunks."""
    params = json.loads(call.params)
    name = params.pop("idempotencyKey", None)
    named = (("Idempotency-Key", name),) if name is not None else ()
    lines = (("Content-Type", "application/x-ndjson"), ("Transfer-Encoding", "chunked"))
    return _head(address, "POST", _target(call.method, params), *lines, *named)


def download_head(address: Address, call: Request) -> bytes:
    """The head of a request that is answered by lines."""
    return _head(address, "GET", _target(call.method, json.loads(call.params)))


def _target(operation: str, params: Mapping[str, Any]) -> str:
    query = {name: value if isinstance(value, str) else json.dumps(value) for name, value in params.items()}
    return Address.target(OPERATIONS[operation].path, query)


def _head(address: Address, method: str, target: str, *headers: _Header) -> bytes:
    return request_head(method, address.prefix + target, (*address.headers, *headers))
