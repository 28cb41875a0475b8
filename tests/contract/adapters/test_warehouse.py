"""What every Warehouse promises of a job's id: in memory, in the simulation and in BigQuery."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import NamedTuple

import pytest
from google.cloud import bigquery
from pydantic import JsonValue

from shared.adapters.bigquery_jobs import BigQueryJobs
from shared.adapters.bigquery_tables import BigQueryTables
from shared.domain.errors import AttemptError, GivenUpError, StepError, StillRunningError
from shared.domain.ids import JobId
from shared.domain.job import Job, JobHandle, JobOutcome, QueryJob
from shared.ports import Warehouse
from shared.steps.write_sql import write_statement
from tests.contract.adapters.charges import CHARGES, charges_in
from tests.contract.adapters.stand_in import jobs_of
from tests.contract.adapters.steps import attempt_at, soon, transform_into
from tests.fakes.warehouse import ROWS, MemoryWarehouse, succeeded
from tests.simulation.calm import calm, calm_timeline
from tests.simulation.faults import Faults
from tests.simulation.warehouse import SimulatedWarehouse

TEN_ROWS = (
    "SELECT DATE '2025-11-01' AS usage_date, CAST(n AS STRING) AS service, NUMERIC '1' AS cost, JSON '{}' AS data "
    f"FROM UNNEST(GENERATE_ARRAY(1, {ROWS})) AS n"
)
UNREADABLE = TEN_ROWS.replace("NUMERIC '1'", "CAST(CONCAT('no', ' number') AS NUMERIC)")
# Looks for minutes for rows that aren't there.
ENDLESS = TEN_ROWS.replace(
    f"UNNEST(GENERATE_ARRAY(1, {ROWS})) AS n",
    "UNNEST(GENERATE_ARRAY(1, 300000)) AS n, UNNEST(GENERATE_ARRAY(1, 300000)) AS m WHERE n + m = -7",
)
Jobs = Callable[[str], QueryJob]


def outcome_in_memory(job: Job, rows: list[dict[str, JsonValue]]) -> JobOutcome:
    if isinstance(job, QueryJob) and "no" in job.sql and "number" in job.sql:
        raise StepError("Invalid NUMERIC value: (value not shown)")
    return succeeded(job, rows)


class Kind(NamedTuple):
    """A warehouse, and what has to be done before a job is submitted to it that is to go on for minutes."""

    port: Warehouse
    keep_running: Callable[[JobId], object]


def in_memory() -> Kind:
    port = MemoryWarehouse(outcome_in_memory)
    return Kind(port, port.running.add)


def in_simulation() -> Kind:
    timeline = calm_timeline(datetime.now(tz=UTC))

    def keep_running(_: JobId) -> None:
        timeline.faults = Faults(slow_job=1.0)

    port = SimulatedWarehouse(timeline, watch=lambda _: None, outcome_of=outcome_in_memory)
    return Kind(calm(port, timeline), keep_running)


@pytest.fixture(params=["memory", "simulation", "bigquery"])
def kind(request: pytest.FixtureRequest, client: bigquery.Client) -> Kind:
    """Every implementation. In BigQuery a job goes on by what it does."""
    made: dict[str, Callable[[], Kind]] = {
        "memory": in_memory,
        "simulation": in_simulation,
        "bigquery": lambda: Kind(jobs_of(client), lambda _: None),
    }
    return made[request.param]()


@pytest.fixture
def port(kind: Kind) -> Warehouse:
    return kind.port


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

    outcomes = [port.wait(port.submit(one), until=soon()) for _ in range(3)]

    assert [(outcome.job_id, outcome.rows_written) for outcome in outcomes] == [(one.job_id, ROWS)] * 3


def test_jobs_with_other_ids_are_other_jobs(
    client: bigquery.Client, warehouse: BigQueryJobs, job: Jobs, tenant: str
) -> None:
    for one in (job(TEN_ROWS), job(TEN_ROWS)):
        for _ in range(2):
            warehouse.wait(warehouse.submit(one), until=soon())

    assert len(charges_in(client, tenant)) == 2 * ROWS


def test_a_job_that_failed_fails_the_same_way_for_whoever_asks(port: Warehouse, job: Jobs) -> None:
    one = job(UNREADABLE)
    messages = []

    for _ in range(2):
        with pytest.raises(StepError) as failure:
            port.wait(port.submit(one), until=soon())
        messages.append(str(failure.value))

    assert messages[0] == messages[1]
    assert "no number" not in messages[0]


def test_a_job_that_goes_on_is_left_to_it_when_the_time_is_up(kind: Kind, job: Jobs) -> None:
    handle = submit_endless(kind, job)

    with pytest.raises(StillRunningError, match=f"Job {handle.job_id} still runs"):
        kind.port.wait(handle, until=datetime.now(tz=UTC))

    kind.port.cancel(handle)


def test_a_job_that_is_done_is_seen_however_late_it_is(port: Warehouse, job: Jobs) -> None:
    one = job(TEN_ROWS)
    outcome = port.wait(port.submit(one), until=soon())

    again = port.wait(handle_of(one), until=datetime.now(tz=UTC))

    assert again == outcome


def test_a_job_that_is_cancelled_was_stopped_and_changed_nothing(
    kind: Kind, job: Jobs, client: bigquery.Client, tenant: str
) -> None:
    handle = submit_endless(kind, job)

    kind.port.cancel(handle)

    with pytest.raises(AttemptError) as failure:
        kind.port.wait(handle, until=soon())
    assert failure.value.kind == "stopped"
    assert not kind.port.void(handle)
    assert charges_in(client, tenant) == []


def test_cancelling_a_job_that_is_done_or_was_never_submitted_changes_nothing(
    port: Warehouse, job: Jobs
) -> None:
    done, unknown = job(TEN_ROWS), handle_of(job(TEN_ROWS))
    outcome = port.wait(port.submit(done), until=soon())

    for handle in (handle_of(done), unknown):
        port.cancel(handle)

    assert port.wait(handle_of(done), until=soon()) == outcome
    assert port.find(unknown) is None


def test_nothing_is_done_under_an_id_that_was_made_void(
    port: Warehouse, job: Jobs, client: bigquery.Client, tenant: str
) -> None:
    one = job(TEN_ROWS)

    answers = [port.void(handle_of(one)) for _ in range(2)]

    assert answers == [True, True]
    assert port.find(handle_of(one)) == handle_of(one)
    with pytest.raises(GivenUpError, match="The attempt was given up"):
        port.wait(port.submit(one), until=soon())
    assert charges_in(client, tenant) == []


def test_the_id_of_a_job_cannot_be_made_void(port: Warehouse, job: Jobs) -> None:
    succeeded, failed = job(TEN_ROWS), job(UNREADABLE)
    handles = [port.submit(succeeded), port.submit(failed)]

    answers = [port.void(handle) for handle in handles]

    assert answers == [False, False]
    assert port.wait(handles[0], until=soon()).rows_written == ROWS
    with pytest.raises(StepError):
        port.wait(handles[1], until=soon())


def test_an_id_is_either_a_job_s_or_void_however_many_reach_for_it_at_once(
    client: bigquery.Client, job: Jobs, tenant: str
) -> None:
    jobs = [job(TEN_ROWS) for _ in range(4)]

    def reach(number: int) -> bool:
        warehouse, one = jobs_of(client), jobs[number // 4]
        if number % 2:
            return warehouse.void(handle_of(one))
        warehouse.submit(one)
        return warehouse.void(handle_of(one))

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(reach, range(16)))

    by_job = [set(answers[start : start + 4]) for start in range(0, 16, 4)]
    assert all(len(said) == 1 for said in by_job)
    assert len(charges_in(client, tenant)) == ROWS * by_job.count({False})


def handle_of(job: QueryJob) -> JobHandle:
    return JobHandle(tenant_id=job.tenant_id, job_id=job.job_id, location=job.location)


def submit_endless(kind: Kind, job: Jobs) -> JobHandle:
    one = job(ENDLESS)
    kind.keep_running(one.job_id)
    return kind.port.submit(one)
