"""Sums, counts, falls and gaps of rows, one row after the other in the plainest Python."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from shared.domain.rules.date_gaps import DateGapsRule
from shared.domain.rules.distinct_count import DistinctCountRule
from shared.domain.rules.mean import MeanRule
from shared.domain.rules.monotonic import MonotonicRule
from shared.domain.rules.sum_equals import SumEqualsRule
from shared.domain.table import Table, ddl_type
from tests.contract.laws.naive_values import Row, as_type, is_unreadable, text_of, value_at

Figures = tuple[str | int | None, ...]


@dataclass(frozen=True)
class Elsewhere:
    """What is beside the rows: another table's rows, those of them that are of the step, and the run's parameters."""

    rows: Sequence[Row]
    of_step: Sequence[Row]
    first_day: date
    last_day: date
    expected: str


def compared(row: Row, path: str, read_as: str | None) -> Any:
    """The value there as the type, or as text where none is said; None where there is none."""
    value = value_at(row, path)
    if read_as is not None:
        return as_type(value, read_as)
    # A cast of a FLOAT writes what is whole without a point, and what is large with an exponent.
    is_float = path in row and isinstance(row[path], float)
    return repr(row[path]).removesuffix(".0") if is_float else text_of(value)


def sum_of(rows: Sequence[Row], path: str, read_as: str) -> str:
    """The exact sum of the values that can be read."""
    values = (as_type(value_at(row, path), read_as) for row in rows)
    total = sum((Decimal(value) for value in values if value is not None), Decimal(0))
    return text_of(total) or ""


def unreadable(rows: Sequence[Row], path: str, read_as: str | None) -> int:
    """How many rows have something there that can't be read."""
    return sum(is_unreadable(row, path, read_as) for row in rows)


def figures_of_sum(rule: SumEqualsRule, rows: Sequence[Row], elsewhere: Elsewhere) -> Figures:
    """The sum, how many rows can't be read, and what it should be."""
    own = (sum_of(rows, rule.column, rule.read_as), unreadable(rows, rule.column, rule.read_as))
    if rule.parameter is not None:
        return (*own, elsewhere.expected)
    if rule.sum_of is None:
        return own
    others = rows if rule.sum_of.table is None else elsewhere.of_step
    path = rule.sum_of.column
    return (*own, sum_of(others, path, rule.read_as), unreadable(others, path, rule.read_as))


def figures_of_mean(rule: MeanRule, rows: Sequence[Row]) -> Figures:
    """The sum of the values, how many there are, and how many rows can't be read."""
    count = sum(compared(row, rule.column, rule.read_as) is not None for row in rows)
    total = sum_of(rows, rule.column, rule.read_as) if count else None
    return total, count, unreadable(rows, rule.column, rule.read_as)


def figures_of_distinct(rule: DistinctCountRule, rows: Sequence[Row]) -> Figures:
    """How many different values there are, and how many rows can't be read."""
    seen: list[Any] = []
    for row in rows:
        value = compared(row, rule.column, rule.read_as)
        if value is not None and value not in seen:
            seen.append(value)
    return len(seen), unreadable(rows, rule.column, rule.read_as)


def figures_of_falls(rule: MonotonicRule, rows: Sequence[Row]) -> Figures:
    """How many rows fall below the one before them, or can't be read."""
    falls = 0
    by_group: dict[Any, list[tuple[Any, Any]]] = {}
    for row in rows:
        value = as_type(value_at(row, rule.column), rule.read_as)
        place = as_type(value_at(row, rule.order_by), rule.order_as)
        if is_unreadable(row, rule.column, rule.read_as) or is_unreadable(row, rule.order_by, rule.order_as):
            falls += 1
        if value is not None and place is not None:
            by_group.setdefault(_group(row, rule.per), []).append((place, value))
    ordered = (sorted(group) for group in by_group.values())
    return (falls + sum(after < before for group in ordered for (_, before), (_, after) in pairwise(group)),)


def figures_of_gaps(rule: DateGapsRule, rows: Sequence[Row], elsewhere: Elsewhere) -> Figures:
    """How many rows can't be read, and the days without rows: how many, and the first of some kinds."""
    by_group: dict[Any, set[date]] = {}
    for row in rows:
        moment = as_type(value_at(row, rule.column), rule.read_as)
        day = moment.date() if isinstance(moment, datetime) else moment
        days = by_group.setdefault(_group(row, rule.per), set())
        if day is not None and (rule.days is None or elsewhere.first_day <= day <= elsewhere.last_day):
            days.add(day)
    found = [_between(sorted(days)) for days in by_group.values()]
    inner = min((first for _, first in found if first is not None), default=None)
    result = (unreadable(rows, rule.column, rule.read_as), sum(count for count, _ in found), _number(inner))
    return result if rule.days is None else (*result, *_ends(rule, by_group, elsewhere))


def figures_of_table(table: Table) -> Figures:
    """The table's columns as it has them."""
    return ("\n".join(f"{column.name} {ddl_type(column.type)}" for column in table.columns),)


def _ends(rule: DateGapsRule, by_group: dict[Any, set[date]], elsewhere: Elsewhere) -> Figures:
    length = (elsewhere.last_day - elsewhere.first_day).days + 1
    group_count = len(by_group) if rule.per else 1
    every = set[date]().union(*by_group.values())
    begins_late = min(every, default=None) != elsewhere.first_day
    ends_early = bool(every) and max(every) < elsewhere.last_day
    return (
        group_count * length - sum(map(len, by_group.values())),
        _number(elsewhere.first_day) if begins_late else None,
        _number(max(every) + timedelta(days=1)) if ends_early else None,
    )


def _between(days: list[date]) -> tuple[int, date | None]:
    """How many days are missing between the first and the last, and the first of them."""
    gaps = [(before, (after - before).days - 1) for before, after in pairwise(days)]
    first = next((before + timedelta(days=1) for before, length in gaps if length > 0), None)
    return sum(length for _, length in gaps), first


def _number(day: date | None) -> int | None:
    return None if day is None else (day - date(1970, 1, 1)).days


def _group(row: Row, per: Sequence[str]) -> tuple[str | None, ...]:
    return tuple(text_of(value_at(row, path)) for path in per)
