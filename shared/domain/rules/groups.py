"""Groups of rows, in each of which a rule holds by itself."""

from typing import Annotated

from pydantic import Field

from shared.domain.column_path import ColumnPath
from shared.domain.rules.any_rule import NamedColumn
from shared.domain.table_column import TableColumn

Per = Annotated[
    tuple[ColumnPath, ...], Field(description="columns whose values make groups; NULLs are one group")
]


def named_groups(per: Per) -> tuple[NamedColumn, ...]:
    """The columns that make the groups, as what a rule names."""
    return tuple(NamedColumn(path, ("per", index)) for index, path in enumerate(per))


def group_sql(column: TableColumn) -> str:
    """The column as something that rows are grouped by: a FLOAT can't be, and a text can."""
    return f"CAST({column.value} AS STRING)"
