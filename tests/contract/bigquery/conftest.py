"""The BigQuery stand-in as a real process, and Google's own client for it."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from uuid import uuid4

import httpx
import pytest
from google.api_core.client_options import ClientOptions
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery, storage

from local.settings import free_ports
from local.storage.server import StorageServer
from tests import plain_http
from tests.patience import PATIENCE_SECONDS
from tests.tethered import start_module, stop

PROJECT = "contract-project"
ROOT = Path(__file__).parents[3]


@dataclass
class Server:
    """A running stand-in."""

    process: subprocess.Popen[bytes]
    port: int
    data_dir: Path

    @property
    def url(self) -> str:
        """The address for `client_options.api_endpoint`."""
        return f"http://127.0.0.1:{self.port}"

    def client(self) -> bigquery.Client:
        """Google's client, pointed here."""
        return bigquery.Client(
            project=PROJECT,
            credentials=AnonymousCredentials(),
            client_options=ClientOptions(api_endpoint=self.url),
        )

    def http(self) -> httpx.Client:
        """A plain HTTP client below the project's address."""
        return plain_http.Client(
            base_url=f"{self.url}/bigquery/v2/projects/{PROJECT}", timeout=PATIENCE_SECONDS
        )


def start_server(data_dir: Path, *, port: int | None = None, storage: str | None = None) -> Server:
    """Start a stand-in on `data_dir` and wait until it answers."""
    port = port or free_ports(1)[0]
    where = ["--port", str(port), "--data-dir", str(data_dir), *(["--storage", storage] if storage else [])]
    process = start_module("local.bigquery", *where, "--project", PROJECT, stderr=subprocess.PIPE)
    server = Server(process, port, data_dir)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            plain_http.get(f"{server.url}/bigquery/v2/projects/{PROJECT}/datasets", timeout=PATIENCE_SECONDS)
            return server
        time.sleep(0.02)
    stop_server(server)
    pytest.fail("the stand-in did not start")


def stop_server(server: Server) -> None:
    """Stop it if it still runs."""
    stop(server.process)


@pytest.fixture(scope="session")
def storage_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StorageServer]:
    """Cloud Storage, as load and extract jobs find it."""
    with StorageServer(tmp_path_factory.mktemp("storage"), port=0, owner="") as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="session")
def buckets(storage_server: StorageServer) -> Iterator[storage.Client]:
    """Google's client of Cloud Storage."""
    options = ClientOptions(api_endpoint=storage_server.url)
    with contextlib.closing(
        storage.Client(project=PROJECT, credentials=AnonymousCredentials(), client_options=options)
    ) as client:
        yield client


@pytest.fixture
def bucket(buckets: storage.Client) -> storage.Bucket:
    """A bucket of the test's own."""
    return buckets.create_bucket(f"b-{uuid4().hex[:12]}")


@pytest.fixture(scope="session")
def bigquery_server(
    tmp_path_factory: pytest.TempPathFactory, storage_server: StorageServer
) -> Iterator[Server]:
    """One stand-in for all tests that don't restart it."""
    server = start_server(tmp_path_factory.mktemp("bigquery"), storage=storage_server.url)
    yield server
    stop_server(server)


@pytest.fixture(scope="session")
def bigquery_client(bigquery_server: Server) -> Iterator[bigquery.Client]:
    """Google's client on the shared stand-in."""
    with contextlib.closing(bigquery_server.client()) as client:
        yield client


@pytest.fixture
def dataset(bigquery_client: bigquery.Client) -> str:
    """A dataset of the test's own; its id."""
    name = f"d_{uuid4().hex[:12]}"
    bigquery_client.create_dataset(name)
    return name


@pytest.fixture
def launch() -> Iterator[Callable[[Path], Server]]:
    """Starts stand-ins that the test may stop or kill; stops those left over."""
    servers: list[Server] = []

    def start(data_dir: Path) -> Server:
        servers.append(start_server(data_dir))
        return servers[-1]

    yield start
    for server in servers:
        stop_server(server)
