"""The mean of a column's values lies between two bounds."""

from decimal import Decimal, localcontext
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, model_validator

from shared.domain.rules.any_rule import ColumnRule, Named, Subject
from shared.domain.rules.bounds import SOME_BOUND, Bound, given_bounds, require_bounds
from shared.domain.rules.compiled_rule import (
    CompiledRule,
    Found,
    Verdict,
    fields_of,
    is_unreadable,
    unreadable_verdict,
)

_ENOUGH_DIGITS = 150
"""More than the sum of a table's NUMERIC or BIGNUMERIC values, or its product with a count, can have."""


class MeanRule(ColumnRule):
    """The mean of the values lies between `minimum` and `maximum`, both included; NULL is no value."""

    model_config = SOME_BOUND

    type: Literal["mean"]
    read_as: Annotated[Literal["integer", "number"], Field(alias="as")] = "number"
    minimum: Bound = None
    maximum: Bound = None

    @model_validator(mode="after")
    def _some_bound(self, info: ValidationInfo) -> "MeanRule":
        require_bounds(given_bounds(self.minimum, self.maximum), "number", info)
        return self

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
            (f"CAST(SUM({value}) AS STRING)", f"COUNT({value})", f"COUNTIF({is_unreadable(column, value)})"),
            self._verdict,
            fields=fields_of(column),
            is_optional=self.optional,
        )

    def _verdict(self, found: Found) -> Verdict:
        total, count, unreadable = found.number(0), found.count(1), found.count(2)
        broken = unreadable_verdict(self, unreadable, found)
        if broken is not None:
            return broken
        if total is None or not count:
            return Verdict(True, unreadable, f"there is no value of {self.column} to take the mean of")
        with localcontext(prec=_ENOUGH_DIGITS):
            # The sum is exact and a quotient need not be, so that a bound is held against the sum.
            is_low = self.minimum is not None and total < Decimal(self.minimum) * count
            is_high = self.maximum is not None and total > Decimal(self.maximum) * count
        told = f"the mean of {self.column} is {float(total / count):,.6g}"
        if is_low:
            return Verdict(False, unreadable, f"{told}, at least {self.minimum} is needed")
        if is_high:
            return Verdict(False, unreadable, f"{told}, at most {self.maximum} may be")
        return Verdict(True, unreadable, told)
