"""A program in Python, for the benchmarks: `client.py threads|asyncio ADDRESS ROWS`.

Each line of its input names some work: what, the first row, how many rows, and how many callers at once. Each is answered by
the milliseconds that it took, without what is made ready before.
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from koru_delta import AsyncKoruDelta, KoruDelta

NAMESPACE = "bench"
CALLERS_MAX = 64


class Rows:
    """Lines `{"key", "value"}`, and what they say."""

    def __init__(self, path: str) -> None:
        self._lines = Path(path).read_bytes().splitlines(keepends=True)
        rows = map(json.loads, self._lines)
        self._items = [(NAMESPACE, row["key"], row["value"]) for row in rows]

    def items(self, start: int, count: int) -> list[tuple[str, str, Any]]:
        return self._items[start : start + count]

    def lines(self, start: int, count: int) -> bytes:
        return b"".join(self._lines[start : start + count])


def works() -> Iterator[tuple[str, int, int, int]]:
    """What is to be done, once it has been said that all is ready."""
    print(flush=True)
    for line in sys.stdin:
        what, *numbers = line.split()
        start, count, callers = map(int, numbers)
        yield what, start, count, callers


def tell(started: float) -> None:
    print((time.perf_counter() - started) * 1_000, flush=True)


def with_threads(address: str, rows: Rows) -> None:
    folder = address.removeprefix("stdio:")
    db = KoruDelta.connect(address) if folder == address else KoruDelta.start_with_path(folder)
    with db, ThreadPoolExecutor(CALLERS_MAX) as pool:
        for what, start, count, callers in works():
            if what == "lines":
                job = partial(db.batch_put, lines=rows.lines(start, count), namespace=NAMESPACE)
            elif what == "batch":
                job = partial(db.batch_put, rows.items(start, count))
            else:
                call = (lambda item: db.get(*item[:2])) if what == "get" else (lambda item: db.put(*item))
                items = rows.items(start, count)
                # One caller needs no pool.
                job = partial(list, map(call, items)) if callers == 1 else partial(in_pool, pool, callers, call, items)
            started = time.perf_counter()
            job()
            tell(started)


def in_pool(pool: ThreadPoolExecutor, callers: int, call: Any, items: list[Any]) -> None:
    """Shares the items among callers, each of which takes every n-th."""
    def one(caller: int) -> None:
        for item in items[caller::callers]:
            call(item)

    list(pool.map(one, range(callers)))


async def with_asyncio(address: str, rows: Rows) -> None:
    folder = address.removeprefix("stdio:")
    opening = AsyncKoruDelta.connect(address) if folder == address else AsyncKoruDelta.start_with_path(folder)
    async with await opening as db:
        for what, start, count, callers in works():
            items = rows.items(start, count)
            lines = rows.lines(start, count)
            started = time.perf_counter()
            if what == "lines":
                await db.batch_put(lines=lines, namespace=NAMESPACE)
            elif what == "batch":
                await db.batch_put(items)
            else:
                await asyncio.gather(*(one(db, what, items[caller::callers]) for caller in range(callers)))
            tell(started)


async def one(db: AsyncKoruDelta, what: str, items: list[Any]) -> None:
    for namespace, key, value in items:
        await (db.get(namespace, key) if what == "get" else db.put(namespace, key, value))


if __name__ == "__main__":
    _, way, address, path = sys.argv
    if way == "threads":
        with_threads(address, Rows(path))
    else:
        asyncio.run(with_asyncio(address, Rows(path)))
