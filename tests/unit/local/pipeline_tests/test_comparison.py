"""Rows and verdicts beside what was expected of them."""

import pytest
from pydantic import JsonValue

from local.pipeline_tests.comparison import RowsDifference, compare_rows, compare_verdicts
from shared.domain.pipeline_tests import RowOfTest, Verdict
from shared.domain.planned_test import ExpectedRows, ExpectedVerdicts
from shared.domain.rule_result import RuleResult
from shared.domain.table import Column, ColumnType

COLUMNS = (
    Column(name="day", type="DATE"),
    Column(name="team", type="STRING"),
    Column(name="cost", type="NUMERIC"),
)


def row(day: str, team: str | None, cost: str | None) -> RowOfTest:
    return {"day": day, "team": team, "cost": cost}


def difference(expected: list[RowOfTest], found: list[RowOfTest]) -> RowsDifference:
    differs = compare_rows(ExpectedRows(tuple(expected), COLUMNS, 0.0), found, table="costs")
    assert differs is not None
    return differs


A, B, C = row("2025-11-01", "a", "1"), row("2025-11-02", "b", "2"), row("2025-11-03", "c", "3")


def test_rows_are_the_same_in_whatever_order() -> None:
    assert compare_rows(ExpectedRows((A, B, A), COLUMNS, 0.0), [B, A, A], table="costs") is None


def test_a_row_that_is_there_too_often_is_unexpected() -> None:
    differs = difference([A, B], [A, B, A])

    assert (differs.equal_count, differs.changed, differs.missing, differs.unexpected) == (2, (), (), (A,))


def test_the_rows_that_are_most_alike_are_held_against_each_other() -> None:
    near, far = row("2025-11-01", "a", "1.5"), row("2025-12-01", "z", "9")

    differs = difference([A, B], [far, near, C])

    assert differs.changed == ((A, near),)
    assert differs.differing(A, near) == {"cost"}
    assert (differs.missing, differs.unexpected) == ((B,), (far, C))


def test_null_is_no_empty_text() -> None:
    nothing, empty = row("2025-11-01", None, "1"), row("2025-11-01", "", "1")

    assert difference([nothing], [empty]).changed == ((nothing, empty),)


def test_columns_that_are_not_compared_do_not_count() -> None:
    assert (
        compare_rows(ExpectedRows((A,), COLUMNS[:1], 0.0), [row("2025-11-01", "b", "7")], table="costs")
        is None
    )


@pytest.mark.parametrize(
    ("column_type", "one", "other", "tolerance", "is_equal"),
    [
        ("FLOAT", "0.1", "0.10", 0.0, True),
        ("FLOAT", "0.1", "0.1000000001", 0.0, False),
        ("FLOAT", "0.1", "0.1000000001", 1e-9, True),
        ("FLOAT", "NaN", "nan", 0.0, True),
        ("FLOAT", "inf", "Infinity", 0.0, True),
        ("FLOAT", None, "0", 1.0, False),
        ("NUMERIC", "1", "1.000000001", 1.0, False),
        ("INTEGER", 9007199254740993, "9007199254740993", 0.0, True),
        ("BOOLEAN", True, False, 0.0, False),
        ("JSON", {"a": 1, "b": [1.0, None]}, {"b": [1, None], "a": 1.0}, 0.0, True),
        ("JSON", {"a": 1}, {"a": True}, 0.0, False),
        ("JSON", {"a": "1"}, {"a": 1}, 0.0, False),
        ("JSON", {"a": None}, {}, 0.0, False),
    ],
)
def test_values_are_compared_as_their_type_does(
    column_type: ColumnType, one: JsonValue, other: JsonValue, tolerance: float, *, is_equal: bool
) -> None:
    columns = (Column(name="value", type=column_type),)

    differs = compare_rows(ExpectedRows(({"value": one},), columns, tolerance), [{"value": other}], table="t")

    assert (differs is None) == is_equal


def result(*, passed: bool, rows_failed: int | None, evaluated: bool = True) -> RuleResult:
    return RuleResult(
        rule_id="cost_is_there",
        rule_type="not_null",
        severity="error",
        evaluated=evaluated,
        passed=passed,
        rows_checked=5,
        rows_failed=rows_failed,
        message="",
    )


PASSED, FAILED = result(passed=True, rows_failed=0), result(passed=False, rows_failed=2)
TOLERATED, UNKNOWN = (
    result(passed=True, rows_failed=2),
    result(passed=False, rows_failed=None, evaluated=False),
)


@pytest.mark.parametrize(
    ("verdict", "fitting"),
    [
        ("passed", [PASSED, TOLERATED]),
        ("failed", [FAILED]),
        ("not_evaluated", [UNKNOWN]),
        (2, [FAILED, TOLERATED]),
        (0, [PASSED]),
    ],
)
def test_a_verdict_is_a_word_or_how_many_rows_fail(verdict: Verdict, fitting: list[RuleResult]) -> None:
    expected = ExpectedVerdicts({"cost_is_there": verdict}, others="any")

    found = [each for each in (PASSED, FAILED, TOLERATED, UNKNOWN) if not compare_verdicts(expected, [each])]

    assert found == [each for each in (PASSED, FAILED, TOLERATED, UNKNOWN) if each in fitting]


def test_rules_that_are_not_named_have_to_pass_unless_that_is_said() -> None:
    assert compare_verdicts(ExpectedVerdicts({}, others="any"), [FAILED]) == ()
    [differs] = compare_verdicts(ExpectedVerdicts({}, others="passed"), [FAILED])
    assert (differs.rule_id, differs.expected) == ("cost_is_there", "passed")
