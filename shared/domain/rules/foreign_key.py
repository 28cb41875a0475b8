"""Values exist in another table."""

from typing import Literal

from shared.domain.rules.any_rule import ColumnRule, Named, NamedColumn, NamedTable, OtherColumn, Subject
from shared.domain.rules.compiled_rule import CompiledRule, compiled_of_column


class ForeignKeyRule(ColumnRule):
    """Every value is one of another table's column; NULL is no value. With `as`, both are compared as that type."""

    type: Literal["foreign_key"]
    references: OtherColumn

    @property
    def named(self) -> Named:
        """What it names."""
        other = self.references
        return Named(
            columns=(
                self.own_column,
                NamedColumn(other.column, ("references", "column"), self.read_as, other.table),
            ),
            tables=(NamedTable(other.table, ("references", "table")),),
        )

    def compiled(self, subject: Subject) -> CompiledRule:
        """The rule over the subject's rows."""
        column, other = subject.column(self.column), subject.other_column(self.references)
        value, known = column.compared_as(self.read_as), other.compared_as(self.read_as)
        values = subject.values_elsewhere(known, self.references.table)
        return compiled_of_column(
            self,
            column,
            figure=f"COUNTIF({column.is_given} AND ({value} IN {values}) IS NOT TRUE)",
            breach=f"have a value that {self.references.table} has not",
        )
