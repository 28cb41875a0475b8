"""Each rule as one aggregate over the rows, and the values it needs as query parameters.

The figure is the number of rows that break the rule; for `freshness` it is the newest time, for `row_count` the count.
"""

from typing import assert_never

from shared.domain.rule import (
    AcceptedValuesRule,
    ExpressionRule,
    FreshnessRule,
    NotNullRule,
    RangeRule,
    RegexRule,
    RowCountRule,
    Rule,
    UniqueRule,
)
from shared.domain.source import ReadAs
from shared.domain.sql_parameter import SqlParameter, SqlType
from shared.domain.sql_text import plain_sql
from shared.domain.table import Table
from shared.steps.column_sql import read_as_sql, table_column_sql

_SQL_TYPE_BY_READ_AS: dict[ReadAs, SqlType] = {
    "integer": "INT64",
    "number": "NUMERIC",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
}


def figure_sql(rule: Rule, index: int, *, table: Table) -> str:
    """The rule as an aggregate expression over the rows `T`."""
    match rule:
        case NotNullRule():
            return f"COUNTIF({_value(rule.column, rule.read_as, table)} IS NULL)"
        case UniqueRule():
            return _surplus_rows(rule, table)
        case AcceptedValuesRule():
            value = _text(rule.column, rule.read_as, table)
            return f"COUNTIF({value} NOT IN UNNEST(@rule_{index}_values))"
        case RangeRule():
            return _out_of_range(rule, index, table)
        case RegexRule():
            value = _text(rule.column, rule.read_as, table)
            return f"COUNTIF(NOT REGEXP_CONTAINS({value}, @rule_{index}_pattern))"
        case RowCountRule():
            return "COUNT(*)"
        case FreshnessRule():
            moment = f"TIMESTAMP({_value(rule.column, rule.read_as, table)})"
            return f"UNIX_SECONDS(MAX({moment}))"
        case ExpressionRule():
            return f"COUNTIF(({plain_sql(rule.expression).strip()}) IS NOT TRUE)"
        case _:
            assert_never(rule)


def rule_parameters(rule: Rule, index: int) -> tuple[SqlParameter, ...]:
    """The values that the rule's expression names."""
    match rule:
        case AcceptedValuesRule():
            return (SqlParameter(name=f"rule_{index}_values", type="STRING", value=rule.values),)
        case RegexRule():
            return (SqlParameter(name=f"rule_{index}_pattern", type="STRING", value=rule.pattern),)
        case RangeRule():
            sql_type = _SQL_TYPE_BY_READ_AS[rule.read_as]
            bounds = (("minimum", rule.minimum), ("maximum", rule.maximum))
            return tuple(
                SqlParameter(name=f"rule_{index}_{name}", type=sql_type, value=str(bound))
                for name, bound in bounds
                if bound is not None
            )
        case _:
            return ()


def _value(column: str, read_as: ReadAs | None, table: Table) -> str:
    raw = table_column_sql(column, alias="T", table=table)
    return raw if read_as is None else read_as_sql(raw, read_as)


def _text(column: str, read_as: ReadAs | None, table: Table) -> str:
    return f"CAST({_value(column, read_as, table)} AS STRING)"


def _surplus_rows(rule: UniqueRule, table: Table) -> str:
    columns = [table_column_sql(column, alias="T", table=table) for column in rule.columns]
    is_whole = " AND ".join(f"{column} IS NOT NULL" for column in columns)
    texts = ", ".join(f"CAST({column} AS STRING)" for column in columns)
    key = f"IF({is_whole}, TO_JSON_STRING([{texts}]), NULL)"
    return f"COUNTIF({is_whole}) - COUNT(DISTINCT {key})"


def _out_of_range(rule: RangeRule, index: int, table: Table) -> str:
    raw = table_column_sql(rule.column, alias="T", table=table)
    value = read_as_sql(raw, rule.read_as)
    tests = [f"{value} IS NULL"]
    if rule.minimum is not None:
        tests.append(f"{value} < @rule_{index}_minimum")
    if rule.maximum is not None:
        tests.append(f"{value} > @rule_{index}_maximum")
    return f"COUNTIF({raw} IS NOT NULL AND ({' OR '.join(tests)}))"
