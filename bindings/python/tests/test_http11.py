"""HTTP/1.1 as bytes: what is read, and what is refused."""

from __future__ import annotations

import pytest

from koru_delta._http11 import HEAD_BYTES, BadResponse, ResponseReader, chunk, request_head

PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;a=b\r\nlo\r\n0\r\nX: y\r\n\r\n"
EMPTY = b"HTTP/1.1 204 No Content\r\n\r\n"
CONTINUED = b"HTTP/1.1 100 Continue\r\n\r\n" + PLAIN
WHOLE = {PLAIN: b"hello", CHUNKED: b"hello", EMPTY: b"", CONTINUED: b"hello"}


@pytest.mark.parametrize("response", WHOLE, ids=["plain", "chunked", "empty", "continued"])
@pytest.mark.parametrize("step", [1, 2, 7, 10_000])
def test_a_response_cut_anywhere(response: bytes, step: int) -> None:
    reader = ResponseReader()
    body = b""
    for at in range(0, len(response), step):
        assert not reader.done
        reader.feed(response[at : at + step])
        body += reader.take()
    assert reader.done
    assert body == WHOLE[response]
    assert reader.head
    assert reader.head.keep_alive


@pytest.mark.parametrize("response", WHOLE, ids=["plain", "chunked", "empty", "continued"])
def test_an_end_before_the_end(response: bytes) -> None:
    for length in range(len(response)):
        reader = ResponseReader()
        if length:
            reader.feed(response[:length])
        with pytest.raises(BadResponse):
            reader.feed(b"")


def test_a_body_that_lasts_until_the_end() -> None:
    reader = ResponseReader()
    reader.feed(b"HTTP/1.0 200 OK\r\n\r\nhel")
    reader.feed(b"lo")
    assert not reader.done
    reader.feed(b"")
    assert reader.take() == b"hello"
    assert reader.head
    assert not reader.head.keep_alive


BAD = [
    b"220 mail ESMTP\r\n\r\n",
    b"HTTP/2 200\r\n\r\n",
    b"HTTP/1.1 20 OK\r\n\r\n",
    b"HTTP/1.1 abc OK\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
    b"HTTP/1.1 200 OK\r\n folded: a\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nName : a\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nhe",
    b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 30 + b"\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"f" * 20 + b"\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + b"x" * 10_000,
    PLAIN + b"more",
    EMPTY + b"more",
    b"HTTP/1.1 200 OK\r\nX: " + b"a" * HEAD_BYTES,
]


@pytest.mark.parametrize("response", BAD, ids=[repr(each)[2:60] for each in BAD])
def test_is_refused(response: bytes) -> None:
    with pytest.raises(BadResponse):
        ResponseReader().feed(response)


def test_what_is_written() -> None:
    assert request_head("GET", "/a?b=c", [("Host", "h")]) == b"GET /a?b=c HTTP/1.1\r\nHost: h\r\n\r\n"
    assert chunk(b"x" * 26) == b"1a\r\n" + b"x" * 26 + b"\r\n"
    for bad in ("a\r\nb", "a\nb", "é", "\0"):
        with pytest.raises(ValueError, match="header"):
            request_head("GET", "/", [("X", bad)])
