"""What a source of type `bigquery` says."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from shared.domain.ids import ColumnName
from shared.domain.model import Model
from shared.domain.source_needs import SourceNeeds
from shared.domain.stated_keys import one_of
from shared.domain.window import Window

TableReference = Annotated[
    str,
    StringConstraints(pattern=r"^([a-z][a-z0-9-]{4,61}[a-z0-9]\.)?[A-Za-z0-9_]+\.[A-Za-z0-9_-]+$"),
]
"""`dataset.table` in our own project, or `project.dataset.table`."""


class BigQuerySource(Model):
    """A table, or the rows of a query. Nothing goes through Python."""

    model_config = ConfigDict(json_schema_extra=one_of("table", "query"))

    type: Literal["bigquery"]
    description: str | None = None
    table: Annotated[
        TableReference | None,
        Field(description="`dataset.table` in the platform's project, or `project.dataset.table`"),
    ] = None
    columns: Annotated[
        tuple[ColumnName, ...],
        Field(
            description="with `table`: which ones; without it all of them. Name them: a new column at the source then "
            "changes nothing"
        ),
    ] = ()
    window: Annotated[
        Window | None,
        Field(
            description="with `table`: only rows of the days of a date range, without it all rows. A value that can't "
            "be read as a day or a moment fails the step"
        ),
    ] = None
    query: Annotated[str | None, Field(description="in place of `table`: one SELECT")] = None

    @model_validator(mode="after")
    def _one_of_table_and_query(self) -> "BigQuerySource":
        if (self.table is None) == (self.query is None):
            raise ValueError("needs either 'table' or 'query'")
        if self.query is not None and (self.columns or self.window):
            raise ValueError("'columns' and 'window' go with 'table'; a query says both itself")
        return self

    @property
    def needs(self) -> SourceNeeds:
        """The table, or what the query names."""
        return SourceNeeds(place=self.table or "its query", table=self.table, query=self.query)
