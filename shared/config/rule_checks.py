"""A dq step's rules, held against its table."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from shared.config import kinds
from shared.config.column_checks import check_column, check_window
from shared.config.pattern import pattern_problem
from shared.config.place import Place
from shared.config.problem import ConfigProblem
from shared.config.sql_scope import SqlScope, check_expression
from shared.domain.pipeline import DqStep, Pipeline
from shared.domain.rule import RuleSet
from shared.domain.rules.any_rule import Named
from shared.domain.table import Table

_NUMBERS = ("integer", "number")


@dataclass(frozen=True)
class Known:
    """What a step's rules may name: the tenant's tables, the pipeline's parameters, and tables in SQL.

    Of a table that is only `declared`, its file is wrong and has a problem of its own.
    """

    tables: Mapping[str, Table]
    declared: Collection[str]
    pipeline: Pipeline
    scope: SqlScope


def check_rules(
    step: DqStep, rule_set: RuleSet, table: Table, *, place: Place, rules: Place, known: Known
) -> Iterator[ConfigProblem]:
    """Columns, tables and parameters that aren't there, patterns that are none, SQL that names what it may not."""
    reason = _why_not_in_scope(step, table)
    if reason is not None:
        yield place.at("table").problem(kinds.WRONG_DESTINATION, f"{reason}; write 'scope: table'")
    yield from check_patterns(rule_set, rules)
    for index, rule in enumerate(rule_set.rules):
        here, named = rules.at("rules", index), rule.named
        yield from _check_columns(named, table, here, known=known)
        yield from _check_tables(named, step, here, known=known)
        yield from _check_parameters(named, known.pipeline, here)
        for text in named.expressions:
            for found in check_expression(text.text, known.scope):
                yield here.at(*text.place).problem(found.kind, found.message)
        for path, contradiction in rule.contradictions(table):
            yield here.at(*path).problem(kinds.NEVER_HOLDS, contradiction)


def check_patterns(rule_set: RuleSet, place: Place) -> Iterator[ConfigProblem]:
    """Patterns that are none, whatever table they are for."""
    for index, rule in enumerate(rule_set.rules):
        for named in rule.named.patterns:
            problem = pattern_problem(named.text)
            if problem is not None:
                yield place.at("rules", index, *named.place).problem(kinds.WRONG_PATTERN, problem)


def _check_columns(named: Named, table: Table, here: Place, *, known: Known) -> Iterator[ConfigProblem]:
    for column in named.columns:
        about = table if column.table is None else known.tables.get(column.table)
        if about is not None:
            yield from check_column(column.path, about, here.at(*column.place), read_as=column.read_as)


def _check_tables(named: Named, step: DqStep, here: Place, *, known: Known) -> Iterator[ConfigProblem]:
    for each in named.tables:
        table, place = known.tables.get(each.name), here.at(*each.place)
        if table is None and each.name not in known.declared:
            what = "a table of this tenant (its own are declared in schemas/)"
            yield place.unknown(kinds.UNKNOWN_TABLE, each.name, tuple(known.tables), what=what)
        if table is None or not each.in_scope:
            continue
        reason = _why_not_in_scope(step, table)
        if reason is not None:
            yield place.problem(kinds.WRONG_DESTINATION, reason)
        window = step.window
        if window is not None and any(check_column(window.column, table, place, read_as=window.read_as)):
            yield place.problem(
                kinds.WRONG_DESTINATION,
                f"'{table.name}' has no {window.column} that is a {window.read_as}, by which the step's window goes",
            )


def _check_parameters(named: Named, pipeline: Pipeline, here: Place) -> Iterator[ConfigProblem]:
    for wanted, types, what in (
        (named.parameters, _NUMBERS, "a parameter of this pipeline that is a number"),
        (named.ranges, ("date_range",), "a date_range parameter of this pipeline"),
    ):
        fitting = tuple(name for name, value in pipeline.parameters.items() if value.type in types)
        for each in wanted:
            if each.text not in fitting:
                place = here.at(*each.place)
                yield place.unknown(kinds.UNKNOWN_PARAMETER, each.text, fitting, what=what)


def _why_not_in_scope(step: DqStep, table: Table) -> str | None:
    needed = {"run": "run_id", "pipeline": "pipeline_id"}.get(step.scope)
    if needed is None or table.has(needed):
        return None
    return f"'{table.name}' has no column {needed} to tell this {step.scope}'s rows by"


def check_scope(step: DqStep, table: Table, pipeline: Pipeline, *, place: Place) -> Iterator[ConfigProblem]:
    """A window that is not there, and rows that may be gone when they are looked at."""
    if step.window is not None:
        yield from check_window(step.window, pipeline, place.at("window"), table=table)
    if step.scope == "run" and step.table in pipeline.replaced_tables:
        yield place.at("scope").problem(
            kinds.ROWS_GONE,
            f"this pipeline replaces rows of {step.table}: another run may put its own in their place before they are "
            "checked; write 'scope: pipeline'",
        )
