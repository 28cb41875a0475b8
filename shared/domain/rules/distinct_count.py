"""So many different values."""

from typing import Literal

from pydantic import ValidationInfo, model_validator

from shared.domain.rules.any_rule import ColumnRule, Named, Subject
from shared.domain.rules.bounds import SOME_BOUND, CountBound, given_bounds, require_bounds
from shared.domain.rules.compiled_rule import (
    CompiledRule,
    Found,
    Verdict,
    fields_of,
    is_unreadable,
    unreadable_verdict,
)


class DistinctCountRule(ColumnRule):
    """There are at least `minimum` and at most `maximum` different values; NULL is no value."""

    model_config = SOME_BOUND

    type: Literal["distinct_count"]
    minimum: CountBound = None
    maximum: CountBound = None

    @model_validator(mode="after")
    def _some_bound(self, info: ValidationInfo) -> "DistinctCountRule":
        require_bounds(given_bounds(self.minimum, self.maximum), "integer", info)
        return self

    @property
    def named(self) -> Named:
        """What it names."""
        return Named(columns=(self.own_column,))

    def compiled(self, subject: Subject) -> CompiledRule:
        """The rule over the subject's rows."""
        column = subject.column(self.column)
        value = column.compared_as(self.read_as)
        return CompiledRule(
            self,
            (f"COUNT(DISTINCT {value})", f"COUNTIF({is_unreadable(column, value)})"),
            self._verdict,
            fields=fields_of(column),
            is_optional=self.optional,
        )

    def _verdict(self, found: Found) -> Verdict:
        count, unreadable = found.count(0), found.count(1)
        broken = unreadable_verdict(self, unreadable, found)
        if broken is not None:
            return broken
        told = f"there are {count} different values of {self.column}"
        if self.minimum is not None and count < self.minimum:
            return Verdict(False, unreadable, f"{told}, at least {self.minimum} are needed")
        if self.maximum is not None and count > self.maximum:
            return Verdict(False, unreadable, f"{told}, at most {self.maximum} may be")
        return Verdict(True, unreadable, told)
