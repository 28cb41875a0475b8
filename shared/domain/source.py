"""Where rows come from: the types of source that there are.

Each is a folder of `shared/sources/`, which is called as its `type`, and a line here: by way of this union, planning,
validation, the JSON Schema and what was recorded know it. What is in such a folder says shared/sources/parts.py.
"""

from typing import Annotated

from pydantic import Field

from shared.sources.bigquery.source import BigQuerySource
from shared.sources.files.source import FilesSource
from shared.sources.rest_api.source import RestApiSource
from shared.sources.sql_database.source import SqlDatabaseSource

__all__ = [
    "BigQuerySource",
    "FilesSource",
    "QuerySource",
    "RestApiSource",
    "RowSource",
    "Source",
    "SqlDatabaseSource",
]

RowSource = FilesSource | RestApiSource | SqlDatabaseSource
"""Sources outside BigQuery: their rows are read one by one."""
QuerySource = BigQuerySource
"""Sources in BigQuery: their rows are a query's, and nothing goes through Python."""

Source = Annotated[QuerySource | RowSource, Field(discriminator="type")]
