"""The BigQuery stand-in within this process: no port, no network, no credentials, nothing left behind."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from urllib.parse import urlsplit

import urllib3
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

from local.bigquery.app import App
from local.bigquery.database import Database
from local.bigquery.web import Request
from shared.adapters.google_http import Answer, Asked
from shared.temporary_folder import temporary_folder

ClientOf = Callable[[str], bigquery.Client]
_ADDRESS = "http://bigquery.invalid"
"""Of nobody: what is called is the stand-in itself."""
_PREFIX = "pipeline-tests-"


@contextmanager
def stand_in(*, location: str = "US") -> Iterator[ClientOf]:
    """Google's client for each project that is named, over tables that are gone at the end."""
    with temporary_folder(_PREFIX) as folder:
        database = Database(folder, project="tests")
        app = App(database)
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, name=_PREFIX, daemon=True)
        thread.start()
        try:
            yield partial(_client, calls=_Calls(app, loop), location=location)
        finally:
            app.jobs.end_waiting()
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()
            app.jobs.close()
            database.close()


def _client(project: str, *, calls: _Calls, location: str) -> bigquery.Client:
    return bigquery.Client(
        project=project,
        location=location,
        credentials=AnonymousCredentials(),  # type: ignore[no-untyped-call]
        client_options={"api_endpoint": _ADDRESS},
        # Anything that has a session's `request` will do, as in shared/wiring.py.
        _http=calls,  # type: ignore[arg-type]
    )


class _Calls:
    """What the client has for a session: each call is answered by the stand-in, on its own thread."""

    is_mtls = False
    """Read by the client."""

    def __init__(self, app: App, loop: asyncio.AbstractEventLoop) -> None:
        self._app = app
        self._loop = loop

    def request(
        self,
        method: str,
        url: str,
        *,
        data: str | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | tuple[float, float] | None = None,  # noqa: ARG002 - the client's signature
    ) -> Answer:
        """The whole answer, whatever its status."""
        parts = urlsplit(url)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        body = data.encode() if isinstance(data, str) else data or b""
        lower = {name.lower(): value for name, value in (headers or {}).items()}
        asked = self._app.respond(Request(method, target, lower, body))
        response = asyncio.run_coroutine_threadsafe(asked, self._loop).result()
        found = urllib3.HTTPHeaderDict(response.headers)
        return Answer(Asked(method, url), response.status, found, response.body)

    def close(self) -> None:
        """Nothing is open."""
