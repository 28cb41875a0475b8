"""Tables as they are declared: names, types and layout, in BigQuery's own words."""

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from shared.domain.ids import ColumnName, TableName
from shared.domain.model import Model

ColumnType = Literal[
    "STRING", "INTEGER", "NUMERIC", "BIGNUMERIC", "FLOAT", "BOOLEAN", "DATE", "DATETIME", "TIMESTAMP", "JSON"
]
"""Types as BigQuery's API returns them, so that Terraform sees no difference."""

_DDL_NAMES = {"INTEGER": "INT64", "FLOAT": "FLOAT64", "BOOLEAN": "BOOL"}

Purpose = Literal["set_up", "written", "read"]
"""What a table has to be good for: to be as it is set up, to take a step's rows, or to be read."""

GIVEN_COLUMNS = ("tenant_id", "pipeline_id", "run_id", "ingestion_date", "created_at")
"""Columns that the platform fills in itself wherever a destination has them."""
OF_THE_RUN = ("run_id", "ingestion_date", "created_at")
"""Those of them that say something else with every run."""

SOURCE_FILE = "source_file"
"""The column that says of which file a row is, where its source has files."""


def ddl_type(column_type: ColumnType) -> str:
    """The type as statements write it: GoogleSQL has other words for some than the API."""
    return _DDL_NAMES.get(column_type, column_type)


class Column(Model):
    """One column."""

    name: ColumnName
    type: ColumnType
    mode: Literal["NULLABLE", "REQUIRED"] = "NULLABLE"
    description: str | None = None


class Partitioning(Model):
    """By which DATE or TIMESTAMP column the table is split into days."""

    type: Literal["DAY"] = "DAY"
    field: ColumnName


class Table(Model):
    """One table of `shared/schemas/` or of a tenant's `schemas/`."""

    name: TableName
    description: str = ""
    columns: Annotated[tuple[Column, ...], Field(min_length=1)]
    partitioning: Partitioning | None = None
    clustering: Annotated[tuple[ColumnName, ...], Field(max_length=4)] = ()

    def column(self, name: str) -> Column | None:
        """The column of that name, if there is one."""
        return next((column for column in self.columns if column.name == name), None)

    def has(self, name: str) -> bool:
        """Whether there is a column of that name."""
        return self.column(name) is not None

    def with_columns(self, columns: Iterable[Column]) -> "Table":
        """The table with those of the columns that it lacks."""
        lacking = tuple(column for column in columns if not self.has(column.name))
        return self.model_copy(update={"columns": (*self.columns, *lacking)}) if lacking else self

    @property
    def own_columns(self) -> tuple[Column, ...]:
        """The columns a pipeline has to fill: all but those the platform gives."""
        return tuple(
            column for column in self._not_given if column.name != SOURCE_FILE or not self.takes_json
        )

    @property
    def tells_file(self) -> bool:
        """Whether it has the column that says of which file a row is."""
        column = self.column(SOURCE_FILE)
        return column is not None and column.type == "STRING"

    @property
    def takes_json(self) -> bool:
        """Whether the table keeps whole rows in one JSON column, as raw_data does."""
        own = [(column.name, column.type) for column in self._not_given if column.name != SOURCE_FILE]
        return own == [("data", "JSON")]

    @property
    def _not_given(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.name not in GIVEN_COLUMNS)


class FoundTable(Model):
    """A table as it is in BigQuery, held against its declaration."""

    row_count: int | None
    byte_count: int | None
    """None for a view."""
    lacking: tuple[ColumnName, ...] = ()
    """The declared columns that it lacks and would be given."""
    problem: str | None = None
    """Why nothing can be written to it before a person changes it."""
