"""One stand-in for the adapters' tests, and a tenant's dataset of each test's own."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from uuid import uuid4

import pytest
from google.cloud import bigquery

from local.storage.server import StorageServer
from shared.adapters.bigquery_jobs import BigQueryJobs
from shared.adapters.bigquery_tables import BigQueryTables
from tests.contract.adapters.objects_place import Place
from tests.contract.adapters.stand_in import client_of, jobs_of, stand_in
from tests.contract.bigquery.conftest import start_server, stop_server


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[bigquery.Client]:
    with stand_in(tmp_path_factory.mktemp("adapters")) as client:
        yield client


@pytest.fixture(scope="session")
def tables(client: bigquery.Client) -> BigQueryTables:
    return BigQueryTables(client)


@pytest.fixture
def warehouse(client: bigquery.Client) -> BigQueryJobs:
    """As a fresh instance of a function has it: nothing submitted yet."""
    return jobs_of(client)


@pytest.fixture
def tenant(tables: BigQueryTables) -> str:
    """A tenant's dataset, empty."""
    name = f"t_{uuid4().hex[:12]}"
    tables.create_dataset(name, location="US", description="a tenant of one test")
    return name


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder for a source's files."""
    folder = tmp_path / "files"
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    with StorageServer(tmp_path_factory.mktemp("storage"), port=0, owner="") as stored:
        Thread(target=stored.serve_forever, args=(0.02,), daemon=True).start()
        server = start_server(tmp_path_factory.mktemp("bigquery"), storage=stored.url)
        yield server.url, stored.url
        stop_server(server)
        stored.shutdown()


@pytest.fixture
def place(servers: tuple[str, str], tmp_path: Path) -> Place:
    return Place(client_of(servers[0]), servers[1], tmp_path)
