"""The rules of a dq step as one query, and what its one row says of each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from shared.domain.job import JobOutcome
from shared.domain.plan import Plan, PlannedDq
from shared.domain.rule_result import RuleResult
from shared.domain.rules.any_rule import Subject
from shared.domain.rules.compiled_rule import CompiledRule, Found
from shared.domain.sql_parameter import SqlParameter
from shared.domain.table import Table
from shared.domain.table_column import TableColumn
from shared.sql.statement import quoted, statement
from shared.steps.column_sql import table_window_sql

Figures = tuple[str | int | None, ...]


@dataclass(frozen=True)
class NumberedRule:
    """A compiled rule and its place in the step, after which its figures and parameters are called."""

    index: int
    rule: CompiledRule

    @property
    def figures(self) -> dict[str, str]:
        """Its aggregates by what they are called in the query."""
        return {
            f"figure_{self.index}" + (f"_{number}" if number else ""): sql
            for number, sql in enumerate(self.rule.figures)
        }


def numbered_rules(step: PlannedDq, plan: Plan) -> tuple[NumberedRule, ...]:
    """The rules of a step of the plan, compiled for its table and the others that they name."""
    dataset, tables = plan.tenant_id, plan.known_tables
    return tuple(
        NumberedRule(index, rule.compiled(subject_of(step, index, dataset=dataset, tables=tables)))
        for index, rule in enumerate(step.rules)
    )


def subject_of(step: PlannedDq, index: int, *, dataset: str, tables: Mapping[str, Table]) -> Subject:
    """What the rule of that index is about."""
    return Subject(
        index=index,
        table=step.table,
        dataset=dataset,
        tables=tables,
        scope=lambda table: scope_sql(step, table=table, alias="O"),
        statement=statement,
    )


@dataclass(frozen=True)
class RuleQuery:
    """Some of a step's rules, or none, over the rows that the step is about."""

    step: PlannedDq
    dataset: str
    rules: tuple[NumberedRule, ...]

    @property
    def sql(self) -> str:
        """The query that reads the rows once, however many rules there are."""
        figures = {name: sql for numbered in self.rules for name, sql in numbered.figures.items()}
        fields = {f"rows_with_{number}": field for number, field in enumerate(self._fields)}
        columns = {**figures, **{name: f"COUNT({field.field})" for name, field in fields.items()}}
        parts = {
            "figures": _columns(columns),
            "target": quoted(self.dataset, self.step.table.name),
            "scope": scope_sql(self.step),
        }
        beside = {name: sql for numbered in self.rules for name, sql in numbered.rule.row_columns}
        if beside:
            return statement("check_ordered_rows", columns=_columns(beside), **parts)
        return statement("check_rows", **parts)

    @property
    def parameters(self) -> tuple[SqlParameter, ...]:
        """The values that its rules name."""
        return tuple(parameter for numbered in self.rules for parameter in numbered.rule.parameters)

    def missing(self, outcome: JobOutcome) -> tuple[TableColumn, ...]:
        """The fields that none of the rows has; none where there are no rows."""
        row = outcome.rows[0]
        # A job that was submitted before these were counted, by an earlier version, doesn't say: `get`, here and below.
        return tuple(
            field
            for number, field in enumerate(self._fields)
            if rows_checked(outcome) and not _number(row.get(f"rows_with_{number}", 1))
        )

    def results(
        self,
        outcome: JobOutcome,
        *,
        meant: Callable[[Sequence[TableColumn]], str],
        found: Callable[[CompiledRule, Figures, int], Found],
    ) -> list[RuleResult]:
        """What came of each rule.

        `meant` finds what fields that no row has may be called, as a piece of a sentence; `found` completes the figures
        of a rule, over so many rows.
        """
        missing = set(self.missing(outcome))
        return [
            self._result(numbered, missing & set(numbered.rule.fields), outcome, meant=meant, found=found)
            for numbered in self.rules
        ]

    @property
    def _fields(self) -> tuple[TableColumn, ...]:
        return tuple(dict.fromkeys(field for numbered in self.rules for field in numbered.rule.fields))

    def _result(
        self,
        numbered: NumberedRule,
        missing: set[TableColumn],
        outcome: JobOutcome,
        *,
        meant: Callable[[Sequence[TableColumn]], str],
        found: Callable[[CompiledRule, Figures, int], Found],
    ) -> RuleResult:
        rule, rows, row = numbered.rule, rows_checked(outcome), outcome.rows[0]
        lacking = [field for field in rule.fields if field in missing]
        if lacking:
            words = "" if rule.is_optional else meant(lacking)
            return rule.result_without(tuple(field.path for field in lacking), rows, meant=words)
        return rule.result(found(rule, tuple(row.get(name) for name in numbered.figures), rows))


def scope_sql(
    step: PlannedDq, *, with_window: bool = True, table: Table | None = None, alias: str = "T"
) -> str:
    """Which rows of the step's table, or of another one, the step is about."""
    table = table or step.table
    conditions = []
    if step.scope == "run":
        conditions.append(f"{alias}.run_id = @run_id")
    if step.scope == "run" and table.has("ingestion_date"):
        # A run's rows are no older than the run, by whichever clock: this keeps the scan to their partitions.
        conditions.append(f"{alias}.ingestion_date >= DATE_SUB(@run_date, INTERVAL 1 DAY)")
    if step.scope == "pipeline":
        conditions.append(f"{alias}.pipeline_id = @pipeline_id")
    if step.window is not None and with_window:
        conditions.append(table_window_sql(step.window, alias=alias, table=table))
    return " AND ".join(conditions) or "TRUE"


def _columns(sql_by_name: Mapping[str, str]) -> str:
    return "".join(f",\n  {sql} AS {name}" for name, sql in sql_by_name.items())


def rows_checked(outcome: JobOutcome) -> int:
    """How many rows the query looked at."""
    return _number(outcome.rows[0]["rows_checked"]) or 0


def _number(value: str | int | bool | None) -> int | None:
    return None if value is None else int(value)
