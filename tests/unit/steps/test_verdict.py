"""Whether a rule held."""

from datetime import timedelta

import pytest
from pydantic import TypeAdapter

from shared.domain.rule import Rule
from shared.steps.verdict import rule_result
from tests.fakes.clock import NOON

RULE: TypeAdapter[Rule] = TypeAdapter(Rule)


def verdict(figure: str | int | bool | None, rows: int, **settings: object) -> tuple[bool, int, str]:
    rule = RULE.validate_python({"id": "x", **settings})
    result = rule_result(rule, figure=figure, rows_checked=rows, now=NOON)
    return result.passed, result.rows_failed, result.message


@pytest.mark.parametrize(
    ("failed", "rows", "tolerance", "passed"),
    [
        (0, 10, {}, True),
        (1, 10, {}, False),
        (2, 10, {"max_failures": 2}, True),
        (3, 10, {"max_failures": 2}, False),
        (1, 100, {"max_failure_percent": 1}, True),
        (2, 100, {"max_failure_percent": 1}, False),
        (1, 1000, {"max_failure_percent": 0.1}, True),
        (2, 1000, {"max_failure_percent": 0.1}, False),
        (5, 10, {"max_failures": 1, "max_failure_percent": 50}, True),
        (0, 0, {"max_failure_percent": 0}, True),
        (10, 10, {"max_failure_percent": 100}, True),
    ],
)
def test_failing_rows_are_tolerated_up_to_a_number_or_a_share(
    failed: int, rows: int, tolerance: dict[str, object], passed: bool
) -> None:
    assert verdict(failed, rows, type="not_null", column="c", **tolerance)[:2] == (passed, failed)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"type": "not_null", "column": "c"}, "3 of 10 rows have no value"),
        ({"type": "unique", "columns": ["c"]}, "3 of 10 rows repeat another row's values"),
        (
            {"type": "accepted_values", "column": "c", "values": ["a"]},
            "3 of 10 rows have a value that is not accepted",
        ),
        ({"type": "range", "column": "c", "minimum": 1}, "3 of 10 rows are out of range"),
        ({"type": "regex", "column": "c", "pattern": "x"}, "3 of 10 rows don't match the pattern"),
        ({"type": "expression", "expression": "x"}, "3 of 10 rows don't satisfy the expression"),
    ],
)
def test_a_message_counts_rows_and_shows_none(settings: dict[str, object], message: str) -> None:
    assert verdict(3, 10, **settings) == (False, 3, message)
    assert verdict(0, 10, **settings) == (True, 0, "holds for every row")


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (0, (False, 0, "there are 0 rows, at least 1 are needed")),
        (1, (True, 0, "there are 1 rows")),
        (5, (True, 0, "there are 5 rows")),
        (6, (False, 0, "there are 6 rows, at most 5 may be")),
    ],
)
def test_the_number_of_rows_lies_between_its_bounds(rows: int, expected: tuple[bool, int, str]) -> None:
    assert verdict(rows, rows, type="row_count", minimum=1, maximum=5) == expected


@pytest.mark.parametrize(
    ("age", "passed"),
    [(timedelta(0), True), (timedelta(hours=3), True), (timedelta(hours=3, seconds=1), False)],
)
def test_the_newest_value_is_young_enough(age: timedelta, passed: bool) -> None:
    newest = int((NOON - age).timestamp())

    assert verdict(str(newest), 10, type="freshness", column="c", max_age_hours=3)[0] is passed


def test_without_any_time_nothing_is_fresh() -> None:
    assert verdict(None, 0, type="freshness", column="c", max_age_hours=3) == (
        False,
        0,
        "there is no c to tell the age by",
    )
