"""A job that is cancelled stops at once, whatever it was about to do, and nothing of it stays."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
import pytest
from google.api_core.exceptions import Conflict, GoogleAPICallError, NotFound
from google.cloud import bigquery

from tests import plain_http
from tests.contract.bigquery.conftest import PROJECT, Server
from tests.patience import PATIENCE_SECONDS

# Runs for minutes unless it is cancelled.
ENDLESS = (
    "SELECT COUNT(*) AS a FROM UNNEST(GENERATE_ARRAY(1, 300000)) a, UNNEST(GENERATE_ARRAY(1, 300000)) b"
    " WHERE a + b = 7"
)

# The same within a statement that changes something.
LONG = f"({ENDLESS})"


def _submit(client: bigquery.Client, sql: str) -> bigquery.QueryJob:
    return client.query(sql, job_id=f"job-{uuid4()}", job_retry=None, retry=None, timeout=PATIENCE_SECONDS)


def _end(client: bigquery.Client, job: bigquery.QueryJob) -> tuple[str, str]:
    with pytest.raises(GoogleAPICallError, match="cancelled"):
        job.result(retry=None, timeout=PATIENCE_SECONDS)
    ended = client.get_job(job.job_id, location="US")
    return ended.state, ended.error_result["reason"]


def test_a_running_job_holds_its_id_and_stops_when_cancelled(bigquery_client: bigquery.Client) -> None:
    job = _submit(bigquery_client, ENDLESS)
    assert job.state == "RUNNING"

    with pytest.raises(Conflict):
        bigquery_client.query(ENDLESS, job_id=job.job_id, job_retry=None, retry=None)
    job.cancel(retry=None)

    assert _end(bigquery_client, job) == ("DONE", "stopped")


def test_a_job_that_takes_longer_than_its_timeout_is_stopped(bigquery_client: bigquery.Client) -> None:
    config = bigquery.QueryJobConfig()
    config.job_timeout_ms = 300
    job = bigquery_client.query(
        ENDLESS,
        job_id=f"job-{uuid4()}",
        job_config=config,
        job_retry=None,
        retry=None,
        timeout=PATIENCE_SECONDS,
    )

    assert _end(bigquery_client, job) == ("DONE", "stopped")


def test_nothing_of_a_cancelled_job_stays(bigquery_client: bigquery.Client, dataset: str) -> None:
    bigquery_client.query_and_wait(f"CREATE TABLE {dataset}.t (a INT64)")
    job = _submit(bigquery_client, f"INSERT INTO {dataset}.t (a) SELECT 1 UNION ALL {LONG}")

    job.cancel(retry=None)

    assert _end(bigquery_client, job) == ("DONE", "stopped")
    assert list(bigquery_client.query_and_wait(f"SELECT a FROM {dataset}.t")) == []


def test_a_script_that_is_cancelled_keeps_what_its_statements_did(
    bigquery_client: bigquery.Client, dataset: str
) -> None:
    job = _submit(
        bigquery_client, f"CREATE TABLE {dataset}.t AS SELECT 1 AS a; {ENDLESS}; DROP TABLE {dataset}.t"
    )
    while not list(bigquery_client.list_tables(dataset)):
        pass

    job.cancel(retry=None)

    assert _end(bigquery_client, job) == ("DONE", "stopped")
    assert [row["a"] for row in bigquery_client.query_and_wait(f"SELECT a FROM {dataset}.t")] == [1]


def test_a_job_that_waits_for_another_is_never_begun_when_cancelled(
    bigquery_client: bigquery.Client, dataset: str
) -> None:
    bigquery_client.query_and_wait(f"CREATE TABLE {dataset}.t AS SELECT 1 AS a")
    change = f"UPDATE {dataset}.t SET a = a + 1 WHERE TRUE"
    first = _submit(bigquery_client, f"UPDATE {dataset}.t SET a = a + {LONG} WHERE TRUE")
    second = _submit(bigquery_client, change)

    second.cancel(retry=None)
    first.cancel(retry=None)

    assert [_end(bigquery_client, job) for job in (second, first)] == [("DONE", "stopped")] * 2
    assert [row["a"] for row in bigquery_client.query_and_wait(f"SELECT a FROM {dataset}.t")] == [1]


def test_a_job_stops_at_whatever_moment_it_is_cancelled(
    bigquery_server: Server, bigquery_client: bigquery.Client
) -> None:
    ends = []

    for _ in range(6):
        job_id = f"job-{uuid4()}"
        with ThreadPoolExecutor(1) as thread:
            thread.submit(bigquery_client.query, ENDLESS, job_id=job_id, job_retry=None, retry=None)
            _cancel_as_soon_as_known(bigquery_server, job_id)
        ends.append(_end(bigquery_client, bigquery_client.get_job(job_id, location="US")))

    assert ends == [("DONE", "stopped")] * 6


def _cancel_as_soon_as_known(server: Server, job_id: str) -> None:
    url = f"{server.url}/bigquery/v2/projects/{PROJECT}/jobs/{job_id}/cancel"
    while plain_http.post(url, timeout=PATIENCE_SECONDS).status_code == httpx.codes.NOT_FOUND:
        pass


def test_a_job_that_is_done_stays_as_it_is_when_cancelled(bigquery_client: bigquery.Client) -> None:
    job = _submit(bigquery_client, "SELECT 7 AS a")

    assert bigquery_client.cancel_job(job.job_id, location="US", retry=None).state == "DONE"

    assert [row["a"] for row in job.result(retry=None)] == [7]


def test_an_unknown_job_cannot_be_cancelled(bigquery_client: bigquery.Client) -> None:
    with pytest.raises(NotFound, match="Not found: Job"):
        bigquery_client.cancel_job("never-submitted", location="US", retry=None)
