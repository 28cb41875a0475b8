"""The BigQuery stand-in as a process of its own, and Google's client for it."""

from collections.abc import Iterator

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

from tests.contract.bigquery.conftest import PROJECT, start_server, stop_server


@pytest.fixture(scope="session", name="bigquery_url")
def start_bigquery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = start_server(tmp_path_factory.mktemp("bigquery"))
    yield server.url
    stop_server(server)


@pytest.fixture(name="client")
def connect(bigquery_url: str) -> Iterator[bigquery.Client]:
    client = bigquery.Client(
        project=PROJECT, credentials=AnonymousCredentials(), client_options={"api_endpoint": bigquery_url}
    )
    yield client
    client.close()
