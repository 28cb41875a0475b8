"""What an attempt's jobs are called, and what its end is."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.destination import IngestDestination
from shared.domain.errors import AttemptError
from shared.domain.ids import run_id_for_key
from shared.domain.plan import PlannedIngest, PlannedStep
from shared.domain.retry import Pauses
from shared.domain.source import BigQuerySource, FilesSource
from shared.steps.attempt import Attempt
from tests.fakes.clock import NOON
from tests.unit.steps.attempts import PIPELINE, RAW, RUN, attempt_at

ROOT_RUN = run_id_for_key(pipeline=PIPELINE, key="sunday", day=NOON.date())
FILES = FilesSource(type="files", path="x.csv", format="csv")
BILLING = BigQuerySource(type="bigquery", table="billing.export")


def step_of(
    source: FilesSource | BigQuerySource = FILES, *, mode: str = "append", **own: object
) -> PlannedStep:
    return PlannedIngest(
        number=3,
        id="ingest",
        needs=(),
        source_name="x",
        source=source,
        destination=IngestDestination(table="raw_data", mode=mode),
        table=RAW,
        **own,
    )


def of_rest(attempt: Attempt) -> Attempt:
    """The same attempt in a run that does the rest of another."""
    return replace(attempt, plan=attempt.plan.model_copy(update={"rows_of": ROOT_RUN}))


def test_every_attempt_has_a_job_id_of_its_own() -> None:
    first, second = (attempt_at(step_of(), number=number) for number in (1, 2))

    assert (first.job_id(), second.job_id()) == (f"cdp_{RUN}_3_1", f"cdp_{RUN}_3_2")
    assert second.job_id("load") == f"cdp_{RUN}_3_2_load"


def test_a_run_that_does_the_rest_of_another_counts_its_attempts_on() -> None:
    attempt = of_rest(attempt_at(step_of(attempts_before=2), number=2))

    assert attempt.job_id() == f"cdp_{ROOT_RUN}_3_4"
    assert attempt.rows_of == ROOT_RUN
    assert {parameter.name: parameter.value for parameter in attempt.parameters}["run_id"] == ROOT_RUN
    assert attempt.started().run_id == RUN
    assert attempt.started().attempt == 2


@pytest.mark.parametrize(
    ("source", "mode", "parts"),
    [
        (FILES, "append", [""]),
        (FILES, "replace", ["_load", ""]),
        (BILLING, "append", [""]),
        (BILLING, "replace", [""]),
    ],
)
def test_the_jobs_that_have_to_be_stopped_are_those_without_which_no_table_changes(
    source: FilesSource | BigQuerySource, mode: str, parts: list[str]
) -> None:
    attempt = attempt_at(step_of(source, mode=mode))

    assert [handle.job_id for handle in attempt.handles] == [f"cdp_{RUN}_3_1{part}" for part in parts]


@pytest.mark.parametrize(("own_seconds", "seconds"), [(None, 600), (90, 90)])
def test_a_job_may_take_as_long_as_its_step_or_else_its_run(own_seconds: int | None, seconds: int) -> None:
    attempt = attempt_at(step_of(timeout_seconds=own_seconds))

    assert attempt.query("SELECT 1").timeout_seconds == seconds


@pytest.mark.parametrize(
    ("asked_seconds", "pause_seconds"), [(None, 10), (0, 10), (1, 1), (30, 30), (9999, 3600)]
)
def test_the_next_attempt_waits_as_long_as_was_asked_but_no_longer_than_an_hour(
    asked_seconds: int | None, pause_seconds: int
) -> None:
    later = NOON + timedelta(minutes=5)
    error = AttemptError("429", kind="rate_limit", retry_after_seconds=asked_seconds)

    retried = attempt_at(step_of()).retried(error, now=later, pauses=Pauses())

    assert retried.retry_at == later + timedelta(seconds=pause_seconds)
    assert (retried.attempt, retried.error_message, retried.occurred_at) == (1, "429", later)
