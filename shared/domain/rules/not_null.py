"""Every row has a value."""

from typing import Literal

from shared.domain.rules.any_rule import ColumnRule, Named, Subject
from shared.domain.rules.compiled_rule import CompiledRule, compiled_of_column


class NotNullRule(ColumnRule):
    """Every row has a value; with `as`, one that can be read so."""

    type: Literal["not_null"]

    @property
    def named(self) -> Named:
        """What it names."""
        return Named(columns=(self.own_column,))

    def compiled(self, subject: Subject) -> CompiledRule:
        """The rule over the subject's rows."""
        column = subject.column(self.column)
        lacks = f"NOT {column.is_given}"
        if self.read_as is not None:
            lacks = f"{column.read_as(self.read_as)} IS NULL"
        return compiled_of_column(self, column, figure=f"COUNTIF({lacks})", breach="have no value")
