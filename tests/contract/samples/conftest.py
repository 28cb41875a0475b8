"""The BigQuery stand-in as a process of its own, and Google's client for it."""

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

PROJECT = "sample-project"
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session", name="bigquery_url")
def start_bigquery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data_dir = tmp_path_factory.mktemp("bigquery")
    words = ["-m", "local.bigquery", "--port", str(port), "--data-dir", str(data_dir), "--project", PROJECT]
    with subprocess.Popen([sys.executable, *words], cwd=ROOT) as process:
        url = f"http://127.0.0.1:{port}"
        try:
            wait_for(url, process=process)
            yield url
        finally:
            process.terminate()


def wait_for(url: str, *, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            httpx.get(f"{url}/bigquery/v2/projects/{PROJECT}/datasets", timeout=10)
            return
    pytest.fail("the stand-in did not start")


@pytest.fixture(name="client")
def connect(bigquery_url: str) -> Iterator[bigquery.Client]:
    client = bigquery.Client(
        project=PROJECT, credentials=AnonymousCredentials(), client_options={"api_endpoint": bigquery_url}
    )
    yield client
    client.close()
