"""Carrying out an extract job: a table's rows into files."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

from local.bigquery.buckets import Buckets
from local.bigquery.catalog import Table, TableId
from local.bigquery.googlesql.types import GoogleType
from local.bigquery.job import Job, Outcome
from local.bigquery.problem import ApiError
from local.bigquery.session import Session
from local.bigquery.source_files import FORMATS, local_path
from local.bigquery.tables import require_table
from local.bigquery.text_columns import literal
from local.bigquery.translate.literals import identifier

_COMPRESSIONS = {
    "CSV": {"NONE": "none", "GZIP": "gzip"},
    "NEWLINE_DELIMITED_JSON": {"NONE": "none", "GZIP": "gzip"},
    "PARQUET": {"NONE": "uncompressed", "GZIP": "gzip", "SNAPPY": "snappy", "ZSTD": "zstd"},
}


def run_extract(session: Session, job: Job, *, buckets: Buckets, folder: Path) -> Outcome:
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
    uri = uris[0].replace("*", f"{0:012d}")
    is_object = uri.startswith("gs://")
    path = folder / "object" if is_object else local_path(uri)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Whole or not at all, also when the process is killed.
    unfinished = path.with_name(f".{path.name}.{uuid4().hex}")
    options = f"{_options(kind, extract)}, COMPRESSION {compression}"
    session.execute(f"COPY ({_rows(table, kind)}) TO {literal(str(unfinished))} ({options})")
    if is_object:
        buckets.put(uri, unfinished, email=job.user_email)
        unfinished.unlink()
    else:
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
        columns = [f"{_named(identifier(name), one)} AS {identifier(name)}" for name, one in table.columns]
    elif kind == "CSV":
        for name, one in table.columns:
            if one.is_array or one.is_struct:
                message = f"Operation cannot be performed on a nested schema. Field: {name}"
                raise ApiError("invalid", message)
        columns = [f"{_text(identifier(name), one)} AS {identifier(name)}" for name, one in table.columns]
    else:
        columns = [f"{_object(table.columns)} AS line"]
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


def _object(columns: Sequence[tuple[str, GoogleType]], record: str = "") -> str:
    """The text of a JSON object of the columns (or fields); BigQuery leaves out what is NULL."""
    members = []
    for place, (name, kind) in enumerate(columns, 1):
        value = f"{record}._{place}" if record else identifier(name)
        members.append(f"{literal(json.dumps(name) + ':')} || {_json(value, kind)}")
    return f"'{{' || concat_ws(',', {', '.join(members)}) || '}}'"


def _json(sql: str, kind: GoogleType) -> str:
    """The text of a value as JSON, NULL for NULL. Only numbers that every reader keeps are written as such."""
    if kind.element is not None:
        items = f"list_transform({sql}, lambda item: coalesce({_json('item', kind.element)}, 'null'))"
        return f"'[' || array_to_string({items}, ',') || ']'"
    if kind.is_struct:
        return f"CASE WHEN {sql} IS NOT NULL THEN {_object(kind.fields, sql)} END"
    text = f"CAST({_text(sql, kind)} AS VARCHAR)"
    if kind.kind in ("JSON", "BOOL"):
        return text
    if kind.kind == "FLOAT64":
        return f"CASE WHEN isfinite({sql}) THEN {text} ELSE '\"' || {text} || '\"' END"
    return f"CAST(to_json({text}) AS VARCHAR)"


def _named(sql: str, kind: GoogleType) -> str:
    """The value with its fields named as GoogleSQL has them."""
    if kind.element is not None:
        return f"list_transform({sql}, lambda item: {_named('item', kind.element)})"
    if not kind.is_struct:
        return f"CAST({sql} AS VARCHAR)" if kind.kind == "JSON" else sql
    fields = ", ".join(
        f"{identifier(name)} := {_named(f'{sql}.{kind.field_name(place)}', inner)}"
        for place, (name, inner) in enumerate(kind.fields)
    )
    return f"CASE WHEN {sql} IS NOT NULL THEN struct_pack({fields}) END"
