"""Values are of a type."""

from typing import Annotated, Literal

from pydantic import Field

from shared.domain.read_as import ReadAs
from shared.domain.rules.any_rule import ColumnRule, Named, Path, Subject
from shared.domain.rules.compiled_rule import (
    CompiledRule,
    Found,
    Verdict,
    compiled_of_column,
    is_unreadable,
)
from shared.domain.rules.schema import read_columns
from shared.domain.table import Table, ddl_type
from shared.domain.table_column import TableColumn

_COLUMN_TYPES: dict[ReadAs, tuple[str, ...]] = {
    "string": ("STRING",),
    "integer": ("INT64",),
    "number": ("NUMERIC", "BIGNUMERIC", "FLOAT64", "INT64"),
    "boolean": ("BOOL",),
    "date": ("DATE",),
    "timestamp": ("TIMESTAMP",),
}


class ColumnTypeRule(ColumnRule):
    """Every value in JSON or of a text column can be read as the type; of another column, the table's has the type.

    NULL is no value.
    """

    type: Literal["column_type"]
    read_as: Annotated[ReadAs, Field(alias="as")]

    @property
    def named(self) -> Named:
        """What it names."""
        return Named(columns=(self.own_column,))

    def contradictions(self, table: Table) -> tuple[tuple[Path, str], ...]:
        """That the table's column is declared to have another type."""
        place = TableColumn(self.column, "T", table)
        column = place.column
        if column is None or place.is_in_json or self._is_of_values(place):
            return ()
        if ddl_type(column.type) in _COLUMN_TYPES[self.read_as]:
            return ()
        return ((("as",), f"'{self.column}' is declared as {column.type}, which is no {self.read_as}"),)

    def compiled(self, subject: Subject) -> CompiledRule:
        """The rule over the subject's rows."""
        column = subject.column(self.column)
        if self._is_of_values(column):
            figure = f"COUNTIF({is_unreadable(column, column.read_as(self.read_as))})"
            return compiled_of_column(self, column, figure=figure, breach=f"are no {self.read_as}")
        return CompiledRule(self, (subject.columns_of_table,), self._verdict)

    def _is_of_values(self, column: TableColumn) -> bool:
        is_text = column.column is not None and column.column.type == "STRING" and self.read_as != "string"
        return column.is_in_json or is_text

    def _verdict(self, found: Found) -> Verdict:
        column_type = read_columns(found.text(0)).get(self.column.lower())
        if column_type is None:
            return Verdict(False, 0, f"the table has no column {self.column}")
        passed = column_type in _COLUMN_TYPES[self.read_as]
        return Verdict(passed, 0, f"the table's {self.column} is {column_type}")
