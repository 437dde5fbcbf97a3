"""HTTP/1.1 as bytes: requests to be written, responses as they come. No socket here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

#: A response with a longer head is refused.
HEAD_BYTES = 64 << 10
#: A line that says how long a chunk is, or a trailer, is no longer than this.
LINE_BYTES = 8 << 10


class BadResponse(Exception):
    """What came is no HTTP/1.1 response, or one that is not taken."""


def request_head(method: str, target: str, headers: Iterable[tuple[str, str]]) -> bytes:
    """The head of a request. Raises ValueError when a header would break out of its line."""
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    if any(not each.isprintable() or not each.isascii() for each in lines):
        raise ValueError("A header holds what HTTP cannot carry.")
    return "\r\n".join((*lines, "", "")).encode("ascii")


def chunk(data: bytes) -> bytes:
    """A piece of a body whose length nobody knows; not empty, for an empty one ends it."""
    return b"%x\r\n%b\r\n" % (len(data), data)


LAST_CHUNK = b"0\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a response; the names of the headers are in small letters."""

    status: int
    headers: dict[str, str]
    keep_alive: bool


class ResponseReader:
    """Reads one response. Feed it, and take the head and what there is of the body; an empty feed is the end of the stream.

    Bytes behind the response are a breach, since nothing else was asked for.
    """

    def __init__(self) -> None:
        self.head: Head | None = None
        #: Whether the response is whole.
        self.done = False
        self._buffer = bytearray()
        self._body: list[bytes] = []
        # How much of the body or of the chunk is still to come; None: until the end of the stream.
        self._left: int | None = 0
        self._chunked = False
        self._in_trailer = False

    def feed(self, data: bytes) -> None:
        """Takes what has come. Raises BadResponse."""
        if not data:
            self._ended()
            return
        if self.done:
            raise BadResponse("The server sent more than the response.")
        self._buffer += data
        while self._buffer and not self.done and self._step():
            pass
        if self.done and self._buffer:
            raise BadResponse("The server sent more than the response.")

    def take(self) -> bytes:
        """What has come of the body since the last look."""
        data = b"".join(self._body)
        self._body.clear()
        return data

    def _ended(self) -> None:
        if self.head and self._left is None and not self._chunked:
            self.done = True
        if not self.done:
            raise BadResponse("The connection ended before the response was whole.")

    def _step(self) -> bool:
        """Reads one part; False when more must come for it."""
        if self.head is None:
            return self._read_head()
        if self._left is None or self._left > 0:
            return self._read_body()
        return self._read_chunk_line()

    def _read_head(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n", 0, HEAD_BYTES)
        if end < 0:
            if len(self._buffer) >= HEAD_BYTES:
                raise BadResponse(f"The head of the response is longer than {HEAD_BYTES} bytes.")
            return False
        head = parse_head(bytes(self._buffer[:end]))
        del self._buffer[: end + 4]
        if 100 <= head.status < 200:
            return True
        self.head = head
        self._frame(head)
        return True

    def _frame(self, head: Head) -> None:
        """Finds out how the body ends."""
        coding = head.headers.get("transfer-encoding")
        length = head.headers.get("content-length")
        if head.status in (204, 304):
            self.done = True
        elif coding is not None:
            if coding.lower() != "chunked" or length is not None:
                raise BadResponse("The length of the response is told in a way that is not taken.")
            self._chunked = True
        elif length is not None:
            if not (length.isascii() and length.isdigit() and len(length) < 19):
                raise BadResponse("The response has no good Content-Length.")
            self._left = int(length)
            self.done = self._left == 0
        else:
            self._left = None

    def _read_body(self) -> bool:
        size = len(self._buffer) if self._left is None else min(self._left, len(self._buffer))
        self._body.append(bytes(self._buffer[:size]))
        del self._buffer[:size]
        if self._left is not None:
            self._left -= size
            self.done = self._left == 0 and not self._chunked
        return True

    def _read_chunk_line(self) -> bool:
        end = self._buffer.find(b"\r\n", 0, LINE_BYTES)
        if end < 0:
            if len(self._buffer) >= LINE_BYTES:
                raise BadResponse("A line between the chunks of the response is too long.")
            return False
        text = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        if self._in_trailer:
            self.done = text == b""
        elif text:
            # The empty line is the one that ends the chunk before.
            self._left = _chunk_length(text)
            self._in_trailer = self._left == 0
        return True


def _chunk_length(text: bytes) -> int:
    digits = text.partition(b";")[0].strip()
    if not digits or len(digits) > 15 or digits.strip(b"0123456789abcdefABCDEF"):
        raise BadResponse("A chunk of the response has no good length.")
    return int(digits, 16)


def parse_head(data: bytes) -> Head:
    """The head of a response, without the empty line behind it. Raises BadResponse."""
    first, *lines = data.decode("latin-1").split("\r\n")
    version, _, rest = first.partition(" ")
    status = rest[:3]
    if version not in ("HTTP/1.1", "HTTP/1.0") or not (status.isascii() and status.isdigit() and len(status) == 3):
        raise BadResponse("What answers does not speak HTTP/1.1.")
    headers: dict[str, str] = {}
    for each in lines:
        name, colon, value = each.partition(":")
        if not colon or not name or name != name.strip():
            raise BadResponse("A header of the response is malformed.")
        name, value = name.lower(), value.strip()
        if headers.get(name, value) != value and name in ("content-length", "transfer-encoding"):
            raise BadResponse(f"The response has two different headers {name}.")
        headers[name] = value
    alive = headers.get("connection", "").lower() != "close" and version == "HTTP/1.1"
    return Head(int(status), headers, alive)
