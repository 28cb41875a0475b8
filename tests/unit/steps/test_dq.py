"""What comes of a check."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pydantic import JsonValue

from shared.domain.errors import StatementError, StepError
from shared.domain.job import Job, JobOutcome, QueryJob
from shared.domain.plan import PlannedDq
from shared.domain.rule import RuleSet
from shared.steps.attempt import StepResult
from shared.steps.dq import check
from tests.fakes.clock import NOON
from tests.fakes.warehouse import MemoryWarehouse, succeeded
from tests.unit.steps.attempts import RAW, attempt_at, jobs_of

Outcomes = Callable[[Job, list[dict[str, JsonValue]]], JobOutcome]
FRESH = {"id": "fresh", "type": "freshness", "column": "created_at", "max_age_hours": 1}
COUNT = {"id": "has_rows", "type": "row_count", "minimum": 1}
SHAPE = {"id": "shape", "type": "regex", "column": "data.cost", "pattern": "[0-9"}
RATIO = {"id": "ratio", "type": "expression", "expression": "1 / 0 > 1"}
MONTH = {"id": "month", "type": "accepted_values", "column": "data.invoice.month", "values": ["202511"]}
WINDOW = {"column": "data.usage.start", "parameter": "days"}


def step_of(*rules: dict[str, Any], **settings: Any) -> PlannedDq:
    return PlannedDq(
        number=1,
        id="check",
        needs=(),
        table=RAW,
        rules=RuleSet.model_validate({"rules": rules}).rules,
        **{"scope": "run", "on_failure": "stop", **settings},
    )


def checked(step: PlannedDq, outcome_of: Outcomes) -> tuple[StepResult, MemoryWarehouse]:
    warehouse = MemoryWarehouse(outcome_of)
    return check(step, attempt_at(step), warehouse=warehouse), warehouse


def failing(*rules: int, error: Exception) -> Outcomes:
    """Jobs of which those fail that have one of these rules in them."""

    def outcome_of(job: Job, rows: list[dict[str, JsonValue]]) -> JobOutcome:
        assert isinstance(job, QueryJob)
        if any(f" AS figure_{rule}" in job.sql for rule in rules):
            raise error
        return succeeded(job, rows)

    return outcome_of


def answering(**figures: int | str | None) -> Outcomes:
    """Jobs that succeed; the answer has these figures, wherever a query asks for them."""

    def outcome_of(job: Job, rows: list[dict[str, JsonValue]]) -> JobOutcome:
        assert isinstance(job, QueryJob)
        outcome = succeeded(job, rows)
        if "JSON_KEYS" in job.sql:
            keys = ("amount", '"invoice.month"', "usage", "usage.begin", "lineItem/Id")
            return outcome.model_copy(update={"rows": tuple({"field": key} for key in keys)})
        asked = {name: value for name, value in figures.items() if f" AS {name}" in job.sql}
        return outcome.model_copy(update={"rows": ({**outcome.rows[0], **asked},)})

    return outcome_of


def told(result: StepResult) -> list[tuple[str, bool, bool, int | None, str]]:
    return [
        (each.rule_id, each.evaluated, each.passed, each.rows_failed, each.message) for each in result.results
    ]


@pytest.mark.parametrize("hours_later", [0, 24])
def test_whoever_adopts_a_check_comes_to_the_same_verdict(hours_later: int) -> None:
    def newest_an_hour_ago(job: Job, rows: list[dict[str, JsonValue]]) -> JobOutcome:
        newest = int((NOON - timedelta(hours=1)).timestamp())
        figures = {"rows_checked": 1, "figure_0": newest, "figure_0_1": 0}
        return succeeded(job, rows).model_copy(update={"rows": (figures,), "ended_at": NOON})

    step = step_of(FRESH)
    attempt = replace(attempt_at(step), now=NOON + timedelta(hours=hours_later))

    result = check(step, attempt, warehouse=MemoryWarehouse(newest_an_hour_ago))

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


def test_a_scope_that_fails_by_itself_is_no_rules_fault() -> None:
    def outcome_of(job: Job, rows: list[dict[str, JsonValue]]) -> JobOutcome:
        raise StatementError("Unrecognized name: run_id")

    with pytest.raises(StepError, match="Unrecognized name"):
        checked(step_of(COUNT, RATIO), outcome_of)


def test_a_delivery_that_comes_later_adopts_the_jobs_of_each_rule() -> None:
    step = step_of(COUNT, RATIO)
    result, warehouse = checked(step, failing(1, error=StatementError("division by zero")))

    again = check(step, attempt_at(step), warehouse=warehouse)

    assert again == result
    assert len(warehouse.jobs) == 4


def test_a_field_that_no_row_has_breaks_its_rule_and_the_nearest_is_named() -> None:
    result, warehouse = checked(step_of(COUNT, MONTH), answering(rows_with_0=0))

    message = 'none of the 10 rows has the field data.invoice.month; did you mean data."invoice.month"?'
    assert told(result) == [
        ("has_rows", True, True, 0, "there are 10 rows"),
        ("month", True, False, 10, message),
    ]
    assert result.failure == f"month: {message}"
    assert [job for job, _ in jobs_of(warehouse)] == ["_1_1", "_1_1_fields_of_data"]


def test_a_field_that_no_row_has_may_be_optional() -> None:
    result, warehouse = checked(step_of({**MONTH, "optional": True}), answering(rows_with_0=0))

    assert told(result) == [
        ("month", True, True, 0, "no row has the field data.invoice.month, which is optional")
    ]
    assert len(warehouse.jobs) == 1


def test_where_there_are_no_rows_nothing_is_said_about_fields() -> None:
    result, _ = checked(step_of(MONTH), answering(rows_checked=0, rows_with_0=0))

    assert told(result) == [("month", True, True, 0, "holds for every row")]


def in_the_window(*, none_of: int, readable: int, with_field: int) -> Outcomes:
    """No row lies in the window; of those outside so many can be told by it."""

    def outcome_of(job: Job, rows: list[dict[str, JsonValue]]) -> JobOutcome:
        checked = none_of if job.job_id.endswith("_window") else 0
        figures = {"rows_checked": checked, "rows_readable": readable, "rows_with_field": with_field}
        return answering(**figures)(job, rows)

    return outcome_of


@pytest.mark.parametrize(
    ("column", "with_field", "reason"),
    [
        (
            "data.usage.start",
            0,
            "the field data.usage.start, by which the window goes; did you mean data.usage?",
        ),
        (
            "data.usage.start",
            7,
            "a value in data.usage.start, by which the window goes, that can be read as date",
        ),
        ("run_id", 0, "a value in run_id, by which the window goes, that can be read as date"),
    ],
)
def test_a_window_that_no_row_can_be_told_by_leaves_no_rule_evaluated(
    column: str, with_field: int, reason: str
) -> None:
    step = step_of(
        COUNT, {**FRESH, "severity": "warn"}, scope="pipeline", window={"column": column, "parameter": "days"}
    )

    result, _ = checked(step, in_the_window(none_of=7, readable=0, with_field=with_field))

    message = f"could not be evaluated: none of the 7 rows has {reason}"
    assert told(result) == [("has_rows", False, False, None, message), ("fresh", False, False, None, message)]
    assert result.failure == f"has_rows: {message}"


@pytest.mark.parametrize("rows", [0, 7])
def test_a_window_of_days_without_rows_is_as_it_was(rows: int) -> None:
    step = step_of(COUNT, scope="pipeline", window=WINDOW)

    result, _ = checked(step, in_the_window(none_of=rows, readable=rows, with_field=rows))

    assert told(result) == [("has_rows", True, False, 0, "there are 0 rows, at least 1 are needed")]


def test_an_answer_of_an_earlier_version_is_understood() -> None:
    def outcome_of(job: Job, rows: list[dict[str, JsonValue]]) -> JobOutcome:
        figures = {"rows_checked": 3, "figure_0": 1, "figure_1": int(NOON.timestamp())}
        return succeeded(job, rows).model_copy(update={"rows": (figures,), "ended_at": NOON})

    result, _ = checked(step_of({**MONTH, "max_failures": 1}, FRESH), outcome_of)

    assert [each.passed for each in result.results] == [True, True]
