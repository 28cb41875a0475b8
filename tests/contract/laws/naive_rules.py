"""What each rule means, told row by row in the plainest Python: no SQL, no JSON functions, no sets of rows."""

import re
from collections.abc import Callable, Sequence
from typing import Any, assert_never

from shared.domain.rule import Rule
from shared.domain.rules.accepted_values import AcceptedValuesRule
from shared.domain.rules.anomaly import AnomalyRule
from shared.domain.rules.column_type import ColumnTypeRule
from shared.domain.rules.compare_to_previous import CompareToPreviousRule
from shared.domain.rules.date_gaps import DateGapsRule
from shared.domain.rules.distinct_count import DistinctCountRule
from shared.domain.rules.expression import ExpressionRule
from shared.domain.rules.foreign_key import ForeignKeyRule
from shared.domain.rules.freshness import FreshnessRule
from shared.domain.rules.length import LengthRule
from shared.domain.rules.mean import MeanRule
from shared.domain.rules.monotonic import MonotonicRule
from shared.domain.rules.not_null import NotNullRule
from shared.domain.rules.range import RangeRule
from shared.domain.rules.regex import RegexRule
from shared.domain.rules.row_count import RowCountRule
from shared.domain.rules.schema import SchemaRule
from shared.domain.rules.sum_equals import SumEqualsRule
from shared.domain.rules.unique import UniqueRule
from shared.domain.table import Table
from tests.contract.laws.naive_figures import (
    Elsewhere,
    Figures,
    compared,
    figures_of_distinct,
    figures_of_falls,
    figures_of_gaps,
    figures_of_mean,
    figures_of_sum,
    figures_of_table,
    sum_of,
    unreadable,
)
from tests.contract.laws.naive_values import (
    NOTHING,
    Row,
    as_type,
    at,
    is_unreadable,
    seconds_of,
    text_of,
    value_at,
)

EXPRESSIONS: dict[str, Callable[[Row], bool]] = {
    "cost > 0": lambda row: row["cost"] is not None and row["cost"] > 0,
    "charge_count IN (1, 2) -- few": lambda row: row["charge_count"] in {1, 2},
    "is_billable OR service = 'a'": lambda row: row["is_billable"] is True or row["service"] == "a",
    "JSON_VALUE(data, '$.s') != 'a'": lambda row: text_of(value_at(row, "data.s")) not in {None, "a"},
}
"""Expressions, and what makes each of them true."""


def figures(rule: Rule, rows: Sequence[Row], elsewhere: Elsewhere, *, table: Table) -> Figures:
    """How many rows break the rule; for a rule about all of them the figures that its SQL has."""
    match rule:
        case RowCountRule():
            return (len(rows),)
        case FreshnessRule():
            moments = [as_type(value_at(row, rule.column), rule.read_as) for row in rows]
            newest = max((seconds_of(moment) for moment in moments if moment is not None), default=None)
            return newest, unreadable(rows, rule.column, rule.read_as)
        case UniqueRule():
            return (_repetitions(rule, rows),)
        case ExpressionRule():
            return (sum(not EXPRESSIONS[rule.expression](row) for row in rows),)
        case NotNullRule() | AcceptedValuesRule() | RangeRule() | RegexRule() | LengthRule():
            return (sum(_breaks(rule, row) for row in rows),)
        case ForeignKeyRule():
            known = [compared(row, rule.references.column, rule.read_as) for row in elsewhere.rows]
            return (sum(_is_unknown(rule, row, known) for row in rows),)
        case SumEqualsRule():
            return figures_of_sum(rule, rows, elsewhere)
        case MeanRule():
            return figures_of_mean(rule, rows)
        case DistinctCountRule():
            return figures_of_distinct(rule, rows)
        case MonotonicRule():
            return figures_of_falls(rule, rows)
        case DateGapsRule():
            return figures_of_gaps(rule, rows, elsewhere)
        case ColumnTypeRule() if _is_of_table(rule, table):
            return figures_of_table(table)
        case ColumnTypeRule():
            return (unreadable(rows, rule.column, rule.read_as),)
        case SchemaRule():
            return figures_of_table(table)
        case AnomalyRule() | CompareToPreviousRule() if rule.column is None:
            return len(rows), 0
        case AnomalyRule() | CompareToPreviousRule():
            path = rule.column
            return sum_of(rows, path, rule.read_as), unreadable(rows, path, rule.read_as)
        case _:
            assert_never(rule)


def _is_of_table(rule: ColumnTypeRule, table: Table) -> bool:
    """Whether it is about the type that the table's column has, and not about what its texts can be read as."""
    column = table.column(rule.column)
    return column is not None and (column.type != "STRING" or rule.read_as == "string")


def missing(rule: Rule, rows: Sequence[Row]) -> tuple[str, ...]:
    """The rule's fields that none of the rows has, be it with null; none where there are no rows."""
    return tuple(path for path in _paths(rule) if rows and all(at(row, path) is NOTHING for row in rows))


def _paths(rule: Rule) -> tuple[str, ...]:
    match rule:
        case RowCountRule() | ExpressionRule() | SchemaRule():
            return ()
        case UniqueRule():
            return rule.columns
        case MonotonicRule():
            return (rule.column, rule.order_by, *rule.per)
        case DateGapsRule():
            return (rule.column, *rule.per)
        case SumEqualsRule() if rule.sum_of is not None and rule.sum_of.table is None:
            return (rule.column, rule.sum_of.column)
        case AnomalyRule() | CompareToPreviousRule():
            return () if rule.column is None else (rule.column,)
        case (
            NotNullRule()
            | AcceptedValuesRule()
            | RangeRule()
            | RegexRule()
            | FreshnessRule()
            | LengthRule()
            | ForeignKeyRule()
            | SumEqualsRule()
            | MeanRule()
            | DistinctCountRule()
            | ColumnTypeRule()
        ):
            return (rule.column,)
        case _:
            assert_never(rule)


def _is_unknown(rule: ForeignKeyRule, row: Row, known: Sequence[Any]) -> bool:
    if at(row, rule.column) in (NOTHING, None):
        return False
    value = compared(row, rule.column, rule.read_as)
    return value is None or value not in known


def _breaks(rule: NotNullRule | AcceptedValuesRule | RangeRule | RegexRule | LengthRule, row: Row) -> bool:
    """Whether this row breaks the rule."""
    value = value_at(row, rule.column)
    typed = value if rule.read_as is None else as_type(value, rule.read_as)
    is_given = at(row, rule.column) not in (NOTHING, None)
    match rule:
        case NotNullRule():
            return not is_given if rule.read_as is None else typed is None
        case AcceptedValuesRule():
            accepted = (
                rule.values if rule.read_as is None else [as_type(text, rule.read_as) for text in rule.values]
            )
            return is_given and (text_of(value) if rule.read_as is None else typed) not in accepted
        case RegexRule():
            text = text_of(typed)
            return is_given and (text is None or re.search(_ending_at_the_end(rule.pattern), text) is None)
        case LengthRule():
            length = len(text_of(typed) or "")
            is_within = (rule.minimum or 0) <= length and (rule.maximum is None or length <= rule.maximum)
            return is_given and not (typed is not None and is_within)
        case RangeRule():
            return is_given and not _is_in_range(rule, typed)
        case _:
            assert_never(rule)


def _ending_at_the_end(pattern: str) -> str:
    """The pattern as RE2 reads it: a last `$` is the end of the text, not also a place before a last newline."""
    return re.sub(r"\$$", r"\\Z", pattern)


def _is_in_range(rule: RangeRule, value: Any) -> bool:
    lowest, highest = (
        None if bound is None else as_type(str(bound), rule.read_as) for bound in (rule.minimum, rule.maximum)
    )
    if value is None:
        return False
    return (lowest is None or value >= lowest) and (highest is None or value <= highest)


def _repetitions(rule: UniqueRule, rows: Sequence[Row]) -> int:
    seen: list[list[Any]] = []
    count = 0
    for row in rows:
        values = [value_at(row, path) for path in rule.columns]
        key = [text_of(value) if rule.read_as is None else as_type(value, rule.read_as) for value in values]
        if any(is_unreadable(row, path, rule.read_as) for path in rule.columns):
            count += 1
        elif None not in key:
            count += key in seen
            seen.append(key)
    return count
