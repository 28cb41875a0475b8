"""`dataset.__TABLES__`: a dataset's tables, with how many rows each has. Older than INFORMATION_SCHEMA."""

from __future__ import annotations

from collections.abc import Iterator

from local.bigquery.catalog import Catalog, Table
from local.bigquery.googlesql.types import INT64, STRING
from local.bigquery.statistics import row_bytes
from local.bigquery.translate.information_schema import Columns, tables_of
from local.bigquery.translate.literals import spelled

NAME = "__TABLES__"
COLUMNS: Columns = (
    ("project_id", STRING),
    ("dataset_id", STRING),
    ("table_id", STRING),
    ("creation_time", INT64),
    ("last_modified_time", INT64),
    ("row_count", INT64),
    ("size_bytes", INT64),
    ("type", INT64),
)
_TABLE, _VIEW = 1, 2


def rows(catalog: Catalog, project: str, dataset: str) -> str:
    """The DuckDB query of its rows."""
    names = ", ".join(f'"{name}"' for name, _kind in COLUMNS)
    lines = [f"({', '.join(_values(table))})" for table in tables_of(catalog, project, dataset)]
    if not lines:
        empty = ", ".join(f'{spelled(kind, None)} AS "{name}"' for name, kind in COLUMNS)
        return f"SELECT {empty} WHERE FALSE"
    return f"SELECT * FROM (VALUES {', '.join(lines)}) AS rows({names})"


def _values(table: Table) -> Iterator[str]:
    yield from (spelled(STRING, part) for part in table.id)
    for key in ("creationTime", "lastModifiedTime"):
        yield spelled(INT64, int(table.resource.get(key, 0)))
    count = "0::BIGINT" if table.is_view else f"(SELECT count(*) FROM {table.storage})"
    yield count
    yield "0::BIGINT" if table.is_view else f"({count} * {row_bytes(table)})"
    yield spelled(INT64, _VIEW if table.is_view else _TABLE)
