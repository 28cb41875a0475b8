"""A stand-in with the metadata in it."""

from collections.abc import Iterator

import pytest
from google.cloud import bigquery

from shared.adapters.bigquery_log import BigQueryLog
from shared.adapters.bigquery_tables import BigQueryTables
from shared.usecases.create_metadata import create_metadata
from tests.contract.adapters.stand_in import stand_in


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[bigquery.Client]:
    with stand_in(tmp_path_factory.mktemp("laws")) as client:
        tables = BigQueryTables(client)
        list(create_metadata(dataset="metadata", project=client.project, location="US", tables=tables))
        yield client


@pytest.fixture(scope="session")
def log(client: bigquery.Client) -> BigQueryLog:
    return BigQueryLog(client, dataset="metadata")
