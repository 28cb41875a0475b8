"""What every Warehouse promises of a job's id, in memory and in BigQuery."""

from collections.abc import Callable

import pytest
from google.cloud import bigquery
from pydantic import JsonValue

from shared.adapters.bigquery_jobs import BigQueryJobs
from shared.adapters.bigquery_tables import BigQueryTables
from shared.domain.errors import StepError
from shared.domain.job import Job, JobOutcome, QueryJob
from shared.ports import Warehouse
from shared.steps.write_sql import write_statement
from tests.contract.adapters.charges import CHARGES, charges_in
from tests.contract.adapters.steps import attempt_at, transform_into
from tests.fakes.warehouse import ROWS, MemoryWarehouse, succeeded

TEN_ROWS = (
    "SELECT DATE '2025-11-01' AS usage_date, CAST(n AS STRING) AS service, NUMERIC '1' AS cost, JSON '{}' AS data "
    f"FROM UNNEST(GENERATE_ARRAY(1, {ROWS})) AS n"
)
UNREADABLE = TEN_ROWS.replace("NUMERIC '1'", "CAST(CONCAT('no', ' number') AS NUMERIC)")
Jobs = Callable[[str], QueryJob]


def outcome_in_memory(job: Job, rows: list[dict[str, JsonValue]]) -> JobOutcome:
    if isinstance(job, QueryJob) and "no" in job.sql and "number" in job.sql:
        raise StepError("Invalid NUMERIC value: (value not shown)")
    return succeeded(job, rows)


@pytest.fixture(params=["memory", "bigquery"])
def port(request: pytest.FixtureRequest, client: bigquery.Client) -> Warehouse:
    """Both implementations."""
    return BigQueryJobs(client) if request.param == "bigquery" else MemoryWarehouse(outcome_in_memory)


@pytest.fixture
def job(tables: BigQueryTables, tenant: str) -> Jobs:
    """Makes the job that appends a query's rows; every one a job of its own."""
    tables.create_table(tenant, CHARGES)

    def append(rows: str) -> QueryJob:
        step = transform_into(CHARGES, rows)
        sql = write_statement(step.destination, table=CHARGES, dataset=tenant, rows=rows)
        return attempt_at(step, tenant=tenant).query(sql)

    return append


def test_a_job_submitted_twice_happens_once_and_tells_the_same(port: Warehouse, job: Jobs) -> None:
    one = job(TEN_ROWS)

    outcomes = [port.wait(port.submit(one)) for _ in range(3)]

    assert [(outcome.job_id, outcome.rows_written) for outcome in outcomes] == [(one.job_id, ROWS)] * 3


def test_jobs_with_other_ids_are_other_jobs(
    client: bigquery.Client, warehouse: BigQueryJobs, job: Jobs, tenant: str
) -> None:
    for one in (job(TEN_ROWS), job(TEN_ROWS)):
        for _ in range(2):
            warehouse.wait(warehouse.submit(one))

    assert len(charges_in(client, tenant)) == 2 * ROWS


def test_a_job_that_failed_fails_the_same_way_for_whoever_asks(port: Warehouse, job: Jobs) -> None:
    one = job(UNREADABLE)
    messages = []

    for _ in range(2):
        with pytest.raises(StepError) as failure:
            port.wait(port.submit(one))
        messages.append(str(failure.value))

    assert messages[0] == messages[1]
    assert "no number" not in messages[0]


def test_a_warehouse_that_is_there_answers(port: Warehouse) -> None:
    port.ping()
