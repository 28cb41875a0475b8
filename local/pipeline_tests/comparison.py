"""What came of a test beside what was expected."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import isnan

from pydantic import JsonValue

from shared.domain.pipeline_tests import RowOfTest, Verdict
from shared.domain.planned_test import ExpectedRows, ExpectedVerdicts
from shared.domain.rule_result import RuleResult
from shared.domain.table import Column, ColumnType

_MOST_PAIRS = 10_000
"""Rows that are missing and others in their place are only held against each other where these are few."""
_HALF = 2

Cell = str | int | float | bool | None
_Cells = tuple[Cell, ...]


@dataclass(frozen=True)
class RowsDifference:
    """Rows that are not as expected; `changed` are an expected and an actual one each that are much alike."""

    table: str
    columns: tuple[Column, ...]
    equal_count: int
    changed: tuple[tuple[RowOfTest, RowOfTest], ...]
    missing: tuple[RowOfTest, ...]
    unexpected: tuple[RowOfTest, ...]
    tolerance: float = 0.0

    def differing(self, expected: RowOfTest, actual: RowOfTest) -> frozenset[str]:
        """The columns in which two rows differ."""
        pairs = zip(self.columns, cells(expected, self.columns), cells(actual, self.columns), strict=True)
        return frozenset(
            column.name
            for column, one, other in pairs
            if not _is_equal(one, other, column.type, tolerance=self.tolerance)
        )


@dataclass(frozen=True)
class VerdictDifference:
    """A rule of which something else came than was expected."""

    rule_id: str
    expected: Verdict
    result: RuleResult


def compare_rows(expected: ExpectedRows, found: Sequence[RowOfTest], *, table: str) -> RowsDifference | None:
    """How the rows differ, in whatever order they are; None where they don't."""
    columns = expected.columns
    missing, unexpected = _without_equal(
        list(expected.rows), list(found), key=lambda row: cells(row, columns)
    )
    if expected.tolerance:
        missing, unexpected = _without_close(missing, unexpected, expected)
    if not missing and not unexpected:
        return None
    equal_count = len(expected.rows) - len(missing)
    whole = RowsDifference(table, columns, equal_count, (), (), (), expected.tolerance)
    changed = _paired(missing, unexpected, whole)
    return RowsDifference(
        table,
        columns,
        equal_count,
        tuple(changed),
        tuple(row for row in missing if not any(row is one for one, _ in changed)),
        tuple(row for row in unexpected if not any(row is other for _, other in changed)),
        expected.tolerance,
    )


def compare_verdicts(
    expected: ExpectedVerdicts, results: Iterable[RuleResult]
) -> tuple[VerdictDifference, ...]:
    """The rules of which something else came."""
    return tuple(
        VerdictDifference(result.rule_id, wanted, result)
        for result in results
        for wanted in (expected.by_rule.get(result.rule_id, expected.others),)
        if wanted != "any" and not _is_verdict(wanted, result)
    )


def verdict_of(result: RuleResult) -> str:
    """The word for what came of a rule."""
    if not result.evaluated:
        return "not_evaluated"
    return "passed" if result.passed else "failed"


def _is_verdict(wanted: Verdict, result: RuleResult) -> bool:
    return result.rows_failed == wanted if isinstance(wanted, int) else verdict_of(result) == wanted


def cells(row: RowOfTest, columns: Sequence[Column]) -> _Cells:
    """The values of a row as they are compared: numbers by value, JSON whatever the order of its keys."""
    return tuple(_cell(row.get(column.name), column.type) for column in columns)


def _cell(value: JsonValue, column_type: ColumnType) -> Cell:
    if value is None:
        return None
    match column_type:
        case "JSON":
            return json.dumps(_plain(value), sort_keys=True)
        case "INTEGER":
            return int(str(value))
        case "FLOAT":
            number = float(str(value))
            return "NaN" if isnan(number) else number
        case _:
            return value if isinstance(value, str | bool) else str(value)


def _plain(value: JsonValue) -> JsonValue:
    """JSON in which 1.0 is 1."""
    match value:
        case dict():
            return {key: _plain(each) for key, each in value.items()}
        case list():
            return [_plain(each) for each in value]
        case float() if value.is_integer():
            return int(value)
        case _:
            return value


def _is_equal(one: Cell, other: Cell, column_type: ColumnType, *, tolerance: float) -> bool:
    if column_type == "FLOAT" and isinstance(one, float) and isinstance(other, float):
        return one == other or abs(one - other) <= tolerance
    return one == other


def _without_equal(
    expected: list[RowOfTest], found: list[RowOfTest], *, key: Callable[[RowOfTest], _Cells]
) -> tuple[list[RowOfTest], list[RowOfTest]]:
    both = Counter(map(key, expected)) & Counter(map(key, found))
    return _less(expected, both, key), _less(found, both, key)


def _less(
    rows: list[RowOfTest], some: Counter[_Cells], key: Callable[[RowOfTest], _Cells]
) -> list[RowOfTest]:
    left, kept = some.copy(), []
    for row in rows:
        if left[key(row)] > 0:
            left[key(row)] -= 1
        else:
            kept.append(row)
    return kept


def _without_close(
    missing: list[RowOfTest], unexpected: list[RowOfTest], expected: ExpectedRows
) -> tuple[list[RowOfTest], list[RowOfTest]]:
    """Without pairs that differ by no more than the tolerance; the first that comes near enough is taken."""
    whole = RowsDifference("", expected.columns, 0, (), (), (), expected.tolerance)
    kept, left = [], list(unexpected)
    for row in missing:
        near = next((index for index, other in enumerate(left) if not whole.differing(row, other)), None)
        if near is None:
            kept.append(row)
        else:
            del left[near]
    return kept, left


def _paired(
    missing: list[RowOfTest], unexpected: list[RowOfTest], whole: RowsDifference
) -> list[tuple[RowOfTest, RowOfTest]]:
    """Rows that have at least half of their cells in common, the most alike first."""
    if len(missing) * len(unexpected) > _MOST_PAIRS:
        return []
    most = len(whole.columns) // _HALF
    scores = sorted(
        (len(whole.differing(one, other)), index, at)
        for index, one in enumerate(missing)
        for at, other in enumerate(unexpected)
    )
    pairs: dict[int, int] = {}
    for score, index, at in scores:
        if score <= most and index not in pairs and at not in pairs.values():
            pairs[index] = at
    return [(missing[index], unexpected[at]) for index, at in sorted(pairs.items())]
