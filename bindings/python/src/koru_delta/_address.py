"""Where a server is, and what every request to it carries."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

from ._failure import failure, hint
from ._version import __version__

CLIENT = f"python/{__version__}"


@dataclass(frozen=True, slots=True)
class Address:
    """A server. Its API key is in no text that a person sees."""

    secure: bool
    host: str
    port: int
    prefix: str
    headers: tuple[tuple[str, str], ...]

    def __repr__(self) -> str:
        return self.url

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http{'s' if self.secure else ''}://{host}:{self.port}{self.prefix}"

    @staticmethod
    def target(path: str, query: dict[str, str]) -> str:
        """The path of a route with its query."""
        return f"{path}?{urlencode(query, quote_via=quote)}" if query else path


def address(url: str, key: str | None) -> Address:
    """The address that a URL names. Raises invalid_params when it names none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _not_an_address(url, str(error)) from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _not_an_address(url, "it begins with http:// or https:// and a host")
    if parts.username is not None or parts.query or parts.fragment:
        raise _not_an_address(url, "it has no user, query or fragment")
    if key is not None and not (key.isascii() and key.isprintable() and " " not in key and key):
        raise failure("invalid_params", "The API key holds what no API key does: white space, or no ASCII.")
    secure = parts.scheme == "https"
    host = parts.hostname
    shown = f"[{host}]" if ":" in host else host
    shown_port = "" if port is None else f":{port}"
    headers = [("Host", shown + shown_port), ("User-Agent", f"koru-delta-{CLIENT}"), ("Accept", "application/json")]
    if key is not None:
        headers.append(("Authorization", f"Bearer {key}"))
    try:
        host.encode("ascii")
    except UnicodeEncodeError as error:
        raise _not_an_address(url, "its host is written in ASCII") from error
    return Address(secure, host, port or (443 if secure else 7878), parts.path.rstrip("/"), tuple(headers))


def _not_an_address(url: str, why: str) -> Exception:
    return failure(
        "invalid_params",
        f"{url!r} is not the address of a server: {why}.",
        hints=[hint("For example", 'KoruDelta.connect("http://127.0.0.1:7878")')],
    )


def unreachable(place: Address, error: OSError) -> Exception:
    """The failure of a connection that did not come about."""
    return failure(
        "unreachable",
        f"There is no connection to {place.url}: {error.strerror or error}.",
        hints=[hint("To start a server there", command=f"kdelta start --port {place.port}")],
        facts={"outcome": "not_done"},
    )
