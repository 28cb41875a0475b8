"""A dq step's rules, held against its table."""

from collections.abc import Iterator
from typing import assert_never

from shared.config import kinds
from shared.config.column_checks import check_column, check_window
from shared.config.pattern import pattern_problem
from shared.config.place import Place
from shared.config.problem import ConfigProblem
from shared.config.sql_scope import SqlScope, check_expression
from shared.domain.pipeline import DqStep, Pipeline
from shared.domain.rule import (
    AcceptedValuesRule,
    ExpressionRule,
    FreshnessRule,
    NotNullRule,
    RangeRule,
    RegexRule,
    RowCountRule,
    Rule,
    RuleSet,
    UniqueRule,
)
from shared.domain.table import Table


def check_rules(
    step: DqStep, rule_set: RuleSet, table: Table, *, place: Place, rules: Place, scope: SqlScope
) -> Iterator[ConfigProblem]:
    """Columns that the table doesn't have, patterns that are none, expressions that name what they may not."""
    needed = {"run": "run_id", "pipeline": "pipeline_id"}.get(step.scope)
    if needed is not None and not table.has(needed):
        yield place.at("table").problem(
            kinds.WRONG_DESTINATION,
            f"'{table.name}' has no column {needed} to tell this {step.scope}'s rows by; write 'scope: table'",
        )
    yield from check_patterns(rule_set, rules)
    for index, rule in enumerate(rule_set.rules):
        yield from _check_rule(rule, table, rules.at("rules", index), scope=scope)


def check_patterns(rule_set: RuleSet, place: Place) -> Iterator[ConfigProblem]:
    """Patterns that are none, whatever table they are for."""
    for index, rule in enumerate(rule_set.rules):
        problem = pattern_problem(rule.pattern) if isinstance(rule, RegexRule) else None
        if problem is not None:
            yield place.at("rules", index, "pattern").problem(kinds.WRONG_PATTERN, problem)


def _check_rule(rule: Rule, table: Table, place: Place, *, scope: SqlScope) -> Iterator[ConfigProblem]:
    match rule:
        case NotNullRule() | AcceptedValuesRule() | RangeRule() | RegexRule() | FreshnessRule():
            yield from check_column(rule.column, table, place.at("column"), read_as=rule.read_as)
        case UniqueRule():
            for index, column in enumerate(rule.columns):
                yield from check_column(column, table, place.at("columns", index), read_as=rule.read_as)
        case ExpressionRule():
            for found in check_expression(rule.expression, scope):
                yield place.at("expression").problem(found.kind, found.message)
        case RowCountRule():
            return
        case _:
            assert_never(rule)


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
