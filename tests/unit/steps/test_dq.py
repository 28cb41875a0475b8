"""What comes of a check."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import JsonValue

from shared.domain.errors import AttemptError, StatementError, StepError, TransientError
from shared.domain.event import RunCancelled
from shared.domain.job import Job, JobHandle, JobOutcome
from shared.steps.attempt import Attempt
from shared.steps.dq import check
from tests.fakes.clock import NOON, SetClock
from tests.fakes.log import MemoryLog
from tests.fakes.warehouse import MemoryWarehouse, succeeded
from tests.fakes.watch import watch_over
from tests.unit.steps.attempts import attempt_at, jobs_of
from tests.unit.steps.checks import (
    COUNT,
    FRESH,
    MONTH,
    RATIO,
    SHAPE,
    WINDOW,
    checked,
    failing,
    step_of,
    told,
    wanted,
)


@pytest.mark.parametrize("hours_later", [0, 24])
def test_whoever_adopts_a_check_comes_to_the_same_verdict(hours_later: int) -> None:
    def newest_an_hour_ago(job: Job, rows: list[dict[str, JsonValue]]) -> JobOutcome:
        newest = int((NOON - timedelta(hours=1)).timestamp())
        figures = {"rows_checked": 1, "figure_0": newest, "figure_0_1": 0}
        return succeeded(job, rows).model_copy(update={"rows": (figures,), "ended_at": NOON})

    step = step_of(FRESH)
    attempt = replace(attempt_at(step), now=NOON + timedelta(hours=hours_later))

    result = check(step, attempt, warehouse=MemoryWarehouse(newest_an_hour_ago), look=wanted)

    assert result.failure is None


def test_rules_that_can_all_be_evaluated_are_one_job() -> None:
    result, warehouse = checked(step_of(COUNT, SHAPE), succeeded)

    assert jobs_of(warehouse) == [("_1_1", "QueryJob")]
    assert (result.failure, result.metrics.quality_passed, result.metrics.rows_in) == (None, True, 10)


def test_a_rule_whose_sql_fails_is_named_and_the_others_are_recorded() -> None:
    error = StatementError("Cannot parse regular expression at [4:12]")

    result, warehouse = checked(step_of(COUNT, SHAPE, FRESH), failing(1, error=error))

    assert told(result) == [
        ("has_rows", True, True, 0, "there are 10 rows"),
        ("shape", False, False, None, "could not be evaluated: Cannot parse regular expression"),
        ("fresh", True, False, 10, "the newest created_at is 489780.0 hours old, at most 1 are allowed"),
    ]
    assert [job for job, _ in jobs_of(warehouse)] == [
        *("_1_1", "_1_1_rows", "_1_1_rule_0", "_1_1_rule_1", "_1_1_rule_2")
    ]
    assert result.failure is not None
    assert result.failure.startswith(
        "shape: could not be evaluated: Cannot parse regular expression; fresh: "
    )
    assert result.metrics.quality_passed is False
    assert [job_id[-5:] for job_id in result.metrics.job_ids] == ["_rows", "ule_0", "ule_2"]


@pytest.mark.parametrize(
    ("severity", "failure"), [("error", "ratio: could not be evaluated: division by zero"), ("warn", None)]
)
def test_only_a_rule_of_severity_error_that_cant_be_evaluated_stops_the_run(
    severity: str, failure: str | None
) -> None:
    step = step_of(COUNT, {**RATIO, "severity": severity})

    result, _ = checked(step, failing(1, error=StatementError("division by zero")))

    assert result.failure == failure
    assert result.metrics.quality_passed is (failure is None)


def test_a_failure_that_is_not_the_sqls_is_the_steps() -> None:
    with pytest.raises(StepError, match="limit for bytes billed"):
        checked(step_of(COUNT, RATIO), failing(0, error=StepError("Query exceeded limit for bytes billed")))


def test_a_query_that_only_explains_fails_no_check() -> None:
    def outcome_of(job: Job, rows: list[dict[str, JsonValue]]) -> JobOutcome:
        if job.job_id.endswith("_window"):
            raise StepError("Query exceeded limit for bytes billed")
        return succeeded(job, rows).model_copy(update={"rows": ({"rows_checked": 0, "figure_0": 0},)})

    result, _ = checked(step_of({**COUNT, "minimum": 0}, window=WINDOW), outcome_of)

    assert told(result) == [("has_rows", True, True, 0, "there are 0 rows")]


def test_a_later_job_that_is_refused_ends_the_check_at_once() -> None:
    class Refusing(MemoryWarehouse):
        def submit(self, job: Job) -> JobHandle:
            if job.job_id.endswith("_rows"):
                raise StepError("Not found: Table acme.raw_data")
            return super().submit(job)

    step = step_of(COUNT, RATIO)
    warehouse = Refusing(failing(1, error=StatementError("division by zero")))

    with pytest.raises(StepError, match="Not found"):
        check(step, attempt_at(step), warehouse=warehouse, look=wanted)


def test_a_scope_that_fails_by_itself_is_no_rules_fault() -> None:
    def outcome_of(job: Job, rows: list[dict[str, JsonValue]]) -> JobOutcome:
        raise StatementError("Unrecognized name: run_id")

    with pytest.raises(StepError, match="Unrecognized name"):
        checked(step_of(COUNT, RATIO), outcome_of)


def test_a_delivery_that_comes_later_adopts_the_jobs_of_each_rule() -> None:
    step = step_of(COUNT, RATIO)
    result, warehouse = checked(step, failing(1, error=StatementError("division by zero")))

    again = check(step, attempt_at(step), warehouse=warehouse, look=wanted)

    assert again == result
    assert len(warehouse.jobs) == 4


def test_no_further_rule_is_asked_for_once_the_run_is_cancelled() -> None:
    step = step_of(COUNT, RATIO, FRESH)
    attempt, log = attempt_at(step), MemoryLog(SetClock(NOON))
    fails = failing(1, error=StatementError("division by zero"))

    def outcome_of(job: Job, rows: list[dict[str, JsonValue]]) -> JobOutcome:
        if job.job_id.endswith("_rule_0"):
            log.append([cancelled(attempt)])
        return fails(job, rows)

    warehouse = MemoryWarehouse(outcome_of)
    watch = watch_over(attempt, warehouse, log=log)

    with pytest.raises(TransientError, match="wanted no more"):
        check(step, attempt, warehouse=warehouse, look=watch.require_wanted)

    assert [job for job, _ in jobs_of(warehouse)] == ["_1_1", "_1_1_rows", "_1_1_rule_0"]


def cancelled(attempt: Attempt) -> RunCancelled:
    plan = attempt.plan
    return RunCancelled(
        tenant_id=plan.tenant_id,
        pipeline_id=plan.pipeline_id,
        run_id=attempt.run_id,
        occurred_at=NOON,
        cancelled_by="somebody",
    )


def test_a_table_that_lacked_something_is_checked_by_another_attempt() -> None:
    warehouse = MemoryWarehouse(failing(1, error=StatementError("Unrecognized name: created_at")))
    warehouse.missing = {"raw_data"}
    step = step_of(COUNT, FRESH)

    with pytest.raises(AttemptError, match="By now raw_data is there as declared"):
        check(step, attempt_at(step), warehouse=warehouse, look=wanted)

    assert len(warehouse.jobs) == 1


def test_an_answer_of_an_earlier_version_is_understood() -> None:
    def outcome_of(job: Job, rows: list[dict[str, JsonValue]]) -> JobOutcome:
        figures = {"rows_checked": 3, "figure_0": 1, "figure_1": int(NOON.timestamp())}
        return succeeded(job, rows).model_copy(update={"rows": (figures,), "ended_at": NOON})

    result, _ = checked(step_of({**MONTH, "max_failures": 1}, FRESH), outcome_of)

    assert [each.passed for each in result.results] == [True, True]
