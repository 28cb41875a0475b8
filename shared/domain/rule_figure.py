"""Figures that rules recorded, and which of them a later one is held against."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from shared.domain.date_range import DateRange
from shared.domain.ids import RunId
from shared.domain.model import Model, UtcTime

FIGURES_REMEMBERED = timedelta(days=400)
"""For how long a figure counts."""


class RuleFigure(Model):
    """What a rule of a step that succeeded recorded: its figure over so many rows.

    `of` tells what it is the figure of, and `days` which days it is about, where the run is about days.
    """

    run_id: RunId
    rule_id: str
    of: str
    days: str | None
    figure: Decimal
    rows: int
    recorded_at: UtcTime


@dataclass(frozen=True)
class FigurePlace:
    """Where a figure stands: the run that has it, what it is of, and its days."""

    run_ids: frozenset[RunId]
    """The run, and the one whose rest it does."""
    rule_id: str
    of: str
    days: str | None

    def earlier(self, figures: Iterable[RuleFigure], *, before: datetime) -> tuple[RuleFigure, ...]:
        """Those of the figures that it is held against, the last one first; of each days, or else of each run, one.

        With days, they are of days that end before its own, and the one that was recorded last counts: a day that was
        loaded again is the day before still, and no figure of its own days is held against it.
        """
        known = [
            figure
            for figure in figures
            if (figure.rule_id, figure.of) == (self.rule_id, self.of)
            and figure.run_id not in self.run_ids
            and figure.recorded_at < before
        ]
        if self.days is None:
            by_run = {figure.run_id: figure for figure in sorted(known, key=_recorded, reverse=True)}
            return tuple(sorted(by_run.values(), key=_recorded, reverse=True))
        end = _end(self.days)
        by_days = {
            figure.days: figure
            for figure in sorted(known, key=_recorded)
            if figure.days is not None and _end(figure.days) < end
        }
        return tuple(by_days[days] for days in sorted(by_days, key=_end, reverse=True))


def _recorded(figure: RuleFigure) -> tuple[datetime, str]:
    return figure.recorded_at, figure.run_id


def _end(days: str) -> date:
    return range_of(days).end


def range_of(days: str) -> DateRange:
    """The days, of the text that a parameter has."""
    start, _, end = days.partition("/")
    return DateRange(start=date.fromisoformat(start), end=date.fromisoformat(end))
