"""The log of events and the list of runs, in memory and in BigQuery."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from google.cloud import bigquery

from shared.adapters.bigquery_log import BigQueryLog
from shared.adapters.bigquery_tables import BigQueryTables
from shared.domain.errors import TransientError
from shared.domain.event import Event, RunCancelled, RunQueued
from shared.domain.fold import distinct
from shared.domain.history import RunQuery, RunSummary
from shared.domain.ids import RunId, run_id_at
from shared.domain.run import RunStatus
from shared.domain.table import Column, Table
from shared.ports import EventLog
from shared.steps.attempt import StepResult, metrics_of
from shared.usecases.create_metadata import create_metadata
from tests.contract.adapters.charges import CHARGES
from tests.contract.adapters.steps import attempt_at, transform_into
from tests.fakes.clock import NOON, SetClock
from tests.fakes.log import MemoryLog

STATUSES: tuple[RunStatus, ...] = ("QUEUED", "RUNNING", "SUCCESS", "FAILED", "CANCELLED")
RUN_COUNT = 23
STEP = transform_into(CHARGES, "SELECT 1")


def events_of(
    status: RunStatus, *, created_at: datetime, tenant: str = "acme", pipeline: str = "export"
) -> list[Event]:
    """The history of a run that came to this."""
    attempt = attempt_at(STEP, tenant=tenant, pipeline=pipeline, run_id=run_id_at(created_at))
    run: dict[str, Any] = {
        "tenant_id": tenant,
        "pipeline_id": attempt.plan.pipeline_id,
        "run_id": attempt.run_id,
    }
    queued = RunQueued(
        **run,
        occurred_at=created_at,
        trigger="api",
        triggered_by="key 12345678",
        request_hash="0" * 64,
        plan=attempt.plan,
    )
    started = attempt.started().model_copy(update={"occurred_at": created_at + timedelta(seconds=1)})
    end = created_at + timedelta(seconds=3)
    result = StepResult(metrics_of([], rows_in=None, rows_out=5))
    match status:
        case "QUEUED":
            return [queued]
        case "RUNNING":
            return [queued, started]
        case "SUCCESS":
            return [queued, started, *attempt.endings(result, now=end)]
        case "FAILED":
            failed = StepResult(result.metrics, failure="it broke")
            return [queued, started, *attempt.endings(failed, now=end)]
        case "CANCELLED":
            return [queued, started, RunCancelled(**run, occurred_at=end, cancelled_by="key 12345678")]


@pytest.fixture(scope="module")
def in_bigquery(client: bigquery.Client, tables: BigQueryTables) -> BigQueryLog:
    list(create_metadata(dataset="metadata", project=client.project, location="US", tables=tables))
    return BigQueryLog(client, dataset="metadata")


@pytest.fixture(scope="module", params=["memory", "bigquery"])
def log(request: pytest.FixtureRequest) -> EventLog:
    """Both implementations, with runs of two tenants; some of them began at the same moment."""
    found: EventLog = (
        MemoryLog(SetClock()) if request.param == "memory" else request.getfixturevalue("in_bigquery")
    )
    events = [
        event
        for number in range(RUN_COUNT)
        for event in events_of(
            STATUSES[number % len(STATUSES)],
            created_at=NOON + timedelta(hours=number // 3),
            pipeline=("export", "import")[number % 2],
        )
    ]
    found.append([*events, *events_of("SUCCESS", created_at=NOON, tenant="umbrella")])
    return found


def pages(log: EventLog, query: RunQuery) -> Iterator[list[RunSummary]]:
    while True:
        page = log.list_runs(query)
        yield list(page.runs)
        if page.next_mark is None:
            return
        query = query.model_copy(update={"after": page.next_mark})


@pytest.mark.parametrize("limit", [5, 23, 500])
def test_paging_shows_every_run_once_newest_first(log: EventLog, limit: int) -> None:
    found = list(pages(log, RunQuery(tenant_id="acme", limit=limit)))

    runs = [run for page in found for run in page]
    order = [(run.created_at, run.run_id) for run in runs]
    assert order == sorted(set(order), reverse=True)
    assert len(runs) == RUN_COUNT
    assert all(len(page) == limit for page in found[:-1])


@pytest.mark.parametrize("status", STATUSES)
def test_runs_can_be_asked_for_by_status(log: EventLog, status: RunStatus) -> None:
    page = log.list_runs(RunQuery(tenant_id="acme", status=status))

    assert {run.status for run in page.runs} == {status}
    assert page.total == len(page.runs) in {4, 5}


def test_runs_can_be_asked_for_by_pipeline_and_time(log: EventLog) -> None:
    query = RunQuery(
        tenant_id="acme",
        pipeline_id="acme-gcp-cost-import",
        since=NOON + timedelta(hours=2),
        until=NOON + timedelta(hours=4),
    )

    page = log.list_runs(query)

    assert [run.created_at for run in page.runs] == [
        NOON + timedelta(hours=3),
        NOON + timedelta(hours=3),
        NOON + timedelta(hours=2),
    ]
    assert page.total == 3
    assert {run.pipeline_id for run in page.runs} == {"acme-gcp-cost-import"}


def test_a_list_tells_of_each_run_what_its_events_add_up_to(log: EventLog) -> None:
    page = log.list_runs(RunQuery(tenant_id="umbrella"))

    [run] = page.runs
    assert run.model_dump(exclude={"run_id", "pipeline_id"}) == {
        "status": "SUCCESS",
        "trigger": "api",
        "created_at": NOON,
        "started_at": NOON + timedelta(seconds=1),
        "completed_at": NOON + timedelta(seconds=3),
        "duration_ms": 2000,
        "error_message": None,
        "rows_ingested": None,
        "rows_transformed": 5,
        "quality_passed": None,
        "bytes_billed": 0,
    }


def test_no_run_is_an_empty_page(log: EventLog) -> None:
    page = log.list_runs(RunQuery(tenant_id="nobody"))

    assert (page.runs, page.total, page.next_mark) == ((), 0, None)


@pytest.mark.parametrize("status", STATUSES)
def test_events_are_read_back_as_they_were_appended(log: EventLog, status: RunStatus) -> None:
    events = events_of(status, created_at=NOON, tenant="readers")
    run_id = RunId(events[0].run_id)

    log.append(events)
    log.append(events)

    assert distinct(log.read("readers", [run_id])) == distinct(events)
    assert log.read("acme", [run_id]) == []


def test_an_event_that_bigquery_refuses_is_an_error_and_tells_no_contents(
    client: bigquery.Client, tables: BigQueryTables, tenant: str
) -> None:
    narrow = Table(name="run_events", columns=(Column(name="event_id", type="STRING"),))
    tables.create_table(tenant, narrow)

    with pytest.raises(TransientError, match=r"^run_events refused \d+ events: invalid$"):
        BigQueryLog(client, dataset=tenant).append(events_of("QUEUED", created_at=NOON))
