"""What comes of a check of fields that no row has."""

import pytest
from pydantic import JsonValue

from shared.domain.job import Job, JobOutcome
from tests.unit.steps.attempts import jobs_of
from tests.unit.steps.checks import COUNT, FRESH, MONTH, WINDOW, Outcomes, answering, checked, step_of, told


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
