"""What rules have in common that hold a figure against those of earlier runs."""

from collections.abc import Callable
from decimal import Decimal, localcontext
from typing import Annotated, Literal

from pydantic import Field

from shared.domain.column_path import ColumnPath
from shared.domain.model import Truth
from shared.domain.rules.any_rule import AnyRule, Named, NamedColumn, Subject
from shared.domain.rules.compiled_rule import (
    CompiledRule,
    Found,
    Verdict,
    fields_of,
    is_tolerated,
    is_unreadable,
)

ENOUGH_DIGITS = 200
"""More than a product of some figures can have."""


class FigureRule(AnyRule):
    """The figure is the number of rows, or the sum of a column."""

    column: Annotated[
        ColumnPath | None, Field(description="whose sum it is about; the number of rows, where none is said")
    ] = None
    read_as: Annotated[Literal["integer", "number"], Field(alias="as")] = "number"
    optional: Annotated[Truth, Field(description="whether the rule holds where no row has the field")] = False

    @property
    def is_optional(self) -> bool:
        """Whether the rule holds where no row has the field."""
        return self.optional

    @property
    def named_column(self) -> Named:
        """The column, if there is one."""
        if self.column is None:
            return Named()
        return Named(columns=(NamedColumn(self.column, ("column",), self.read_as),))

    @property
    def what(self) -> str:
        """What the figure is, as the beginning of a sentence."""
        return "number of rows is" if self.column is None else f"sum of {self.column} is"

    def compiled_figure(self, subject: Subject, verdict: Callable[[Found], Verdict]) -> CompiledRule:
        """The figure, and how many rows can't be read."""
        if self.column is None:
            return CompiledRule(self, ("COUNT(*)", "0"), verdict, recorded=("rows",))
        column = subject.column(self.column)
        value = column.read_as(self.read_as)
        return CompiledRule(
            self,
            (f"CAST(IFNULL(SUM({value}), 0) AS STRING)", f"COUNTIF({is_unreadable(column, value)})"),
            verdict,
            fields=fields_of(column),
            is_optional=self.optional,
            recorded=("sum", self.column, self.read_as),
        )

    def figure_in(self, found: Found) -> Decimal:
        """The figure that was found."""
        return found.number(0) or Decimal(0)

    def unreadable_in(self, found: Found) -> int:
        """How many rows can't be read."""
        return found.count(1)

    def unreadable(self, found: Found) -> Verdict | None:
        """The verdict where more rows than are tolerated can't be read; else None. It records no figure."""
        failed = self.unreadable_in(found)
        if is_tolerated(self, failed, found.rows_checked):
            return None
        told = (
            f"{failed} of {found.rows_checked} rows have a {self.column} that can't be read as {self.read_as}"
        )
        return Verdict(False, failed, told)


def is_apart(now: Decimal, before: Decimal, *, percent: Decimal) -> bool:
    """Whether the one is further from the other than so much of the other; from zero, whatever is not zero is."""
    with localcontext(prec=ENOUGH_DIGITS):
        if not before:
            return bool(now)
        return abs(now - before) * 100 / abs(before) > percent
