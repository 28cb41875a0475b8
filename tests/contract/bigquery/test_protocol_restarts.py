"""Stopping, killing and starting again: what was acknowledged is there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import httpx
import pytest
from google.api_core.exceptions import Conflict, GoogleAPIError, NotFound
from google.cloud import bigquery

from tests import plain_http
from tests.contract.bigquery.conftest import PROJECT, ROOT, Server, start_server, stop_server
from tests.contract.bigquery.test_protocol_cancel import ENDLESS
from tests.patience import PATIENCE_SECONDS

Launch = Callable[[Path], Server]


def _fill(client: bigquery.Client) -> bigquery.QueryJob:
    client.create_dataset("d")
    client.create_table(bigquery.Table(f"{PROJECT}.d.t", [bigquery.SchemaField("a", "INT64")]))
    view = bigquery.Table(f"{PROJECT}.d.v")
    view.view_query = f"SELECT a, JSON_VALUE('{{\"x\": 1}}', '$.x') AS x FROM `{PROJECT}.d.t`"
    client.create_table(view)
    client.query_and_wait("CREATE VIEW d.w AS SELECT SAFE_CAST(a AS STRING) AS s FROM d.t")
    client.query_and_wait(
        "CREATE TABLE d.u PARTITION BY day CLUSTER BY a AS SELECT 1 AS a, DATE '2025-11-01' AS day"
    )
    client.insert_rows_json(f"{PROJECT}.d.t", [{"a": 1}])
    job = client.query("INSERT INTO d.t (a) VALUES (2)", job_id="once", job_retry=None)
    job.result()
    return job


def _require_filled(client: bigquery.Client) -> None:
    rows = client.query_and_wait("SELECT a, x FROM d.v ORDER BY a")
    assert [tuple(row.values()) for row in rows] == [(1, "1"), (2, "1")]
    assert [row[0] for row in client.query_and_wait("SELECT s FROM d.w ORDER BY s")] == ["1", "2"]
    assert sorted(table.table_id for table in client.list_tables("d")) == ["t", "u", "v", "w"]
    assert client.get_table("d.u").num_rows == 1
    found = client.get_job("once", location="US")
    assert (found.state, found.error_result, found.num_dml_affected_rows) == ("DONE", None, 1)
    with pytest.raises(Conflict):
        client.query("INSERT INTO d.t (a) VALUES (2)", job_id="once", job_retry=None)


class Restarted(NamedTuple):
    """A stand-in after another one on the same folder, which was ended while a job ran and a file was on its way."""

    end: signal.Signals
    code: int
    client: bigquery.Client
    client_of_the_ended: bigquery.Client


@pytest.fixture(
    scope="module", params=[signal.SIGTERM, signal.SIGINT, signal.SIGKILL], ids=lambda end: end.name
)
def restarted(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Restarted]:
    folder = tmp_path_factory.mktemp("restarted")
    first = start_server(folder)
    client = first.client()
    _fill(client)
    client.query("SELECT 7 AS a", job_id="read", job_retry=None).result()
    _begin_upload(first)
    assert client.query(ENDLESS, job_id="endless", job_retry=None).state == "RUNNING"

    first.process.send_signal(request.param)
    code = first.process.wait(timeout=PATIENCE_SECONDS)
    stop_server(first)

    second = start_server(folder)
    yield Restarted(request.param, code, second.client(), client)
    stop_server(second)


def test_everything_committed_is_found_again(restarted: Restarted) -> None:
    assert restarted.code == (-signal.SIGKILL if restarted.end == signal.SIGKILL else 0)
    _require_filled(restarted.client)


def test_results_of_a_finished_query_outlive_the_end(restarted: Restarted) -> None:
    job = restarted.client.get_job("read", location="US")

    assert [row["a"] for row in job.result()] == [7]


def test_a_job_running_at_the_end_leaves_nothing_and_can_be_submitted_again(restarted: Restarted) -> None:
    with pytest.raises(NotFound):
        restarted.client.get_job("endless", location="US", retry=None)
    assert list(restarted.client.query("SELECT 1", job_id="endless", job_retry=None).result())


def test_an_unfinished_upload_leaves_no_job(restarted: Restarted) -> None:
    with pytest.raises(NotFound):
        restarted.client.get_job("upload", location="US", retry=None)


def test_a_stopped_server_is_an_error_the_client_can_tell(restarted: Restarted) -> None:
    with pytest.raises((GoogleAPIError, OSError)):
        restarted.client_of_the_ended.get_job("any", retry=None, timeout=PATIENCE_SECONDS)


def _begin_upload(server: Server) -> None:
    url = f"{server.url}/upload/bigquery/v2/projects/{PROJECT}/jobs?uploadType=resumable"
    load = {"destinationTable": {"datasetId": "d", "tableId": "t"}, "sourceFormat": "CSV"}
    body = {"jobReference": {"projectId": PROJECT, "jobId": "upload"}, "configuration": {"load": load}}
    assert plain_http.post(url, json=body).status_code == 200


def test_a_job_is_done_exactly_if_its_effect_is_there_however_often_it_is_killed(
    tmp_path: Path, launch: Launch
) -> None:
    server = launch(tmp_path)
    client = server.client()
    client.create_dataset("d")
    client.create_table(bigquery.Table(f"{PROJECT}.d.t", [bigquery.SchemaField("job", "STRING")]))
    submitted: list[str] = []
    for round_number in range(4):
        _submit_while_killed(server, submitted, after=5 + 9 * round_number)
        server = launch(tmp_path)

    client = server.client()
    rows = [row[0] for row in client.query_and_wait("SELECT job FROM d.t")]
    done = [job_id for job_id in submitted if _succeeded(client, job_id)]

    assert len(rows) == len(set(rows))
    assert sorted(rows) == sorted(done)
    assert len(rows) >= 4


def _submit_while_killed(server: Server, submitted: list[str], *, after: int) -> None:
    """Submit jobs one after the other; from `after` on, a child process kills the server meanwhile."""
    killer: subprocess.Popen[bytes] | None = None
    for number in range(10_000):
        job_id = str(uuid4())
        submitted.append(job_id)
        body = {
            "jobReference": {"projectId": PROJECT, "jobId": job_id},
            "configuration": {
                "query": {"query": f"INSERT INTO d.t (job) VALUES ('{job_id}')", "useLegacySql": False}
            },
        }
        if number == after:
            killer = subprocess.Popen(["kill", "-9", str(server.process.pid)])
        try:
            plain_http.post(
                f"{server.url}/bigquery/v2/projects/{PROJECT}/jobs", json=body, timeout=PATIENCE_SECONDS
            )
        except httpx.TransportError:
            break
    assert killer is not None
    killer.wait(timeout=PATIENCE_SECONDS)
    server.process.wait(timeout=PATIENCE_SECONDS)


def _succeeded(client: bigquery.Client, job_id: str) -> bool:
    try:
        return client.get_job(job_id, location="US", retry=None).error_result is None
    except NotFound:
        return False


def test_a_port_in_use_is_one_line_and_exit_code_one(bigquery_server: Server, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "local.bigquery", "--port", str(bigquery_server.port)]

    second = subprocess.run(
        [*command, "--data-dir", str(tmp_path), "--project", PROJECT],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )

    assert (second.returncode, second.stdout) == (1, "")
    assert second.stderr == f"bigquery: port {bigquery_server.port} is already in use\n"
