"""Whether a rule held."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter

from shared.domain.rule import Rule
from shared.domain.rule_result import RuleResult
from shared.domain.rules.compiled_rule import CompiledRule, Found
from shared.domain.table import Column, Table
from tests.fakes.clock import NOON
from tests.unit.steps.subjects import compiled_for

RULE: TypeAdapter[Rule] = TypeAdapter(Rule)


TABLE = Table(name="t", columns=(Column(name="c", type="STRING"), Column(name="data", type="JSON")))


def compiled_of(**settings: object) -> CompiledRule:
    return compiled_for(TABLE, RULE.validate_python({"id": "x", **settings}))


def verdict(
    figure: int | None, rows: int, *, unreadable: int = 0, **settings: Any
) -> tuple[bool, int | None, str]:
    return told(compiled_of(**settings).result(Found((figure, unreadable), rows, NOON)))


def told(result: RuleResult) -> tuple[bool, int | None, str]:
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
    failed: int, rows: int, tolerance: dict[str, Any], passed: bool
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
def test_a_message_counts_rows_and_shows_none(settings: dict[str, Any], message: str) -> None:
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


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(0), (True, 0, "the newest c is 0.0 hours old, at most 3 are allowed")),
        (timedelta(minutes=-5), (True, 0, "the newest c is 0.1 hours old, at most 3 are allowed")),
        (3 * HOUR, (True, 0, "the newest c is 3.0 hours old, at most 3 are allowed")),
        (4 * HOUR, (False, 10, "the newest c is 4.0 hours old, at most 3 are allowed")),
        (
            3 * HOUR + timedelta(seconds=1),
            (False, 10, "the newest c is 3.0 hours old, at most 3 are allowed"),
        ),
        (timedelta(seconds=-301), (False, 10, "the newest c is 0.1 hours in the future")),
        (-24 * HOUR, (False, 10, "the newest c is 24.0 hours in the future")),
    ],
)
def test_the_newest_value_is_young_enough_and_not_in_the_future(
    age: timedelta, expected: tuple[bool, int, str]
) -> None:
    newest = int((NOON - age).timestamp())

    assert verdict(newest, 10, type="freshness", column="c", max_age_hours=3) == expected


def test_a_time_that_cant_be_read_is_not_fresh_unless_tolerated() -> None:
    rule = {"type": "freshness", "column": "c", "max_age_hours": 3}
    newest = int(NOON.timestamp())

    assert verdict(newest, 10, unreadable=2, **rule) == (
        False,
        2,
        "2 of 10 rows have a c that can't be read as timestamp",
    )
    assert verdict(newest, 10, unreadable=2, max_failures=2, **rule)[:2] == (True, 2)


def test_without_any_time_nothing_is_fresh() -> None:
    assert verdict(None, 0, type="freshness", column="c", max_age_hours=3) == (
        False,
        0,
        "there is no c to tell the age by",
    )


def test_a_field_that_no_row_has_breaks_the_rule_unless_it_is_optional() -> None:
    rule = {"type": "unique", "columns": ["data.a", "data.b"], "max_failure_percent": 100}

    assert [field.path for field in compiled_of(**rule).fields] == ["data.a", "data.b"]
    assert told(compiled_of(**rule).result_without(("data.b",), 7, meant="; did you mean data.c?")) == (
        False,
        7,
        "none of the 7 rows has the field data.b; did you mean data.c?",
    )
    assert told(compiled_of(**rule, optional=True).result_without(("data.a", "data.b"), 7, meant="")) == (
        True,
        0,
        "no row has the fields data.a, data.b, which are optional",
    )


def test_of_a_rule_that_could_not_be_evaluated_nobody_knows_how_many_rows_fail() -> None:
    rule = compiled_of(type="not_null", column="c", severity="warn")
    result = rule.result_unevaluated("why", 7)

    assert len(rule.result_unevaluated("why " * 1000, 7).message) == 1000

    assert result == RuleResult(
        rule_id="x",
        rule_type="not_null",
        severity="warn",
        evaluated=False,
        passed=False,
        rows_checked=7,
        rows_failed=None,
        message="why",
    )
