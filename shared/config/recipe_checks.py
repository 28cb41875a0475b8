"""What must hold between the parts of a recipe, beyond what each file says by itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from shared.config.document import Document, Location, path_text
from shared.config.problem import ConfigProblem, nearest
from shared.config.sql_scope import SqlScope, check_expression, own_tables, uses_parameter
from shared.domain.destination import IngestDestination, TransformDestination
from shared.domain.errors import InvalidError
from shared.domain.ids import TenantId
from shared.domain.parameter import resolve_parameters
from shared.domain.pipeline import (
    DqStep,
    IngestStep,
    Pipeline,
    TransformStep,
    duration_seconds,
)
from shared.domain.planning import needs_of, steps_in_cycles
from shared.domain.rule import ExpressionRule, RowCountRule, Rule, RuleSet, UniqueRule
from shared.domain.source import Window
from shared.domain.table import Table

ALWAYS_GIVEN = ("run_id", "tenant_id", "pipeline_id", "run_date")
"""Query parameters that every SQL text of a pipeline sees."""


@dataclass(frozen=True)
class Place:
    """A document, and where in it."""

    document: Document
    location: Location

    def at(self, *parts: str | int) -> "Place":
        """A place further in."""
        return Place(self.document, (*self.location, *parts))

    def problem(
        self, message: str, *, allowed: tuple[str, ...] = (), suggestion: str | None = None
    ) -> ConfigProblem:
        """The problem that this place has."""
        position = self.document.position(self.location)
        return ConfigProblem(
            self.document.file,
            position.line,
            position.column,
            path_text(self.location),
            message,
            allowed,
            suggestion,
        )

    def unknown(self, word: str, known: tuple[str, ...], *, what: str) -> ConfigProblem:
        """The problem of a word that should be one of some others."""
        return self.problem(
            f"'{word}' is not {what}", allowed=tuple(sorted(known)), suggestion=nearest(word, known)
        )


def check_steps(pipeline: Pipeline, place: Place) -> Iterator[ConfigProblem]:
    """Ids that come twice, needs that nobody has, needs that lead back to themselves."""
    ids = tuple(step.id for step in pipeline.steps)
    for index, step in enumerate(pipeline.steps):
        if step.id in ids[:index]:
            yield place.at("steps", index, "id").problem(f"'{step.id}' is the id of two steps")
        for need in needs_of(pipeline.steps, index):
            if need not in ids:
                yield place.at("steps", index, "needs").unknown(need, ids, what="the id of a step")
    # With an id there twice, nobody can say who waits for whom.
    cycle = steps_in_cycles(pipeline.steps) if len(set(ids)) == len(ids) else ()
    if cycle:
        yield place.at("steps").problem(f"these steps wait for each other: {', '.join(cycle)}")


def check_timeouts(pipeline: Pipeline, place: Place) -> Iterator[ConfigProblem]:
    """Steps that may take longer than their run."""
    longest = duration_seconds(pipeline.timeout)
    for index, step in enumerate(pipeline.steps):
        if step.timeout is not None and duration_seconds(step.timeout) > longest:
            yield place.at("steps", index, "timeout").problem(
                f"'{step.timeout}' is longer than the pipeline's timeout of {pipeline.timeout}"
            )


def check_parameters(pipeline: Pipeline, place: Place) -> Iterator[ConfigProblem]:
    """Defaults that their own declaration refuses, and names that the platform has taken."""
    today = datetime.now(tz=UTC).date()
    for name, parameter in pipeline.parameters.items():
        here = place.at("parameters", name)
        if name in ALWAYS_GIVEN:
            yield here.problem(f"'{name}' is given to every pipeline; choose another name")
        if parameter.default is None:
            continue
        try:
            resolve_parameters({name: parameter}, {}, today=today)
        except InvalidError as error:
            yield here.at("default").problem(error.problems[0].detail)


def check_destination(
    step: IngestStep | TransformStep, table: Table, pipeline: Pipeline, *, place: Place
) -> Iterator[ConfigProblem]:
    """Windows and keys that name what is not there."""
    destination: IngestDestination | TransformDestination = step.destination
    here = place.at("destination")
    if destination.window is not None:
        yield from check_window(destination.window, pipeline, here.at("window"))
        yield from check_column(destination.window.column, table, here.at("window", "column"))
    if isinstance(destination, TransformDestination):
        yield from _check_keys(destination.keys, table, here.at("keys"))
    if isinstance(step, IngestStep) and not table.own_columns:
        yield here.at("table").problem(f"'{table.name}' has no column of its own to fill")


def _check_keys(keys: tuple[str, ...], table: Table, place: Place) -> Iterator[ConfigProblem]:
    names = tuple(column.name for column in table.columns)
    for index, key in enumerate(keys):
        if key not in names:
            yield place.at(index).unknown(key, names, what=f"a column of {table.name}")
    if keys and set(names) <= {*keys, "pipeline_id"}:
        yield place.problem(f"all columns of {table.name} are keys, so there is nothing to update")


def check_window(window: Window, pipeline: Pipeline, place: Place) -> Iterator[ConfigProblem]:
    """A window goes by a date_range parameter."""
    ranges = tuple(name for name, value in pipeline.parameters.items() if value.type == "date_range")
    if window.parameter not in ranges:
        yield place.at("parameter").unknown(
            window.parameter, ranges, what="a date_range parameter of this pipeline"
        )


def check_rules(
    step: DqStep, rule_set: RuleSet, table: Table, *, place: Place, rules: Place, scope: SqlScope
) -> Iterator[ConfigProblem]:
    """Rules about columns that the table doesn't have, and expressions that name what they may not."""
    needed = {"run": "run_id", "pipeline": "pipeline_id"}.get(step.scope)
    if needed is not None and not table.has(needed):
        yield place.at("table").problem(
            f"'{table.name}' has no column {needed} to tell this {step.scope}'s rows by; write 'scope: table'"
        )
    for index, rule in enumerate(rule_set.rules):
        here = rules.at("rules", index)
        for part, column in _columns(rule):
            yield from check_column(column, table, here.at(*part))
        if isinstance(rule, ExpressionRule):
            for problem in check_expression(rule.expression, scope):
                yield here.at("expression").problem(problem.message)


def check_scope(step: DqStep, table: Table, pipeline: Pipeline, *, place: Place) -> Iterator[ConfigProblem]:
    """A window that is not there, and rows that may be gone when they are looked at."""
    if step.window is not None:
        yield from check_window(step.window, pipeline, place.at("window"))
        yield from check_column(step.window.column, table, place.at("window", "column"))
    if step.scope == "run" and step.table in pipeline.replaced_tables:
        yield place.at("scope").problem(
            f"this pipeline replaces rows of {step.table}: another run may put its own in their place before they are "
            "checked; write 'scope: pipeline'"
        )


def check_rows_read(
    sql: str, pipeline: Pipeline, *, tenant_id: TenantId, place: Place
) -> Iterator[ConfigProblem]:
    """SQL that looks for its run's rows where another run may have put its own in their place."""
    own = own_tables(sql, tenant_id)
    risky = sorted(pipeline.replaced_tables & own) if uses_parameter(sql, "run_id") else []
    if risky:
        yield place.problem(
            f"its SQL reads {', '.join(risky)} by @run_id, but this pipeline replaces rows there: another run may put "
            "its own in their place first; read by @pipeline_id"
        )


def check_column(path: str, table: Table, place: Place) -> Iterator[ConfigProblem]:
    """A column exists, and only JSON columns have an inside."""
    root, dot, _ = path.partition(".")
    column = table.column(root)
    if column is None:
        names = tuple(column.name for column in table.columns)
        yield place.unknown(root, names, what=f"a column of {table.name}")
    elif dot and column.type != "JSON":
        yield place.problem(f"'{root}' is {column.type}; only a JSON column has paths into it")
    elif not dot and column.type == "JSON":
        yield place.problem(f"'{root}' is JSON; say what in it is meant, e.g. {root}.cost")


def _columns(rule: Rule) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(rule, UniqueRule):
        yield from ((("columns", index), column) for index, column in enumerate(rule.columns))
    elif not isinstance(rule, RowCountRule | ExpressionRule):
        yield ("column",), rule.column
