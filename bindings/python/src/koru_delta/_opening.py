"""Opens databases, for threads."""

from __future__ import annotations

import ssl

from ._address import address
from ._bridge import Launch
from ._errors import KoruDeltaError
from ._http import HttpTransport
from ._session import Session
from ._stdio import StdioTransport
from ._steps import Settings, hello


def connected(
    of: Settings, url: str, key: str | None, context: ssl.SSLContext | None
) -> tuple[Session, str, str, Settings]:
    """A session with a server; where it is, and who it says it is."""
    place = address(url, key)
    session = Session(HttpTransport(place, context))
    return session, place.url, _greeted(session, of), of


def bridged(of: Settings, place: str, program: Launch) -> tuple[Session, str, str, Settings]:
    """A session with a child; where its database is, and who it says it is."""
    transport = StdioTransport(program)
    session = Session(transport)
    try:
        return session, place, _greeted(session, of), of
    except KoruDeltaError as error:
        if error._final:
            raise transport.opening_failure() from error
        raise


def _greeted(session: Session, of: Settings) -> str:
    """Who the other side says it is. A session without an answer is closed."""
    try:
        return str(session.run(hello(of))["server"])
    except BaseException:
        session.transport.close()
        raise
