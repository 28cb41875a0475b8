"""A job that takes long holds up nobody who reads, appends or looks something up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from uuid import uuid4

import pytest
from google.api_core.exceptions import GoogleAPICallError
from google.cloud import bigquery

from tests.contract.bigquery.conftest import PROJECT, Server
from tests.contract.bigquery.test_protocol_cancel import ENDLESS, LONG
from tests.patience import PATIENCE_SECONDS

Begin = Callable[..., bigquery.QueryJob]
SCHEMA = [bigquery.SchemaField("a", "INT64")]


@pytest.fixture
def table(bigquery_client: bigquery.Client, dataset: str) -> str:
    """A table with one row."""
    name = f"{PROJECT}.{dataset}.t"
    bigquery_client.create_table(bigquery.Table(name, SCHEMA))
    assert bigquery_client.insert_rows_json(name, [{"a": 1}]) == []
    return name


@pytest.fixture
def begin(bigquery_client: bigquery.Client) -> Iterator[Begin]:
    """Submits a job that runs for hours; cancels those left over."""
    jobs: list[bigquery.QueryJob] = []

    def submit(sql: str = ENDLESS, config: bigquery.QueryJobConfig | None = None) -> bigquery.QueryJob:
        job = bigquery_client.query(
            sql, job_id=f"job-{uuid4()}", job_config=config, job_retry=None, retry=None
        )
        assert job.state == "RUNNING"
        jobs.append(job)
        return job

    yield submit
    for job in jobs:
        _cancelled(job)


def _cancelled(job: bigquery.QueryJob) -> str:
    """The reason with which it ended once it was cancelled."""
    job.cancel(retry=None)
    with pytest.raises(GoogleAPICallError):
        job.result(retry=None, timeout=PATIENCE_SECONDS)
    job.reload()
    return str(job.error_result["reason"])


def _values(client: bigquery.Client, table: str) -> list[int]:
    rows = client.query_and_wait(f"SELECT a FROM `{table}` ORDER BY a", wait_timeout=PATIENCE_SECONDS)
    return [row["a"] for row in rows]


@pytest.mark.parametrize(
    "work",
    [
        "read",
        "append",
        "insert",
        "change_another",
        "create",
        "read_table",
        "read_job",
        "list_datasets",
        "give_id_up",
    ],
)
def test_it_is_answered_while_a_long_job_runs(
    bigquery_client: bigquery.Client, table: str, begin: Begin, work: str
) -> None:
    bigquery_client.query_and_wait(f"CREATE TABLE `{table}_other` AS SELECT 1 AS a")
    job = begin(f"UPDATE `{table}` SET a = a + {LONG} WHERE TRUE")

    def run(sql: str) -> object:
        return bigquery_client.query_and_wait(sql, wait_timeout=PATIENCE_SECONDS)

    works: dict[str, Callable[[], object]] = {
        "read": lambda: _values(bigquery_client, table),
        "append": lambda: bigquery_client.insert_rows_json(table, [{"a": 2}]),
        "insert": lambda: run(f"INSERT INTO `{table}` (a) VALUES (3)"),
        "change_another": lambda: run(f"UPDATE `{table}_other` SET a = 4 WHERE TRUE"),
        "create": lambda: run(f"CREATE TABLE `{table}_new` AS SELECT a FROM `{table}`"),
        "read_table": lambda: bigquery_client.get_table(table),
        "read_job": lambda: bigquery_client.get_job(job.job_id, location="US"),
        "list_datasets": lambda: list(bigquery_client.list_datasets()),
        "give_id_up": lambda: bigquery_client.query("SELECT ERROR('given up')", job_retry=None).exception(),
    }

    works[work]()

    assert bigquery_client.get_job(job.job_id, location="US").state == "RUNNING"


def test_a_long_job_stops_when_cancelled(begin: Begin) -> None:
    assert _cancelled(begin()) == "stopped"


def test_cancelling_a_job_interrupts_nobody_else(
    bigquery_server: Server,
    bigquery_client: bigquery.Client,
    table: str,
    begin: Begin,
) -> None:
    def read(_number: int) -> list[int]:
        return _values(bigquery_server.client(), table)

    with ThreadPoolExecutor(2) as threads:
        reads = threads.map(read, range(30))
        reasons = [_cancelled(begin()) for _ in range(3)]

    assert reasons == ["stopped"] * 3
    assert list(reads) == [[1]] * 30
    assert _values(bigquery_client, table) == [1]


def test_what_a_job_has_not_finished_is_seen_by_nobody(
    bigquery_client: bigquery.Client, table: str, begin: Begin
) -> None:
    begin(f"DELETE FROM `{table}` WHERE a < 9 + {LONG}")
    begin(f"CREATE TABLE `{table}_new` AS {ENDLESS}")

    values = _values(bigquery_client, table)
    listed = [item.table_id for item in bigquery_client.list_tables(table.rsplit(".", 1)[0])]

    assert (values, listed) == ([1], ["t"])


def test_an_append_to_a_table_that_a_job_alters_waits_for_the_job_and_is_kept(
    bigquery_server: Server,
    bigquery_client: bigquery.Client,
    table: str,
    begin: Begin,
) -> None:
    config = bigquery.QueryJobConfig(destination=table, write_disposition="WRITE_APPEND")
    config.schema_update_options = ["ALLOW_FIELD_ADDITION"]
    job = begin(f"SELECT 1 AS b, a FROM {LONG}", config)

    with ThreadPoolExecutor(1) as thread:
        append = thread.submit(bigquery_server.client().insert_rows_json, table, [{"a": 2}])
        meanwhile = _values(bigquery_client, table), append.done()
        _cancelled(job)

    assert meanwhile == ([1], False)
    assert append.result() == []
    assert _values(bigquery_client, table) == [1, 2]


@pytest.mark.parametrize(
    "change",
    [
        "CREATE OR REPLACE TABLE `{}` AS SELECT a FROM " + LONG,
        "DELETE FROM `{}` WHERE a < 9 + " + LONG,
        "UPDATE `{}` SET a = 7 + " + LONG + " WHERE TRUE",
        "MERGE `{}` USING (SELECT a FROM " + LONG + ") AS s ON FALSE WHEN NOT MATCHED BY SOURCE THEN DELETE",
    ],
)
def test_an_append_outlives_a_change_that_was_cancelled(
    bigquery_client: bigquery.Client, table: str, begin: Begin, change: str
) -> None:
    job = begin(change.format(table))

    errors = bigquery_client.insert_rows_json(table, [{"a": 2}], timeout=PATIENCE_SECONDS)
    _cancelled(job)

    assert (errors, _values(bigquery_client, table)) == ([], [1, 2])


def test_appends_reads_jobs_and_changes_of_one_table_at_once_lose_and_double_nothing(
    bigquery_server: Server, bigquery_client: bigquery.Client, table: str
) -> None:
    def append(number: int) -> None:
        rows = [{"a": 1000 + 10 * number + each} for each in range(10)]
        assert bigquery_server.client().insert_rows_json(table, rows) == []

    def insert(number: int) -> None:
        sql = f"INSERT INTO `{table}` (a) VALUES ({5000 + number})"
        bigquery_server.client().query(sql, job_retry=None).result(retry=None)

    def count(_number: int) -> None:
        bigquery_server.client().query(
            f"UPDATE `{table}` SET a = a + 1 WHERE a < 1000", job_retry=None
        ).result(retry=None)

    def alter(number: int) -> None:
        client = bigquery_server.client()
        client.query(f"ALTER TABLE `{table}` ADD COLUMN c{number} INT64", job_retry=None).result(retry=None)
        client.query(f"CREATE TABLE `{table}_{number}` AS SELECT a FROM `{table}`", job_retry=None).result(
            retry=None
        )
        client.delete_table(f"{table}_{number}")

    def read(_number: int) -> None:
        found = _values(bigquery_server.client(), table)
        assert len(found) == len(set(found))

    with ThreadPoolExecutor(8) as threads:
        ends: list[Future[None]] = []
        for number in range(25):
            ends += [threads.submit(work, number) for work in (append, insert, count, alter, read)]
        for end in ends:
            end.result()

    assert _values(bigquery_client, table) == [26, *range(1000, 1250), *range(5000, 5025)]
    assert len(bigquery_client.get_table(table).schema) == 26
    dataset = table.rsplit(".", 1)[0]
    assert [item.table_id for item in bigquery_client.list_tables(dataset)] == ["t"]
