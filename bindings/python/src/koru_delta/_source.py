"""Bytes of the user, in whatever they come."""

from __future__ import annotations

import os
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from typing import IO, Any

from ._failure import failure

#: Text or bytes, a file that is open or its path, or pieces of text or bytes.
Source = str | bytes | os.PathLike[str] | IO[bytes] | IO[str] | Iterable[str | bytes]
#: The same, or pieces that come asynchronously.
AsyncSource = Source | AsyncIterable[str | bytes]

_PIECE = 1 << 20


def pieces_of(source: Source) -> Iterator[bytes]:
    """A source as pieces of bytes."""
    if isinstance(source, os.PathLike):
        with open(source, "rb") as file:
            yield from _read(file)
    elif isinstance(source, (str, bytes, bytearray, memoryview)):
        yield bytes_of(source)
    elif hasattr(source, "read"):
        yield from _read(source)
    elif isinstance(source, Iterable):
        yield from map(bytes_of, source)
    else:
        raise _no_source(source)


async def async_pieces_of(source: AsyncIterable[Any]) -> AsyncIterator[bytes]:
    """An asynchronous source as pieces of bytes."""
    async for piece in source:
        yield bytes_of(piece)


def _read(file: Any) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield bytes_of(piece)


def bytes_of(piece: Any) -> bytes:
    """A piece of text or bytes as bytes."""
    if isinstance(piece, str):
        try:
            return piece.encode()
        except UnicodeEncodeError as error:
            raise failure("invalid_json", "The lines hold a lone surrogate.") from error
    if isinstance(piece, (bytes, bytearray, memoryview)):
        return bytes(piece)
    raise _no_source(piece)


def _no_source(source: object) -> Exception:
    return failure(
        "invalid_params",
        f"Lines are text, bytes, an open file, a Path or pieces of them, not {type(source).__qualname__}.",
    )
