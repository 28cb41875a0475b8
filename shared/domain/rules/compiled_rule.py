"""A rule as SQL, and what its figures mean."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from shared.domain.message import listed, shortened
from shared.domain.rule_figure import FigurePlace, RuleFigure
from shared.domain.rule_result import RuleResult
from shared.domain.rules.any_rule import AnyRule, ColumnRule
from shared.domain.sql_parameter import SqlParameter
from shared.domain.table_column import TableColumn

_HUNDRED = 100


@dataclass(frozen=True)
class Found:
    """What the query found for one rule: its figures, over how many rows, and when it was done."""

    figures: tuple[str | int | None, ...]
    """Exact numbers beyond INT64, and all that is no number, come as text."""
    rows_checked: int
    now: datetime
    place: FigurePlace | None = None
    """Where the figure stands that the rule records, if it records one."""
    earlier: tuple[RuleFigure, ...] = ()
    """The figures that it is held against, the last one first."""

    def count(self, place: int) -> int:
        """The figure there as a number of rows or days; 0 where there is none."""
        return int(self.figures[place] or 0)

    def number(self, place: int) -> Decimal | None:
        """The figure there as an exact number."""
        figure = self.figures[place]
        return None if figure is None else Decimal(figure)

    def text(self, place: int) -> str | None:
        """The figure there as a text."""
        figure = self.figures[place]
        return None if figure is None else str(figure)


@dataclass(frozen=True)
class Verdict:
    """Whether a rule held, how many rows broke it, and that in words that hold no row's contents."""

    passed: bool
    rows_failed: int
    message: str
    figure: Decimal | None = None
    """What is recorded for later runs to compare."""


@dataclass(frozen=True)
class CompiledRule:
    """All that is needed of a rule: aggregates over the rows `T`, the values they name, and what they mean.

    `fields` are the paths into JSON that the rule is about: where no row has one of them, there is no verdict.
    """

    rule: AnyRule
    figures: tuple[str, ...]
    verdict: Callable[[Found], Verdict]
    parameters: tuple[SqlParameter, ...] = ()
    fields: tuple[TableColumn, ...] = ()
    is_optional: bool = False
    own_sql: str = ""
    """The SQL in the figures that is the author's own, as it stands there."""
    row_columns: tuple[tuple[str, str], ...] = ()
    """Columns that the rows `T` are to have for it besides their own, by what comes before or after: name and SQL."""
    recorded: tuple[str, ...] = ()
    """What the figure is that later runs are compared with; empty where they are compared with none."""

    def result(self, found: Found) -> RuleResult:
        """The rule's result, where the rows have its fields."""
        return self._result(self.verdict(found), found.rows_checked, place=found.place)

    def result_without(self, paths: tuple[str, ...], rows_checked: int, *, meant: str) -> RuleResult:
        """The rule's result where no row has these fields; `meant` says which ones they may be called."""
        one = len(paths) == 1
        fields = f"{'the field' if one else 'the fields'} {listed(paths)}"
        if self.is_optional:
            return self._result(
                Verdict(True, 0, f"no row has {fields}, which {'is' if one else 'are'} optional"),
                rows_checked,
            )
        message = f"none of the {rows_checked} rows has {fields}{meant}"
        return self._result(Verdict(False, rows_checked, message), rows_checked)

    def result_unevaluated(self, reason: str, rows_checked: int) -> RuleResult:
        """The rule's result where nobody knows whether it holds."""
        return RuleResult(
            rule_id=self.rule.id,
            rule_type=self.rule.type,
            severity=self.rule.severity,
            evaluated=False,
            passed=False,
            rows_checked=rows_checked,
            rows_failed=None,
            message=shortened(reason),
        )

    def _result(self, verdict: Verdict, rows_checked: int, *, place: FigurePlace | None = None) -> RuleResult:
        is_recorded = verdict.figure is not None and place is not None
        return RuleResult(
            rule_id=self.rule.id,
            rule_type=self.rule.type,
            severity=self.rule.severity,
            passed=verdict.passed,
            rows_checked=rows_checked,
            rows_failed=verdict.rows_failed,
            message=shortened(verdict.message),
            figure=f"{verdict.figure:f}" if is_recorded else None,
            figure_of=place.of if place is not None and is_recorded else None,
            figure_days=place.days if place is not None and is_recorded else None,
        )


def compiled_of_column(
    rule: ColumnRule,
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
        fields=fields_of(column),
        is_optional=rule.optional,
    )


def fields_of(*columns: TableColumn) -> tuple[TableColumn, ...]:
    """Those of the columns that are paths into JSON."""
    return tuple(column for column in columns if column.is_in_json)


def is_unreadable(column: TableColumn, value: str) -> str:
    """Whether there is something, of which `value` makes nothing."""
    return f"({column.is_given} AND {value} IS NULL)"


def unreadable_verdict(
    rule: ColumnRule, unreadable: int, found: Found, *, path: str | None = None
) -> Verdict | None:
    """The verdict where more rows than are tolerated have a value that can't be read; else None."""
    if is_tolerated(rule, unreadable, found.rows_checked):
        return None
    told = f"have a {path or rule.column} that can't be read as {rule.read_as or 'a value'}"
    return Verdict(False, unreadable, f"{unreadable} of {found.rows_checked} rows {told}")


def is_tolerated(rule: AnyRule, failed: int, rows_checked: int) -> bool:
    """Whether the rule puts up with so many rows that break it."""
    if failed <= rule.max_failures:
        return True
    percent = rule.max_failure_percent
    return percent is not None and Decimal(failed) * _HUNDRED <= percent * rows_checked


def row_verdict(rule: AnyRule, breach: str) -> Callable[[Found], Verdict]:
    """The verdict on a rule whose one figure is the number of rows that break it."""

    def verdict(found: Found) -> Verdict:
        failed = found.count(0)
        passed = is_tolerated(rule, failed, found.rows_checked)
        message = f"{failed} of {found.rows_checked} rows {breach}" if failed else "holds for every row"
        return Verdict(passed, failed, message)

    return verdict
