"""The newest value is young enough."""

from typing import Annotated, Literal

from pydantic import Field

from shared.domain.model import WholeNumber
from shared.domain.rules.any_rule import ColumnRule, Named, Subject
from shared.domain.rules.compiled_rule import (
    CompiledRule,
    Found,
    Verdict,
    fields_of,
    is_unreadable,
    unreadable_verdict,
)

_SECONDS_PER_HOUR = 3600
_CLOCK_SECONDS = 300
"""How far a source's clock may be ahead of BigQuery's."""


class FreshnessRule(ColumnRule):
    """The newest value is at most `max_age_hours` old when the rule is applied, and not in the future."""

    type: Literal["freshness"]
    read_as: Annotated[Literal["date", "timestamp"], Field(alias="as")] = "timestamp"
    max_age_hours: Annotated[WholeNumber, Field(ge=1)]

    @property
    def named(self) -> Named:
        """What it names."""
        return Named(columns=(self.own_column,))

    def compiled(self, subject: Subject) -> CompiledRule:
        """The rule over the subject's rows."""
        column = subject.column(self.column)
        value = column.read_as(self.read_as)
        return CompiledRule(
            self,
            (f"UNIX_SECONDS(MAX(TIMESTAMP({value})))", f"COUNTIF({is_unreadable(column, value)})"),
            self._verdict,
            fields=fields_of(column),
            is_optional=self.optional,
        )

    def _verdict(self, found: Found) -> Verdict:
        newest, failed, rows = found.number(0), found.count(1), found.rows_checked
        broken = unreadable_verdict(self, failed, found)
        if broken is not None:
            return broken
        if newest is None:
            return Verdict(False, rows, f"there is no {self.column} to tell the age by")
        seconds = int(found.now.timestamp()) - int(newest)
        hours = abs(seconds) / _SECONDS_PER_HOUR
        if seconds < -_CLOCK_SECONDS:
            return Verdict(False, rows, f"the newest {self.column} is {hours:.1f} hours in the future")
        message = (
            f"the newest {self.column} is {hours:.1f} hours old, at most {self.max_age_hours} are allowed"
        )
        passed = seconds <= self.max_age_hours * _SECONDS_PER_HOUR
        return Verdict(passed, failed if passed else rows, message)
