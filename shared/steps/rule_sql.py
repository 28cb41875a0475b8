"""Every type of rule: its SQL, the values that it names, and what its figures mean."""

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
from shared.domain.sql_parameter import SqlParameter
from shared.domain.sql_text import plain_sql
from shared.domain.table import Table
from shared.steps.column_sql import SQL_TYPE_BY_READ_AS, TableColumn
from shared.steps.compiled_rule import CompiledRule, Found, Verdict, is_tolerated, row_verdict

_SECONDS_PER_HOUR = 3600
_CLOCK_SECONDS = 300
"""How far a source's clock may be ahead of BigQuery's."""


def compiled(rule: Rule, index: int, *, table: Table) -> CompiledRule:
    """The rule over the rows `T` of the table; its parameters are called after its `index` in the step."""
    match rule:
        case NotNullRule():
            return _not_null(rule, table)
        case UniqueRule():
            return _unique(rule, table)
        case AcceptedValuesRule():
            return _accepted_values(rule, index, table)
        case RangeRule():
            return _range(rule, index, table)
        case RegexRule():
            return _regex(rule, index, table)
        case RowCountRule():
            return CompiledRule(rule, ("COUNT(*)",), lambda found: _row_count(rule, found))
        case FreshnessRule():
            return _freshness(rule, table)
        case ExpressionRule():
            own = plain_sql(rule.expression).strip()
            return CompiledRule(
                rule,
                (f"COUNTIF(({own}) IS NOT TRUE)",),
                row_verdict(rule, "don't satisfy the expression"),
                own_sql=own,
            )
        case _:
            assert_never(rule)


def _not_null(rule: NotNullRule, table: Table) -> CompiledRule:
    column = _column(rule.column, table)
    lacks = f"NOT {column.is_given}" if rule.read_as is None else f"{column.read_as(rule.read_as)} IS NULL"
    return _of_column(rule, column, figure=f"COUNTIF({lacks})", breach="have no value")


def _accepted_values(rule: AcceptedValuesRule, index: int, table: Table) -> CompiledRule:
    column, name = _column(rule.column, table), f"rule_{index}_values"
    value = column.read_as(rule.read_as) if rule.read_as else f"CAST({column.value} AS STRING)"
    sql_type = SQL_TYPE_BY_READ_AS[rule.read_as or "string"]
    return _of_column(
        rule,
        column,
        figure=f"COUNTIF({column.is_given} AND ({value} IN UNNEST(@{name})) IS NOT TRUE)",
        breach="have a value that is not accepted",
        parameters=(SqlParameter(name=name, type=sql_type, value=rule.canonical_values),),
    )


def _range(rule: RangeRule, index: int, table: Table) -> CompiledRule:
    column = _column(rule.column, table)
    value, sql_type = column.read_as(rule.read_as), SQL_TYPE_BY_READ_AS[rule.read_as]
    sign_by_name = {"minimum": ">=", "maximum": "<="}
    tests = (f"{value} {sign_by_name[name]} @rule_{index}_{name}" for name, _ in rule.bounds)
    return _of_column(
        rule,
        column,
        figure=f"COUNTIF({column.is_given} AND ({' AND '.join(tests)}) IS NOT TRUE)",
        breach="are out of range",
        parameters=tuple(
            SqlParameter(name=f"rule_{index}_{name}", type=sql_type, value=bound)
            for name, bound in rule.canonical_bounds
        ),
    )


def _regex(rule: RegexRule, index: int, table: Table) -> CompiledRule:
    column, name = _column(rule.column, table), f"rule_{index}_pattern"
    text = f"CAST({column.read_as(rule.read_as)} AS STRING)"
    return _of_column(
        rule,
        column,
        figure=f"COUNTIF({column.is_given} AND REGEXP_CONTAINS({text}, @{name}) IS NOT TRUE)",
        breach="don't match the pattern",
        parameters=(SqlParameter(name=name, type="STRING", value=rule.pattern),),
    )


def _unique(rule: UniqueRule, table: Table) -> CompiledRule:
    columns = tuple(_column(path, table) for path in rule.columns)
    values = [column.read_as(rule.read_as) for column in columns]
    is_whole = " AND ".join(f"{value} IS NOT NULL" for value in values)
    texts = ", ".join(f"CAST({value} AS STRING)" for value in values)
    figure = (
        f"COUNTIF({is_whole}) - COUNT(DISTINCT IF({is_whole}, TO_JSON_STRING([{texts}]), NULL))"
        # What can't be compared fails: an object or an array, and with `as` what can't be read so.
        f" + COUNTIF({' OR '.join(map(_is_unreadable, columns, values))})"
    )
    return CompiledRule(
        rule,
        (figure,),
        row_verdict(rule, "repeat another row's values"),
        fields=tuple(column for column in columns if column.is_in_json),
        is_optional=rule.optional,
    )


def _freshness(rule: FreshnessRule, table: Table) -> CompiledRule:
    column = _column(rule.column, table)
    value = column.read_as(rule.read_as)
    return CompiledRule(
        rule,
        (f"UNIX_SECONDS(MAX(TIMESTAMP({value})))", f"COUNTIF({_is_unreadable(column, value)})"),
        lambda found: _fresh(rule, found),
        fields=(column,) if column.is_in_json else (),
        is_optional=rule.optional,
    )


def _row_count(rule: RowCountRule, found: Found) -> Verdict:
    rows = found.rows_checked
    if rule.minimum is not None and rows < rule.minimum:
        return Verdict(False, 0, f"there are {rows} rows, at least {rule.minimum} are needed")
    if rule.maximum is not None and rows > rule.maximum:
        return Verdict(False, 0, f"there are {rows} rows, at most {rule.maximum} may be")
    return Verdict(True, 0, f"there are {rows} rows")


def _fresh(rule: FreshnessRule, found: Found) -> Verdict:
    newest, unreadable = found.figures
    rows, failed = found.rows_checked, int(unreadable or 0)
    if not is_tolerated(rule, failed, rows):
        message = f"{failed} of {rows} rows have a {rule.column} that can't be read as {rule.read_as}"
        return Verdict(False, failed, message)
    if newest is None:
        return Verdict(False, rows, f"there is no {rule.column} to tell the age by")
    seconds = int(found.now.timestamp()) - int(newest)
    hours = abs(seconds) / _SECONDS_PER_HOUR
    if seconds < -_CLOCK_SECONDS:
        return Verdict(False, rows, f"the newest {rule.column} is {hours:.1f} hours in the future")
    message = f"the newest {rule.column} is {hours:.1f} hours old, at most {rule.max_age_hours} are allowed"
    passed = seconds <= rule.max_age_hours * _SECONDS_PER_HOUR
    return Verdict(passed, failed if passed else rows, message)


def _of_column(
    rule: NotNullRule | AcceptedValuesRule | RangeRule | RegexRule,
    column: TableColumn,
    *,
    figure: str,
    breach: str,
    parameters: tuple[SqlParameter, ...] = (),
) -> CompiledRule:
    """A rule whose figure is the number of rows that break it, by what one column has."""
    return CompiledRule(
        rule,
        (figure,),
        row_verdict(rule, breach),
        parameters,
        fields=(column,) if column.is_in_json else (),
        is_optional=rule.optional,
    )


def _column(path: str, table: Table) -> TableColumn:
    return TableColumn(path, "T", table)


def _is_unreadable(column: TableColumn, value: str) -> str:
    return f"({column.is_given} AND {value} IS NULL)"
