"""The BigQuery stand-in as a process of its own, and the client that production makes for it."""

import contextlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import cast

from google.api_core.client_options import ClientOptions
from google.auth.credentials import AnonymousCredentials, Credentials
from google.cloud import bigquery
from requests import Session

from shared.adapters.bigquery_jobs import BigQueryJobs
from shared.adapters.fresh_grants import FreshGrants
from shared.adapters.google_http import GoogleHttp
from tests.contract.bigquery.conftest import PROJECT, start_server, stop_server
from tests.fakes.clock import NOON, SetClock

SETTLED = FreshGrants(lambda _: NOON, clock=SetClock(NOON + timedelta(days=1)))
"""Of tenants that were made a day ago: what is refused is refused for good."""


@contextlib.contextmanager
def stand_in(data_dir: Path) -> Iterator[bigquery.Client]:
    """A client of a stand-in that runs for as long as the block lasts."""
    server = start_server(data_dir)
    try:
        client = client_of(server.url)
        with contextlib.closing(client._http):
            yield client
    finally:
        stop_server(server)


def client_of(url: str, *, credentials: Credentials | None = None) -> bigquery.Client:
    """A client as `shared.wiring` makes it: short reads ask for no job. Nobody's, unless credentials are given."""
    own = credentials or AnonymousCredentials()
    return bigquery.Client(
        project=PROJECT,
        location="US",
        credentials=own,
        client_options=ClientOptions(api_endpoint=url),
        default_job_creation_mode="JOB_CREATION_OPTIONAL",
        _http=cast(Session, GoogleHttp(own, url=url)),
    )


def jobs_of(client: bigquery.Client) -> BigQueryJobs:
    """Jobs of every tenant by one client, as a fresh instance of a function has them: nothing submitted yet."""
    return BigQueryJobs(lambda _: client, grants=SETTLED)
