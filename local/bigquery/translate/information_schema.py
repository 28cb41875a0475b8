"""INFORMATION_SCHEMA: views whose rows are what the catalog knows, and the project's jobs.

Columns as https://cloud.google.com/bigquery/docs/information-schema-intro lists them, less those that say nothing here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from local.bigquery.catalog import Catalog, Table
from local.bigquery.googlesql.types import BOOL, INT64, STRING, TIMESTAMP, GoogleType, type_of_rest
from local.bigquery.translate.literals import spelled

# The name of the DuckDB function that lists a project's jobs as JSON texts.
JOBS_FUNCTION = "stand_in_jobs"
Columns = tuple[tuple[str, GoogleType], ...]
Rows = Iterable[tuple[Any, ...]]
# A dataset, "" for a whole project or region.
ReadRows = Callable[[Catalog, str, str], Rows]


def view(name: str) -> tuple[Columns, Callable[[Catalog, str, str], str]] | None:
    """The columns of a view, and the DuckDB query of its rows in a dataset of a project; None for an unknown one."""
    if name in ("JOBS", "JOBS_BY_PROJECT", "JOBS_BY_USER"):
        return _JOB_COLUMNS, lambda _catalog, project, _dataset: _jobs(project)
    if name not in _VIEWS:
        return None
    columns, rows = _VIEWS[name]
    return columns, lambda catalog, project, dataset: _values(columns, rows(catalog, project, dataset))


def _values(columns: Columns, rows: Rows) -> str:
    names = ", ".join(f'"{name}"' for name, _kind in columns)
    lines = [
        f"({', '.join(spelled(kind, value) for (_name, kind), value in zip(columns, row, strict=True))})"
        for row in rows
    ]
    if not lines:
        empty = ", ".join(f'{spelled(kind, None)} AS "{name}"' for name, kind in columns)
        return f"SELECT {empty} WHERE FALSE"
    return f"SELECT * FROM (VALUES {', '.join(lines)}) AS rows({names})"


def tables_of(catalog: Catalog, project: str, dataset: str) -> Iterator[Table]:
    """A dataset's tables, with "" for it those of the project, by their names."""
    for table in sorted(catalog.tables.values(), key=lambda one: one.id):
        if table.id.project == project and dataset in ("", table.id.dataset):
            yield table


def _schemata(catalog: Catalog, project: str, dataset: str) -> Rows:
    for one in catalog.datasets.values():
        if one.project == project and dataset in ("", one.dataset):
            yield (project, one.dataset, None, _moment(one.resource, "creationTime"),
                   _moment(one.resource, "lastModifiedTime"), one.location)  # fmt: skip


def _table_rows(catalog: Catalog, project: str, dataset: str) -> Rows:
    for table in tables_of(catalog, project, dataset):
        kind = {"VIEW": "VIEW", "MATERIALIZED_VIEW": "MATERIALIZED VIEW"}.get(
            table.resource.get("type", ""), "BASE TABLE"
        )
        created = _moment(table.resource, "creationTime")
        yield (*table.id, kind, "YES" if kind == "BASE TABLE" else "NO", "NO", created)


def _column_rows(catalog: Catalog, project: str, dataset: str) -> Rows:
    for table in tables_of(catalog, project, dataset):
        clusters = (table.resource.get("clustering") or {}).get("fields") or []
        for place, field in enumerate(table.fields, 1):
            name = field["name"]
            yield (*table.id, name, place, "NO" if field.get("mode") == "REQUIRED" else "YES", _type_text(field),
                   "NEVER", "NO", "NO", "YES" if name == _partition(table) else "NO",
                   clusters.index(name) + 1 if name in clusters else None,
                   field.get("defaultValueExpression", "NULL"))  # fmt: skip


def _field_path_rows(catalog: Catalog, project: str, dataset: str) -> Rows:
    for table in tables_of(catalog, project, dataset):
        for field in table.fields:
            for path, inner in _paths(field, ""):
                yield (*table.id, field["name"], path, _type_text(inner), inner.get("description"))


def _option_rows(catalog: Catalog, project: str, dataset: str) -> Rows:
    for table in tables_of(catalog, project, dataset):
        resource = table.resource
        if resource.get("description"):
            yield (*table.id, "description", "STRING", _quoted(resource["description"]))
        if resource.get("labels"):
            pairs = ", ".join(
                f"STRUCT({_quoted(key)}, {_quoted(value)})" for key, value in resource["labels"].items()
            )
            yield (*table.id, "labels", "ARRAY<STRUCT<STRING, STRING>>", f"[{pairs}]")
        if resource.get("expirationTime"):
            moment = datetime.fromtimestamp(int(resource["expirationTime"]) / 1000, UTC).isoformat()
            yield (*table.id, "expiration_timestamp", "TIMESTAMP", f"TIMESTAMP {_quoted(moment)}")


def _view_rows(catalog: Catalog, project: str, dataset: str) -> Rows:
    for table in tables_of(catalog, project, dataset):
        if table.is_view:
            yield (*table.id, table.view, "NO", "YES")


def _materialized_rows(catalog: Catalog, project: str, dataset: str) -> Rows:
    for table in tables_of(catalog, project, dataset):
        if table.resource.get("type") == "MATERIALIZED_VIEW":
            yield (*table.id, None, None)


def _jobs(project: str) -> str:
    columns = ", ".join(f"{sql} AS {name}" for name, (_kind, sql) in _JOBS.items())
    return f"SELECT {columns} FROM (SELECT unnest({JOBS_FUNCTION}({spelled(STRING, project)})) AS job)"


def _text(path: str) -> str:
    return f"json_extract_string(job, '$.{path}')"


def _time(path: str) -> str:
    return f"make_timestamptz(CAST({_text(path)} AS BIGINT) * 1000)"


def _moment(resource: dict[str, Any], key: str) -> str | None:
    if not resource.get(key):
        return None
    return datetime.fromtimestamp(int(resource[key]) / 1000, UTC).isoformat(sep=" ")


def _partition(table: Table) -> str | None:
    for key in ("timePartitioning", "rangePartitioning"):
        found = (table.resource.get(key) or {}).get("field")
        if found:
            return str(found)
    return None


def _type_text(field: dict[str, Any]) -> str:
    return type_of_rest(field).sql


def _paths(field: dict[str, Any], above: str) -> Iterator[tuple[str, dict[str, Any]]]:
    path = above + field["name"]
    yield path, field
    for inner in field.get("fields") or []:
        yield from _paths(inner, f"{path}.")


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_ID: Columns = (("table_catalog", STRING), ("table_schema", STRING), ("table_name", STRING))
_VIEWS: dict[str, tuple[Columns, ReadRows]] = {
    "SCHEMATA": (
        (("catalog_name", STRING), ("schema_name", STRING), ("schema_owner", STRING), ("creation_time", TIMESTAMP),
         ("last_modified_time", TIMESTAMP), ("location", STRING)),
        _schemata,
    ),
    "TABLES": (
        (*_ID, ("table_type", STRING), ("is_insertable_into", STRING), ("is_typed", STRING),
         ("creation_time", TIMESTAMP)),
        _table_rows,
    ),
    "COLUMNS": (
        (*_ID, ("column_name", STRING), ("ordinal_position", INT64), ("is_nullable", STRING), ("data_type", STRING),
         ("is_generated", STRING), ("is_hidden", STRING), ("is_system_defined", STRING),
         ("is_partitioning_column", STRING), ("clustering_ordinal_position", INT64), ("column_default", STRING)),
        _column_rows,
    ),
    "COLUMN_FIELD_PATHS": (
        (*_ID, ("column_name", STRING), ("field_path", STRING), ("data_type", STRING), ("description", STRING)),
        _field_path_rows,
    ),
    "TABLE_OPTIONS": (
        (*_ID, ("option_name", STRING), ("option_type", STRING), ("option_value", STRING)),
        _option_rows,
    ),
    "VIEWS": (
        (*_ID, ("view_definition", STRING), ("check_option", STRING), ("use_standard_sql", STRING)),
        _view_rows,
    ),
    # Their rows are those of the moment: they are never refreshed.
    "MATERIALIZED_VIEWS": (
        (*_ID, ("last_refresh_time", TIMESTAMP), ("refresh_watermark", TIMESTAMP)),
        _materialized_rows,
    ),
}  # fmt: skip
_JOBS: dict[str, tuple[GoogleType, str]] = {
    "creation_time": (TIMESTAMP, _time("statistics.creationTime")),
    "project_id": (STRING, _text("jobReference.projectId")),
    "user_email": (STRING, _text("user_email")),
    "job_id": (STRING, _text("jobReference.jobId")),
    "job_type": (STRING, _text("configuration.jobType")),
    "statement_type": (STRING, _text("statistics.query.statementType")),
    "priority": (STRING, _text("configuration.query.priority")),
    "start_time": (TIMESTAMP, _time("statistics.startTime")),
    "end_time": (TIMESTAMP, _time("statistics.endTime")),
    "query": (STRING, _text("configuration.query.query")),
    "state": (STRING, _text("status.state")),
    "total_bytes_processed": (INT64, f"CAST({_text('statistics.totalBytesProcessed')} AS BIGINT)"),
    "total_bytes_billed": (INT64, f"CAST({_text('statistics.query.totalBytesBilled')} AS BIGINT)"),
    "total_slot_ms": (INT64, f"CAST({_text('statistics.totalSlotMs')} AS BIGINT)"),
    "cache_hit": (BOOL, "FALSE"),
}
_JOB_COLUMNS: Columns = tuple((name, kind) for name, (kind, _sql) in _JOBS.items())
