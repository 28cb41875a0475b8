"""The BigQuery stand-in as a process of its own, and the client that production makes for it."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from google.api_core.client_options import ClientOptions
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

from tests.contract.bigquery.conftest import PROJECT, start_server, stop_server


@contextlib.contextmanager
def stand_in(data_dir: Path) -> Iterator[bigquery.Client]:
    """A client of a stand-in that runs for as long as the block lasts."""
    server = start_server(data_dir)
    try:
        with contextlib.closing(client_of(server.url)) as client:
            yield client
    finally:
        stop_server(server)


def client_of(url: str) -> bigquery.Client:
    """A client as `shared.wiring` makes it: short reads ask for no job."""
    return bigquery.Client(
        project=PROJECT,
        location="US",
        credentials=AnonymousCredentials(),
        client_options=ClientOptions(api_endpoint=url),
        default_job_creation_mode="JOB_CREATION_OPTIONAL",
    )
