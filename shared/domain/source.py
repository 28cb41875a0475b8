"""Where rows come from."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, JsonValue, StringConstraints, model_validator

from shared.domain.ids import ColumnName, Name
from shared.domain.model import Model
from shared.domain.storage_uri import SCHEME, parse_storage_uri

TableReference = Annotated[
    str,
    StringConstraints(pattern=r"^([a-z][a-z0-9-]{4,61}[a-z0-9]\.)?[A-Za-z0-9_]+\.[A-Za-z0-9_-]+$"),
]
"""`dataset.table` in our own project, or `project.dataset.table`."""

ColumnPath = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$")]
"""A column, or a path into one: `usage_date`, `data.usage.amount`."""

ReadAs = Literal["string", "integer", "number", "boolean", "date", "timestamp"]


class Window(Model):
    """The days that a read or a replacement is about: rows whose `column` lies in the date range `parameter`."""

    column: ColumnPath
    parameter: Annotated[Name, Field(description="a date_range parameter of the pipeline")]
    read_as: Annotated[
        Literal["date", "timestamp"],
        Field(alias="as", description="what the column holds; a timestamp counts for its UTC day"),
    ] = "date"


def _require_path(path: str) -> str:
    scheme, separator, _ = path.partition("://")
    if separator and f"{scheme}://" != SCHEME:
        raise ValueError(f"must be a path, or gs://bucket/path; {scheme}:// is not read")
    if path.startswith(SCHEME) and not _names_objects(path):
        raise ValueError(
            "must name a bucket and what is in it: gs://bucket/path, and no pattern for the bucket"
        )
    if any("**" in part and part != "**" for part in path.split("/")):
        raise ValueError("must have '**' alone between slashes: it stands for any number of folders")
    return path


def _names_objects(path: str) -> bool:
    try:
        return parse_storage_uri(path).path != ""
    except ValueError:
        return False


class FilesSource(Model):
    """Files of the tenant's own folder, or of Cloud Storage.

    CSV needs a header line; a name ending in .gz is gzipped.
    """

    type: Literal["files"]
    description: str | None = None
    path: Annotated[
        str,
        Field(min_length=1, description="a file, or a pattern such as exports/*.csv"),
        AfterValidator(_require_path),
    ]
    format: Literal["csv", "ndjson", "parquet"]
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    null_values: tuple[str, ...] = ("",)


class BigQuerySource(Model):
    """A table, or the rows of a query. Nothing goes through Python."""

    type: Literal["bigquery"]
    description: str | None = None
    table: TableReference | None = None
    columns: tuple[ColumnName, ...] = ()
    window: Window | None = None
    query: str | None = None

    @model_validator(mode="after")
    def _one_of_table_and_query(self) -> "BigQuerySource":
        if (self.table is None) == (self.query is None):
            raise ValueError("needs either 'table' or 'query'")
        if self.query is not None and (self.columns or self.window):
            raise ValueError("'columns' and 'window' go with 'table'; a query says both itself")
        return self


class RestApiSource(Model):
    """A REST API in the configuration words of dlt's REST source (dlthub.com/docs, "REST API source").

    A value `{secret: name}` is the tenant's secret of that name; `{parameter: date_range_start, format: unix}` is
    what the run was given.
    """

    type: Literal["rest_api"]
    description: str | None = None
    client: dict[str, JsonValue]
    resource_defaults: dict[str, JsonValue] = {}
    resources: Annotated[tuple[JsonValue, ...], Field(min_length=1)]
    resource: Annotated[
        str | None, Field(description="whose rows are ingested, where there are several resources")
    ] = None
    max_pages: Annotated[
        int, Field(ge=1, le=1_000_000, description="the most answers that a step takes; with more it fails")
    ] = 10_000


Source = Annotated[FilesSource | BigQuerySource | RestApiSource, Field(discriminator="type")]
