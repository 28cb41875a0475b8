"""A stand-in with the metadata in it.

What it takes is imported once it is started: pytest loads this file before it has its workers do anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from google.cloud import bigquery

    from shared.adapters.bigquery_log import BigQueryLog


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[bigquery.Client]:
    from shared.adapters.bigquery_tables import BigQueryTables
    from shared.usecases.create_metadata import create_metadata
    from tests.contract.adapters.stand_in import stand_in

    with stand_in(tmp_path_factory.mktemp("laws")) as client:
        tables = BigQueryTables(client)
        list(create_metadata(dataset="metadata", project=client.project, location="US", tables=tables))
        yield client


@pytest.fixture(scope="session")
def log(client: bigquery.Client) -> BigQueryLog:
    from shared.adapters.bigquery_log import BigQueryLog

    return BigQueryLog(client, dataset="metadata")
