"""KoruDelta: a JSON database in which every write is a version and every read can be asked of any moment.

>>> import koru_delta
>>> with koru_delta.KoruDelta.start() as db:
...     version = db.put("users", "alice", {"name": "Alice"})
...     db.get("users", "alice")
{'name': 'Alice'}

`KoruDelta` is for threads and `AsyncKoruDelta` for an event loop; both have the same methods. `connect(url)` talks to a
server, and `start_with_path(folder)` opens a folder by a child process.
"""

from . import _generated
from ._absent import ABSENT, Absent
from ._async_client import AsyncKoruDelta, AsyncTransaction, AsyncView
from ._batch import BatchDelete, BatchItem, BatchPut
from ._client import KoruDelta, Transaction, View
from ._errors import KoruDeltaError
from ._generated import *
from ._moment import Moment
from ._pages import AsyncPages, Page, Pages
from ._params import IfVersion
from ._version import __version__
from ._watch import AsyncWatch, Watch

__all__ = [
    "ABSENT",
    "Absent",
    "AsyncKoruDelta",
    "AsyncPages",
    "AsyncTransaction",
    "AsyncView",
    "AsyncWatch",
    "BatchDelete",
    "BatchItem",
    "BatchPut",
    "IfVersion",
    "KoruDelta",
    "KoruDeltaError",
    "Moment",
    "Page",
    "Pages",
    "Transaction",
    "View",
    "Watch",
    "__version__",
]
__all__ += _generated.__all__
