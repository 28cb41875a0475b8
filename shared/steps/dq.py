"""A dq step: every rule in one query, or, where that fails, each in one of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from shared.domain.errors import AttemptError, ForbiddenError, StatementError, StepError
from shared.domain.job import JobOutcome, QueryJob
from shared.domain.message import listed
from shared.domain.plan import PlannedDq
from shared.domain.rule_figure import RuleFigure
from shared.domain.rule_result import RuleResult
from shared.domain.rules.compiled_rule import CompiledRule, Found
from shared.domain.sql_place import part_message
from shared.domain.table_column import TableColumn
from shared.ports import Warehouse
from shared.steps.attempt import Attempt, StepResult, metrics_of
from shared.steps.field_names import fields_sql, meant_words, paths_in, window_sql
from shared.steps.figure_places import place_of
from shared.steps.required_tables import failure_after
from shared.steps.rule_query import Figures, NumberedRule, RuleQuery, numbered_rules, rows_checked
from shared.steps.submit import submit_check

_LONGEST_FAILURE = 800


def no_history() -> Sequence[RuleFigure]:
    """No figures of earlier runs."""
    return ()


def check(
    step: PlannedDq,
    attempt: Attempt,
    *,
    warehouse: Warehouse,
    look: Callable[[], None],
    list_figures: Callable[[], Sequence[RuleFigure]] = no_history,
) -> StepResult:
    """Apply the rules. A rule of severity `error` that doesn't hold fails the step, unless it says `continue`.

    `look` is called between the jobs where there are many, and raises TransientError once nobody wants more of them.
    `list_figures` tells what the step's rules recorded in earlier runs, and is asked if a rule is about that.
    """
    checking = _Checking(step, attempt, warehouse, look, list_figures)
    results = checking.results(numbered_rules(step, attempt.plan))
    broken = [result for result in results if not result.passed and result.severity == "error"]
    return StepResult(
        metrics_of(
            checking.outcomes,
            rows_in=rows_checked(checking.outcomes[0]),
            rows_out=None,
            quality_passed=not broken,
        ),
        tuple(results),
        failure=_failure(broken) if broken and step.on_failure == "stop" else None,
    )


def rules_job(
    step: PlannedDq, attempt: Attempt, rules: tuple[NumberedRule, ...], *, part: str = ""
) -> QueryJob:
    """The job that asks for the figures of these rules by one scan."""
    query = RuleQuery(step, attempt.plan.tenant_id, rules)
    return attempt.query(query.sql, part=part, parameters=query.parameters)


@dataclass(frozen=True)
class _Checking:
    """An attempt at a dq step, and what came of its jobs so far."""

    step: PlannedDq
    attempt: Attempt
    warehouse: Warehouse
    look: Callable[[], None]
    list_figures: Callable[[], Sequence[RuleFigure]]
    outcomes: list[JobOutcome] = field(default_factory=list)
    paths: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By column, the paths that its rows have."""

    def results(self, rules: tuple[NumberedRule, ...]) -> list[RuleResult]:
        """What came of each rule, in their order."""
        try:
            found, failed = self._ask_rules(rules), False
        except StatementError as error:
            failure = failure_after(error, self.attempt, warehouse=self.warehouse)
            if isinstance(failure, AttemptError):  # the table lacked something that it has by now
                raise failure from error
            # Some rule's SQL fails, or the scope's: that is no rule's fault, and the next query says so.
            found, failed = self._ask_rules((), part="rows"), True
        reason = self._why_no_row_is_in_the_window(found)
        if reason is not None:
            return [numbered.rule.result_unevaluated(reason, rows_checked(found)) for numbered in rules]
        if failed:
            return [self._result_alone(numbered, rows=rows_checked(found)) for numbered in rules]
        return self._results(rules, found)

    def _result_alone(self, numbered: NumberedRule, *, rows: int) -> RuleResult:
        self.look()
        try:
            found = self._ask_rules((numbered,), part=f"rule_{numbered.index}")
        except StatementError as error:
            sql, own = self._query((numbered,)).sql, numbered.rule.own_sql
            reason = part_message(str(error), statement=sql, text=own, part="its expression")
            return numbered.rule.result_unevaluated(f"could not be evaluated: {reason}", rows)
        return self._results((numbered,), found)[0]

    def _results(self, rules: tuple[NumberedRule, ...], found: JobOutcome) -> list[RuleResult]:
        # By the job's clock, not the delivery's: whoever adopts it has to come to the same verdict.
        now = found.ended_at or self.attempt.now

        def completed(rule: CompiledRule, figures: Figures, rows: int) -> Found:
            place = place_of(rule, self.step, self.attempt)
            earlier = () if place is None else place.earlier(self._history, before=now)
            return Found(figures, rows, now, place, earlier)

        return self._query(rules).results(found, meant=self._meant, found=completed)

    @cached_property
    def _history(self) -> Sequence[RuleFigure]:
        return self.list_figures()

    def _why_no_row_is_in_the_window(self, found: JobOutcome) -> str | None:
        """What is wrong with a window that no row can be told by; None where the days simply have no rows."""
        window = self.step.window
        if window is None or rows_checked(found):
            return None
        column = TableColumn(window.column, "T", self.step.table)
        sql = window_sql(column, window, self.step, dataset=self._dataset)
        try:
            outcome = self._ask(self.attempt.query(sql, part="window"))
        except (StepError, AttemptError, ForbiddenError):
            return None  # it looks at more than the rules do, such as a table that is too large for it
        rows, row = rows_checked(outcome), outcome.rows[0]
        if not rows or row["rows_readable"]:
            return None
        none = f"could not be evaluated: none of the {rows} rows has"
        if column.is_in_json and not row["rows_with_field"]:
            return f"{none} the field {column.path}, by which the window goes{self._meant([column])}"
        return (
            f"{none} a value in {column.path}, by which the window goes, that can be read as {window.read_as}"
        )

    def _meant(self, fields: Sequence[TableColumn]) -> str:
        """What the fields may be called, which no row has: a piece of a sentence, empty where nothing comes near."""
        for each in fields:
            if each.names[0] not in self.paths:
                self.paths[each.names[0]] = self._paths_in(each)
        return meant_words(
            tuple(each.path for each in fields),
            tuple(path for paths in self.paths.values() for path in paths),
        )

    def _paths_in(self, column: TableColumn) -> tuple[str, ...]:
        root = column.names[0]
        sql = fields_sql(column, self.step, dataset=self._dataset)
        try:
            outcome = self._ask(self.attempt.query(sql, part=f"fields_of_{root}"))
        except (StepError, AttemptError, ForbiddenError):
            return ()  # the message does without
        return paths_in(root, (str(row["field"]) for row in outcome.rows))

    def _ask_rules(self, rules: tuple[NumberedRule, ...], *, part: str = "") -> JobOutcome:
        return self._ask(rules_job(self.step, self.attempt, rules, part=part))

    def _ask(self, job: QueryJob) -> JobOutcome:
        handle = submit_check(job, self.attempt, warehouse=self.warehouse)
        outcome = self.warehouse.wait(handle, until=self.attempt.until)
        self.outcomes.append(outcome)
        return outcome

    def _query(self, rules: tuple[NumberedRule, ...]) -> RuleQuery:
        return RuleQuery(self.step, self._dataset, rules)

    @property
    def _dataset(self) -> str:
        return self.attempt.plan.tenant_id


def _failure(broken: list[RuleResult]) -> str:
    told = [f"{result.rule_id}: {result.message}" for result in broken]
    return listed(told, separator="; ", longest=_LONGEST_FAILURE)
