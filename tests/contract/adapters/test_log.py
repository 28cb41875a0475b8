"""The log of events and the list of runs: in memory, in the simulation and in BigQuery."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from google.cloud import bigquery

from shared.adapters.bigquery_log import BigQueryLog
from shared.adapters.bigquery_tables import BigQueryTables
from shared.domain.errors import TransientError
from shared.domain.event import BackfillPart, Event, RunCancelled, RunQueued, SourceRead, StepSucceeded
from shared.domain.fold import distinct
from shared.domain.ids import RunId, run_id_at
from shared.domain.progress import FileVersion, Progress
from shared.domain.rule_figure import RuleFigure
from shared.domain.rule_result import RuleResult
from shared.domain.run import RunStatus
from shared.domain.run_list import RunOutcome, RunQuery, RunSummary
from shared.domain.slots import OpenRun
from shared.domain.table import Column, Table
from shared.ports import OPEN_RUN_DAYS, EventLog
from shared.steps.attempt import StepResult, metrics_of
from shared.usecases.create_metadata import create_metadata
from tests.contract.adapters.charges import CHARGES
from tests.contract.adapters.steps import NOVEMBER, attempt_at, transform_into
from tests.fakes.clock import NOON, SetClock
from tests.fakes.log import MemoryLog
from tests.fakes.runs import folded, sole_acceptance
from tests.simulation.calm import calm, calm_timeline
from tests.simulation.log import SimulatedLog

STATUSES: tuple[RunStatus, ...] = ("QUEUED", "RUNNING", "SUCCESS", "FAILED", "CANCELLED")
RUN_COUNT = 23
TODAY = datetime.now(tz=UTC)
"""How old a run is, BigQuery itself judges."""
SINCE = NOON - timedelta(days=30)
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


def history(
    tenant: str,
    status: RunStatus,
    *,
    created_at: datetime,
    concurrent_runs: int | None = None,
    pipeline: str = "export",
    **more: Any,
) -> list[Event]:
    """The history of a run, with more said of it when it was accepted."""
    queued, *rest = events_of(status, created_at=created_at, tenant=tenant, pipeline=pipeline)
    assert isinstance(queued, RunQueued)
    plan = queued.plan.model_copy(update={"concurrent_runs": concurrent_runs})
    return [queued.model_copy(update={"plan": plan, **more}), *rest]


@pytest.fixture(scope="module")
def in_bigquery(client: bigquery.Client, tables: BigQueryTables) -> BigQueryLog:
    list(create_metadata(dataset="metadata", project=client.project, location="US", tables=tables))
    return BigQueryLog(client, dataset="metadata")


def simulated_log() -> EventLog:
    timeline = calm_timeline(TODAY)
    return calm(SimulatedLog(timeline, tenants_by_run={}), timeline)


@pytest.fixture(scope="module", params=["memory", "simulation", "bigquery"])
def log(request: pytest.FixtureRequest) -> EventLog:
    """Every implementation, with runs of two tenants; some of them began at the same moment."""
    made: dict[str, Callable[[], EventLog]] = {
        "memory": lambda: MemoryLog(SetClock(TODAY)),
        "simulation": simulated_log,
        "bigquery": lambda: request.getfixturevalue("in_bigquery"),
    }
    found = made[request.param]()
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
    found = list(pages(log, RunQuery(tenant_id="acme", since=SINCE, limit=limit)))

    runs = [run for page in found for run in page]
    order = [(run.created_at, run.run_id) for run in runs]
    assert order == sorted(set(order), reverse=True)
    assert len(runs) == RUN_COUNT
    assert all(len(page) == limit for page in found[:-1])


@pytest.mark.parametrize("status", STATUSES)
def test_runs_can_be_asked_for_by_status(log: EventLog, status: RunStatus) -> None:
    page = log.list_runs(RunQuery(tenant_id="acme", since=SINCE, status=status))

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


@pytest.mark.parametrize("status", [None, "SUCCESS"])
def test_every_filter_holds_on_every_page(log: EventLog, status: RunStatus | None) -> None:
    tenant = f"narrow_{status}"
    part = BackfillPart(backfill_id=run_id_at(NOON), concurrent_runs=2)
    hours = range(8)
    log.append(
        [
            event
            for hour in hours
            for pipeline in ("export", "import")
            for event in history(
                tenant,
                "SUCCESS",
                created_at=NOON + timedelta(hours=hour),
                pipeline=pipeline,
                backfill=part if hour % 2 else None,
            )
        ]
    )
    query = RunQuery(
        tenant_id=tenant,
        status=status,
        pipeline_id=f"{tenant}-gcp-cost-export",
        backfill_id=part.backfill_id,
        since=NOON + timedelta(hours=2),
        until=NOON + timedelta(hours=7),
        limit=1,
    )

    found = list(pages(log, query))

    assert [[(run.pipeline_id, run.created_at) for run in page] for page in found] == [
        [(f"{tenant}-gcp-cost-export", NOON + timedelta(hours=hour))] for hour in (5, 3)
    ]
    assert log.list_runs(query).total == 2


@pytest.mark.parametrize("status", [None, "QUEUED"])
def test_a_list_begins_to_the_microsecond_and_a_run_may_be_of_the_day_before(
    log: EventLog, status: RunStatus | None
) -> None:
    tenant, midnight = f"edges_{status}", NOON.replace(hour=0)
    queued = history(tenant, "QUEUED", created_at=midnight - timedelta(seconds=1))[0]
    log.append([queued.model_copy(update={"occurred_at": midnight})])

    def count(since: datetime, until: datetime | None = None) -> int:
        query = RunQuery(tenant_id=tenant, status=status, since=since, until=until)
        return len(log.list_runs(query).runs)

    least = timedelta(microseconds=1)
    assert (count(midnight), count(midnight + least)) == (1, 0)
    assert (count(SINCE, midnight), count(SINCE, midnight + least)) == (0, 1)


def test_of_two_acceptances_of_a_run_the_earlier_places_it(log: EventLog) -> None:
    [first, other] = [history("twice", "QUEUED", created_at=NOON + timedelta(hours=hour)) for hour in (0, 1)]
    again = first[0].model_copy(update={"occurred_at": NOON + timedelta(hours=2)})
    log.append([*first, *other, again])

    page = log.list_runs(RunQuery(tenant_id="twice", since=SINCE))

    assert [(run.run_id, run.created_at) for run in page.runs] == [
        (other[0].run_id, NOON + timedelta(hours=1)),
        (first[0].run_id, NOON),
    ]
    assert page.total == 2


def test_a_list_tells_of_each_run_what_its_events_add_up_to(log: EventLog) -> None:
    page = log.list_runs(RunQuery(tenant_id="umbrella", since=SINCE))

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
        "rerun_of": None,
        "backfill_id": None,
        "warnings": (),
    }


def test_the_runs_of_a_backfill_and_reruns_can_be_told(log: EventLog) -> None:
    backfill_id, first = run_id_at(NOON), run_id_at(NOON)
    part = BackfillPart(backfill_id=backfill_id, concurrent_runs=2)
    log.append(history("filled", "SUCCESS", created_at=NOON, backfill=part))
    log.append(history("filled", "QUEUED", created_at=NOON, rerun_of=first))

    of_backfill = log.list_runs(RunQuery(tenant_id="filled", since=SINCE, backfill_id=backfill_id)).runs
    of_another = log.list_runs(RunQuery(tenant_id="filled", since=SINCE, backfill_id=first))
    every = log.list_runs(RunQuery(tenant_id="filled", since=SINCE)).runs

    assert [(run.status, run.backfill_id, run.rerun_of) for run in of_backfill] == [
        ("SUCCESS", backfill_id, None)
    ]
    assert (of_another.runs, of_another.total) == ((), 0)
    assert {(run.backfill_id, run.rerun_of) for run in every} == {(backfill_id, None), (None, first)}


def test_of_a_run_whose_acceptance_is_known_the_rest_is_read(log: EventLog) -> None:
    events = history("known", "SUCCESS", created_at=TODAY - timedelta(hours=1))
    log.append(events)
    accepted = sole_acceptance(events[:1])

    found = log.read("known", [accepted.run_id], known=accepted)

    assert folded(found) == folded(log.read("known", [accepted.run_id])) == folded(events)


@pytest.mark.parametrize("change", [{"occurred_at": TODAY - timedelta(hours=3)}, {"request_hash": "1" * 64}])
def test_another_acceptance_than_the_known_one_is_read_with_its_plan(
    log: EventLog, change: dict[str, Any]
) -> None:
    tenant = "known_" + next(iter(change))
    events = history(tenant, "RUNNING", created_at=TODAY - timedelta(hours=2))
    log.append(events)
    accepted = sole_acceptance(events[:1])
    plan = accepted.plan.model_copy(update={"concurrent_runs": 7})
    known = accepted.model_copy(update={"plan": plan, **change})

    assert log.read(tenant, [accepted.run_id], known=known) == log.read(tenant, [accepted.run_id])


def test_open_runs_are_those_that_have_not_ended_oldest_first(log: EventLog) -> None:
    part = BackfillPart(backfill_id=run_id_at(TODAY), concurrent_runs=2)
    waiting = history("open", "QUEUED", created_at=TODAY - timedelta(hours=1), backfill=part)
    under_way = history("open", "RUNNING", created_at=TODAY - timedelta(hours=2), concurrent_runs=5)
    ended = [
        history("open", status, created_at=TODAY - timedelta(hours=3))
        for status in ("SUCCESS", "FAILED", "CANCELLED")
    ]
    log.append([*waiting, *under_way, *(event for events in ended for event in events)])

    assert log.list_open_runs("open") == [
        OpenRun(
            tenant_id="open",
            run_id=under_way[0].run_id,
            status="RUNNING",
            created_at=TODAY - timedelta(hours=2),
            started_at=TODAY - timedelta(hours=2, seconds=-1),
            updated_at=TODAY - timedelta(hours=2, seconds=-1),
            last_seen_at=TODAY - timedelta(hours=2, seconds=-1),
            timeout_seconds=600,
            concurrent_runs=5,
            backfill=None,
        ),
        OpenRun(
            tenant_id="open",
            run_id=waiting[0].run_id,
            status="QUEUED",
            created_at=TODAY - timedelta(hours=1),
            started_at=None,
            updated_at=TODAY - timedelta(hours=1),
            last_seen_at=TODAY - timedelta(hours=1),
            timeout_seconds=600,
            concurrent_runs=None,
            backfill=part,
        ),
    ]


def test_runs_that_ended_since_a_time_are_listed_where_one_is_given(log: EventLog) -> None:
    long_ago, just_now = (
        history("ends", "SUCCESS", created_at=TODAY - timedelta(hours=hours)) for hours in (5, 1)
    )
    log.append([*long_ago, *just_now])

    open_runs = log.list_open_runs("ends")
    with_ended = log.list_open_runs("ends", ended_since=TODAY - timedelta(hours=2))

    assert open_runs == []
    assert [(run.run_id, run.status) for run in with_ended] == [(just_now[0].run_id, "ENDED")]


def test_open_runs_are_one_tenants_or_everybodys_and_none_that_began_long_ago(log: EventLog) -> None:
    days = timedelta(days=OPEN_RUN_DAYS)
    mine = history("mine", "QUEUED", created_at=TODAY - days + timedelta(hours=1))
    other = history("other", "RUNNING", created_at=TODAY)
    forgotten = history("mine", "RUNNING", created_at=TODAY - days - timedelta(hours=1))
    log.append([*mine, *other, *forgotten])

    own = [run.run_id for run in log.list_open_runs("mine")]
    every = [run.run_id for run in log.list_open_runs()]

    assert own == [mine[0].run_id]
    assert [run_id for run_id in every if run_id in {mine[0].run_id, other[0].run_id}] == [
        mine[0].run_id,
        other[0].run_id,
    ]
    assert forgotten[0].run_id not in every


def test_reruns_of_a_run_are_told_once_oldest_first(log: EventLog) -> None:
    run_id, another = run_id_at(NOON), run_id_at(NOON)
    later = history("again", "QUEUED", created_at=NOON + timedelta(days=2), rerun_of=run_id)
    first = history("again", "FAILED", created_at=NOON + timedelta(hours=1), rerun_of=run_id)
    log.append([*later, *first, *history("again", "SUCCESS", created_at=NOON, rerun_of=another)])
    log.append([later[0].model_copy(update={"occurred_at": NOON + timedelta(days=3)})])

    assert log.list_reruns("again", run_id) == [first[0].run_id, later[0].run_id]
    assert log.list_reruns("again", RunId(later[0].run_id)) == []
    assert log.list_reruns("acme", run_id) == []


def test_runs_of_a_backfill_are_told_once_newest_first_with_those_made_of_them_again(log: EventLog) -> None:
    backfill_id, another = run_id_at(NOON), run_id_at(NOON)
    part, other = (BackfillPart(backfill_id=each, concurrent_runs=2) for each in (backfill_id, another))
    first = history("chunks", "FAILED", created_at=NOON + timedelta(minutes=1), backfill=part)
    again = history("chunks", "SUCCESS", created_at=NOON + timedelta(days=40), backfill=part)
    log.append([*again, *first, *history("chunks", "SUCCESS", created_at=NOON, backfill=other)])
    log.append([first[0].model_copy(update={"occurred_at": NOON + timedelta(days=50)})])

    assert log.list_backfill_runs("chunks", backfill_id) == [again[0].run_id, first[0].run_id]
    assert log.list_backfill_runs("acme", backfill_id) == []


def test_outcomes_tell_how_every_run_of_a_pipeline_stands_newest_first(log: EventLog) -> None:
    runs = [
        history("outcomes", status, created_at=NOON + timedelta(days=30 * number))
        for number, status in enumerate(STATUSES)
    ]
    log.append([event for events in runs for event in events])
    log.append(history("outcomes", "SUCCESS", created_at=NOON, pipeline="import"))

    pipeline_id, first_date = runs[0][0].pipeline_id, NOON.date()
    found = log.list_outcomes("outcomes", pipeline_id, first_date=first_date)
    later = log.list_outcomes("outcomes", pipeline_id, first_date=first_date + timedelta(days=31))

    assert found == [
        RunOutcome(run_id=events[0].run_id, status=status, parameters={"date_range": NOVEMBER.text})
        for status, events in reversed(list(zip(STATUSES, runs, strict=True)))
    ]
    assert later == found[:-2]
    assert log.list_outcomes("acme", pipeline_id, first_date=first_date) == []


def test_no_run_is_an_empty_page(log: EventLog) -> None:
    page = log.list_runs(RunQuery(tenant_id="nobody", since=SINCE))

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


def test_what_was_read_is_told_with_when_it_was_seen_in_the_table(log: EventLog) -> None:
    created_at = NOON
    queued, started, succeeded = events_of("SUCCESS", created_at=created_at, pipeline="read")
    file = FileVersion(name="gs://b/ü 'a\".csv", size=3, version="17")

    def taken(reading_id: str, part: int, *files: FileVersion, cursor: str | None = None) -> SourceRead:
        return SourceRead(
            tenant_id=queued.tenant_id,
            pipeline_id=queued.pipeline_id,
            run_id=queued.run_id,
            occurred_at=created_at + timedelta(seconds=2),
            step_number=1,
            attempt=1,
            reading_id=reading_id,
            part=part,
            began_at=created_at,
            table="raw_data",
            way="w",
            progress=Progress(files=files, cursor=cursor),
        )

    ended = succeeded.model_copy(update={"reading_id": "r1"})
    log.append([queued, started, taken("r1", 0, file), taken("r1", 1, cursor="9"), taken("r2", 0), ended])

    found = log.list_readings("acme", queued.pipeline_id, first_date=created_at.date())
    told = {(each.reading_id, each.ended_at, each.progress) for each in found}
    seen = log.read("acme", [queued.run_id])

    assert told == {
        ("r1", ended.occurred_at, Progress(files=(file,))),
        ("r1", ended.occurred_at, Progress(cursor="9")),
        ("r2", None, Progress()),
    }
    assert {(each.table, each.way, each.began_at, each.read_at) for each in found} == {
        ("raw_data", "w", created_at, created_at + timedelta(seconds=2))
    }
    assert (
        log.list_readings("acme", queued.pipeline_id, first_date=created_at.date() + timedelta(days=1)) == []
    )
    assert log.list_readings("umbrella", queued.pipeline_id, first_date=created_at.date()) == []
    assert {event.event_type for event in seen} == {"RunQueued", "StepStarted", "StepSucceeded"}
    assert ended in seen


def test_figures_of_rules_are_those_of_steps_that_succeeded(log: EventLog) -> None:
    queued, started, succeeded = events_of("SUCCESS", created_at=NOON, pipeline="judged")
    other, began, failed = events_of("FAILED", created_at=NOON + timedelta(hours=1), pipeline="judged")
    result = RuleResult(
        rule_id="usual",
        rule_type="anomaly",
        severity="error",
        passed=True,
        rows_checked=7,
        rows_failed=0,
        message="it is",
        figure="12345678901234567890123456789.123456789",
        figure_of="0a",
        figure_days="2025-11-01/2025-11-01",
    )
    plain = result.model_copy(update={"rule_id": "x", "figure": None, "figure_of": None, "figure_days": None})
    ended = succeeded.model_copy(update={"results": (plain, result)})
    log.append([queued, started, ended, other, began, failed.model_copy(update={"results": (result,)})])
    assert isinstance(succeeded, StepSucceeded)
    asked: dict[str, Any] = {"step_id": succeeded.step_id, "first_date": NOON.date()}

    found = log.list_figures("acme", queued.pipeline_id, **asked)

    assert found == [
        RuleFigure(
            run_id=queued.run_id,
            rule_id="usual",
            of="0a",
            days="2025-11-01/2025-11-01",
            figure=Decimal("12345678901234567890123456789.123456789"),
            rows=7,
            recorded_at=ended.occurred_at,
        )
    ]
    assert log.list_figures("umbrella", queued.pipeline_id, **asked) == []
    assert log.list_figures("acme", queued.pipeline_id, **{**asked, "step_id": "other"}) == []
    later = {**asked, "first_date": NOON.date() + timedelta(days=1)}
    assert log.list_figures("acme", queued.pipeline_id, **later) == []
