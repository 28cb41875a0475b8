"""Carrying out an extract job: a table's rows into files."""

from __future__ import annotations

import os
from typing import Any
from uuid import uuid4

from local.bigquery.catalog import Table, TableId
from local.bigquery.googlesql.types import GoogleType
from local.bigquery.inserts import quoted
from local.bigquery.job import Job, Outcome
from local.bigquery.problem import ApiError
from local.bigquery.session import Session
from local.bigquery.source_files import FORMATS, local_path
from local.bigquery.tables import require_table
from local.bigquery.text_columns import literal

_COMPRESSIONS = {
    "CSV": {"NONE": "none", "GZIP": "gzip"},
    "NEWLINE_DELIMITED_JSON": {"NONE": "none", "GZIP": "gzip"},
    "PARQUET": {"NONE": "uncompressed", "GZIP": "gzip", "SNAPPY": "snappy", "ZSTD": "zstd"},
}


def run_extract(session: Session, job: Job) -> Outcome:
    """Write the rows of `sourceTable` to the file that `destinationUris` name; a `*` in it becomes a number."""
    extract = job.configuration["extract"]
    given = extract.get("sourceTable") or {}
    id = TableId(
        given.get("projectId") or job.key.project, given.get("datasetId", ""), given.get("tableId", "")
    )
    kind = str(extract.get("destinationFormat") or "CSV").upper()
    if kind not in FORMATS:
        raise ApiError("invalid", f"Destination format {kind} is not offered here")
    compression = _COMPRESSIONS[kind].get(str(extract.get("compression") or "NONE").upper())
    if compression is None:
        raise ApiError("invalid", f"Compression {extract['compression']} is not offered here for {kind}")
    table = require_table(session.catalog, id)
    if table.is_view:
        raise ApiError("invalid", f"{id} is not allowed for this operation because it is currently a VIEW.")
    uris = extract.get("destinationUris") or [extract.get("destinationUri")]
    if len(uris) != 1 or not uris[0]:
        raise ApiError("invalid", "The local stand-in extracts to exactly one URI")
    path = local_path(uris[0].replace("*", f"{0:012d}"), buckets=session.data_dir / "gcs")
    path.parent.mkdir(parents=True, exist_ok=True)
    # Whole or not at all, also when the process is killed.
    unfinished = path.with_name(f".{path.name}.{uuid4().hex}")
    options = f"{_options(kind, extract)}, COMPRESSION {compression}"
    session.execute(f"COPY ({_rows(table, kind)}) TO {literal(str(unfinished))} ({options})")
    os.replace(unfinished, path)
    return Outcome(statistics={"extract": {"destinationUriFileCounts": ["1"]}}, changes=False)


def _options(kind: str, extract: dict[str, Any]) -> str:
    if kind == "PARQUET":
        return "FORMAT parquet"
    if kind == "NEWLINE_DELIMITED_JSON":
        # One column, written as it is: a line of JSON.
        return "FORMAT csv, HEADER FALSE, QUOTE '', ESCAPE '', DELIMITER '\x01'"
    header = extract.get("printHeader")
    delimiter = extract.get("fieldDelimiter") or ","
    delimiter = {"\\t": "\t", "tab": "\t"}.get(delimiter, delimiter)
    return f"FORMAT csv, HEADER {header is None or bool(header)}, DELIMITER {literal(delimiter)}"


def _rows(table: Table, kind: str) -> str:
    if kind == "PARQUET":
        columns = [f"{_named(quoted(name), one)} AS {quoted(name)}" for name, one in table.columns]
    elif kind == "CSV":
        for name, one in table.columns:
            if one.is_array or one.is_struct:
                message = f"Operation cannot be performed on a nested schema. Field: {name}"
                raise ApiError("invalid", message)
        columns = [f"{_text(quoted(name), one)} AS {quoted(name)}" for name, one in table.columns]
    else:
        columns = [f"CAST({_object(table.columns)} AS VARCHAR) AS line"]
    return f"SELECT {', '.join(columns)} FROM {table.storage}"


def _text(sql: str, kind: GoogleType) -> str:
    """A scalar as BigQuery's exports write it."""
    match kind.kind:
        case "BYTES":
            return f"to_base64({sql})"
        case "NUMERIC":
            return f"regexp_replace(CAST({sql} AS VARCHAR), '\\.?0+$', '')"
        case "TIMESTAMP":
            return f"regexp_replace(CAST({sql} AS VARCHAR), '\\+00$', ' UTC')"
        case "DATETIME":
            return f"replace(CAST({sql} AS VARCHAR), ' ', 'T')"
        case "BOOL" | "INT64" | "FLOAT64" | "STRING" | "JSON":
            return sql
        case _:
            return f"CAST({sql} AS VARCHAR)"


def _object(columns: Any, sql: str = "") -> str:
    """A JSON object of the columns; BigQuery leaves out what is NULL."""
    pairs = ", ".join(
        f"{literal(name)}, {_json(f'{sql}.{place}' if sql else quoted(name), kind)}"
        for (name, kind), place in zip(columns, (f"_{n}" for n in range(1, len(columns) + 1)), strict=True)
    )
    return f"json_merge_patch('{{}}', json_object({pairs}))"


def _json(sql: str, kind: GoogleType) -> str:
    if kind.element is not None:
        return f"list_transform({sql}, lambda item: {_json('item', kind.element)})"
    if kind.is_struct:
        return f"CASE WHEN {sql} IS NOT NULL THEN {_object(kind.fields, sql)} END"
    # As BigQuery: what a double can't hold is a string.
    return f"CAST({sql} AS VARCHAR)" if kind.kind == "INT64" else _text(sql, kind)


def _named(sql: str, kind: GoogleType) -> str:
    """The value with its fields named as GoogleSQL has them."""
    if kind.element is not None:
        return f"list_transform({sql}, lambda item: {_named('item', kind.element)})"
    if not kind.is_struct:
        return f"CAST({sql} AS VARCHAR)" if kind.kind == "JSON" else sql
    fields = ", ".join(
        f"{quoted(name)} := {_named(f'{sql}.{kind.field_name(place)}', inner)}"
        for place, (name, inner) in enumerate(kind.fields)
    )
    return f"CASE WHEN {sql} IS NOT NULL THEN struct_pack({fields}) END"
