"""The feed of all versions, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ._generated import Limits, Receipt, Version
from ._pages import Fetch, Page
from ._steps import Settings, Steps, called, now, result, shaped

#: How long one look waits for something to come, in seconds; a proxy that keeps back what is not whole lets that pass.
WAIT_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Feed:
    """Which versions are wanted, and how."""

    settings: Settings
    namespace: str | None
    prefix: str | None
    values: bool | None
    timeout: float | None

    def page(self, since: str | None, limit: int, wait: float = 0.0) -> Steps[Page[Version]]:
        """The versions behind a cursor. Where there is nothing yet, it waits so many seconds for it."""
        params = {
            "since": since,
            "namespace": self.namespace,
            "prefix": self.prefix,
            "values": self.values,
            "limit": limit,
            "waitMs": min(int(wait * 1_000), Limits.wait_ms) or None,
        }
        found = yield from result(self.settings, called(self.settings, "changes", params, self.timeout, wait=wait))
        return shaped("changes", _page, found)

    def begin(self, since: str | None) -> Steps[str]:
        """Where to begin: behind a cursor, or behind what there is now."""
        return since if since is not None else (yield from now(self.settings, self.timeout))


def _page(found: Any) -> Page[Version]:
    return Page([Version._of(each) for each in found["changes"]], found["cursor"], found["more"])


def versions_of(receipt: Receipt, feed: Feed) -> Fetch[Version]:
    """Fetches the versions of a batch, which lie in the feed without gaps."""
    first, last = receipt.first_seq, receipt.last_seq

    def fetch(cursor: str | None, size: int) -> Steps[Page[Version]]:
        if first is None or last is None:
            return Page([], None, False)
        page = yield from feed.page(cursor or f"seq:{first - 1}", size)
        items = [version for version in page.items if version.seq <= last]
        return Page(items, page.cursor, bool(items) and items[-1].seq < last)

    return fetch
