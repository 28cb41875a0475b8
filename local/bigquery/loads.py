"""Carrying out a load job: files into a table."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import duckdb
from bqemulator.api.dependencies import AppContext
from bqemulator.api.routes.tables import _field_to_rest
from bqemulator.catalog.models import TableMeta
from bqemulator.storage.type_map import duckdb_type_to_bq_field

from local.bigquery.destination import (
    Destination,
    clear_for_writing,
    insert_select,
    parse_destination,
    require_table,
)
from local.bigquery.job import Job, Outcome
from local.bigquery.problem import ApiError
from local.bigquery.readers import SourceFile, file_columns, select_rows
from local.bigquery.tables import change_table

_VALUE = re.compile(r"'[^']*'|\"[^\"]*\"")


async def run_load(storage: AppContext, job: Job, *, files: list[Path] | None = None) -> Outcome:
    """Load `files`, or else what `sourceUris` names, into the destination.

    `outputRows` is what this job wrote; upstream 1.4.0 counts the whole table.
    """
    load = job.configuration["load"]
    paths = (
        files if files is not None else [_local_path(storage, uri) for uri in load.get("sourceUris") or []]
    )
    if not paths:
        raise ApiError("invalid", "Required parameter is missing: sourceUris")
    sources = [SourceFile(path, load) for path in paths]
    destination = parse_destination(load, project=job.key.project, default_write="WRITE_APPEND")
    table = _require_destination(storage, destination, load=load, sources=sources)
    clear_for_writing(storage, destination, table)
    written = sum(_load_file(storage, destination, table=table, source=source) for source in sources)
    size = sum(path.stat().st_size for path in paths)
    figures = {
        "inputFiles": str(len(paths)),
        "inputFileBytes": str(size),
        "outputRows": str(written),
        "outputBytes": str(size),
        "badRecords": "0",
    }
    return Outcome(statistics={"load": figures})


def _require_destination(
    storage: AppContext, destination: Destination, *, load: dict[str, Any], sources: list[SourceFile]
) -> TableMeta:
    fields = (load.get("schema") or {}).get("fields") or []
    exists = (
        storage.catalog.get_table(destination.project, destination.dataset, destination.table) is not None
    )
    described = bool(load.get("autodetect")) or sources[0].describes_itself
    if not exists and not fields:
        if not described:
            raise ApiError("invalid", "No schema specified on job or table.")
        fields = _detected(storage, sources[0])
    table = require_table(storage, destination, fields=fields, layout=load)
    if exists and fields and "ALLOW_FIELD_ADDITION" in (load.get("schemaUpdateOptions") or []):
        table = change_table(storage, table, body={"schema": {"fields": _with_existing(table, fields)}})
    return table


def _with_existing(table: TableMeta, fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The table's columns, then those of `fields` it lacks: a load may leave columns out."""
    existing = [_field_to_rest(column) for column in table.schema_.fields]
    known = {column["name"].lower() for column in existing}
    return existing + [column for column in fields if column["name"].lower() not in known]


def _detected(storage: AppContext, source: SourceFile) -> list[dict[str, Any]]:
    return [
        duckdb_type_to_bq_field(name, kind) for name, kind in file_columns(storage.engine.connection, source)
    ]


def _load_file(storage: AppContext, destination: Destination, *, table: TableMeta, source: SourceFile) -> int:
    connection = storage.engine.connection
    try:
        names = [name for name, _kind in file_columns(connection, source, table=table)]
        columns, sql = select_rows(table, source, names=names)
        return insert_select(storage, destination, table, columns=columns, source=sql)
    except duckdb.InterruptException:
        raise
    except duckdb.Error as error:
        message = f"Error while reading data, error message: {_first_line(error)}"
        raise ApiError("invalid", message, location=source.path.name) from error


def _first_line(error: duckdb.Error) -> str:
    """DuckDB's message without the values it quotes."""
    return _VALUE.sub("'...'", str(error).splitlines()[0])


def _local_path(storage: AppContext, uri: str) -> Path:
    parts = urlsplit(uri)
    if parts.scheme == "file":
        path = Path(unquote(parts.path))
    elif parts.scheme == "gs":
        path = (storage.settings.gcs_local_root or Path()) / parts.netloc / unquote(parts.path).lstrip("/")
    else:
        raise ApiError("invalid", f"Source URI must be gs:// or file://: {uri}")
    if not path.is_file():
        raise ApiError("notFound", f"Not found: URI {uri}")
    return path
