"""The fold in Python and the views in SQL say the same of every history."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from google.cloud import bigquery

from shared.adapters.bigquery_log import BigQueryLog, event_row
from shared.domain.event import Event, Sign, SourceRead, event_id
from shared.domain.fold import distinct, fold
from shared.domain.run import Run
from shared.domain.slots import open_run
from shared.domain.step_record import StepRecord
from tests.contract.laws.histories import History, histories
from tests.contract.laws.samples import samples

COUNT = 200
ROWS_A_REQUEST = 500
DAYS = 36_500


@pytest.fixture(scope="module")
def recorded(client: bigquery.Client, log: BigQueryLog) -> list[History]:
    """Histories, interleaved in the log; what is repeated comes without the id that would drop it at once."""
    found = samples(histories(), COUNT)
    events = [event for history in found for event in history.events]
    for batch in _batches(sorted(events, key=lambda event: (event.occurred_at, event_id(event)))):
        log.append(batch)
    for batch in _batches([event for history in found for event in history.repeated]):
        rows = [event_row(event) for event in batch]
        assert client.insert_rows_json("metadata.run_events", rows, row_ids=[None] * len(rows)) == []
    return found


def test_pipeline_runs_is_the_fold(client: bigquery.Client, recorded: list[History]) -> None:
    expected = {run.run_id: run_row(run) for run in folded(recorded)}

    rows = client.query_and_wait("SELECT * FROM metadata.pipeline_runs")

    found = {row["run_id"]: {**row, "parameters": json.loads(row["parameters"])} for row in rows}
    assert_same(found, expected, recorded)


@pytest.mark.parametrize("with_ended", [False, True])
def test_open_runs_are_those_of_the_fold(log: BigQueryLog, recorded: list[History], with_ended: bool) -> None:
    runs = folded(recorded)
    ends = sorted(run.completed_at for run in runs if run.completed_at)
    since = ends[len(ends) // 2] if with_ended else None
    expected = {
        run.run_id: open_run(run)
        for run in runs
        if run.completed_at is None or (since is not None and run.completed_at >= since)
    }

    found = {run.run_id: run for run in log.list_open_runs(ended_since=since, days=DAYS)}

    assert 0 < len(expected) < len(runs)
    assert_same(found, expected, recorded)


def test_step_logs_is_the_fold(client: bigquery.Client, recorded: list[History]) -> None:
    expected = {
        (run.run_id, step.number): step_row(run, step)
        for run in folded(recorded)
        for step in run.steps
        if step.status != "PENDING" and step.attempt
    }

    rows = client.query_and_wait("SELECT * EXCEPT (created_at, updated_at) FROM metadata.step_logs")

    found = {(row["run_id"], row["step_number"]): dict(row) for row in rows}
    assert_same(found, expected, recorded)


def test_dq_results_is_the_fold(client: bigquery.Client, recorded: list[History]) -> None:
    runs = {run.run_id: run for run in folded(recorded)}
    expected = {
        (run.run_id, step.number): sorted(repr(row) for row in result_rows(run, step))
        for run in runs.values()
        for step in run.steps
        if step.results
    }

    rows = list(client.query_and_wait("SELECT * FROM metadata.dq_results"))

    found: dict[Any, list[str]] = {}
    for row in rows:
        if row["run_id"] in runs:
            found.setdefault((row["run_id"], row["step_number"]), []).append(repr(dict(sorted(row.items()))))
    assert_same({key: sorted(values) for key, values in found.items()}, expected, recorded)


def test_every_event_comes_back_as_it_went(log: BigQueryLog, recorded: list[History]) -> None:
    chosen = [history for history in recorded if history.events][:40]

    for tenant in ("acme", "umbrella"):
        own = [history for history in chosen if history.events[0].tenant_id == tenant]
        found = log.read(tenant, [history.events[0].run_id for history in own])

        written = [event for history in own for event in (*history.events, *_later_signs(history))]
        expected = [event for event in written if not isinstance(event, SourceRead)]
        assert set(map(repr, distinct(found))) == set(map(repr, expected))


def test_another_tenant_reads_nothing(log: BigQueryLog, recorded: list[History]) -> None:
    events = (event for history in recorded for event in history.events)
    run_id = next(e.run_id for e in events if e.tenant_id == "acme" and not isinstance(e, SourceRead))

    assert log.read("umbrella", [run_id]) == []
    assert log.read("acme", [run_id]) != []


def folded(recorded: list[History]) -> list[Run]:
    runs = [fold([*history.events, *history.repeated]) for history in recorded]
    return [run for run in runs if run is not None]


def run_row(run: Run) -> dict[str, Any]:
    fields = run.model_dump(
        exclude={"plan", "steps", "facts", "readings", "request_hash", "was_stopped", "backfill"}
    )
    return {
        **fields,
        **run.totals.model_dump(),
        "run_date": run.created_at.date(),
        "rows_of": run.plan.rows_of,
        "backfill_id": run.backfill.backfill_id if run.backfill else None,
        "backfill_concurrent_runs": run.backfill.concurrent_runs if run.backfill else None,
        "concurrent_runs": run.plan.concurrent_runs,
        "timeout_seconds": run.plan.timeout_seconds,
        "duration_ms": run.duration_ms,
        "resume_at": run.resume_at,
        "warnings": ", ".join(run.warnings) or None,
        "step_count": len(run.steps),
        "steps_succeeded": sum(step.status == "SUCCESS" for step in run.steps),
        "parameters": {value.name: value.json_value for value in run.plan.parameters},
    }


def step_row(run: Run, step: StepRecord) -> dict[str, Any]:
    metrics = step.metrics.model_dump(exclude={"quality_passed"}) | {"job_ids": list(step.metrics.job_ids)}
    if step.status not in {"SUCCESS", "FAILED"}:
        metrics = dict.fromkeys(metrics) | {"job_ids": []}
    return {
        "run_date": run.created_at.date(),
        "run_id": run.run_id,
        "tenant_id": run.tenant_id,
        "pipeline_id": run.pipeline_id,
        "step_number": step.number,
        "step_id": step.id,
        "step_type": step.type,
        "status": step.status,
        "attempt": step.attempt,
        "started_at": step.started_at,
        "completed_at": step.completed_at,
        "duration_ms": step.duration_ms,
        "error_message": step.error_message,
        "retry_at": step.retry_at,
        **metrics,
    }


def result_rows(run: Run, step: StepRecord) -> Iterator[dict[str, Any]]:
    for result in step.results:
        row = {
            "run_date": run.created_at.date(),
            "run_id": run.run_id,
            "tenant_id": run.tenant_id,
            "pipeline_id": run.pipeline_id,
            "step_number": step.number,
            "step_id": step.id,
            "created_at": step.completed_at,
            **result.model_dump(exclude={"figure_of", "figure_days"}),
        }
        yield dict(sorted(row.items()))


def assert_same(found: dict[Any, Any], expected: dict[Any, Any], recorded: list[History]) -> None:
    """Compare row by row, so that a failure tells the one history that it is about."""
    for key in sorted(set(found) | set(expected)):
        run_id = key if isinstance(key, str) else key[0]
        assert found.get(key) == expected.get(key), told(run_id, recorded)


def told(run_id: str, recorded: list[History]) -> str:
    events = [
        event.model_dump_json(exclude={"plan", "tenant_id", "pipeline_id", "run_id"})
        for history in recorded
        for event in (*history.events, *history.repeated)
        if event.run_id == run_id
    ]
    return "\n".join(["the history is", *events])


def _later_signs(history: History) -> list[Event]:
    """Signs of life that were given again later are others."""
    return [event for event in history.repeated if isinstance(event, Sign)]


def _batches(events: list[Event]) -> Iterator[list[Event]]:
    for first in range(0, len(events), ROWS_A_REQUEST):
        yield events[first : first + ROWS_A_REQUEST]
