"""The columns of a table that is made for a file which says them itself, or is looked through for them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import duckdb

from local.bigquery.csv_rows import CsvOptions
from local.bigquery.googlesql.types import (
    BOOL,
    DATE,
    FLOAT64,
    INT64,
    JSON,
    STRING,
    TIME,
    TIMESTAMP,
    GoogleType,
    array_of,
    rest_field,
    struct_of,
)
from local.bigquery.parquet_files import detected_type, file_columns
from local.bigquery.problem import ApiError
from local.bigquery.source_files import PlainFile, SourceFile, unpacked
from local.bigquery.text_columns import literal, value_sql

# In the order in which they are tried.
_CANDIDATES = (BOOL, INT64, FLOAT64, DATE, TIMESTAMP, TIME)
_JSON_KINDS = {
    "boolean": BOOL,
    "bigint": INT64,
    "ubigint": FLOAT64,
    "hugeint": FLOAT64,
    "double": FLOAT64,
    "date": DATE,
    "time": TIME,
    "timestamp": TIMESTAMP,
    "timestamp with time zone": TIMESTAMP,
    "json": JSON,
}


def detect_fields(
    source: SourceFile, *, kind: str, load: dict[str, Any], folder: Path
) -> list[dict[str, Any]]:
    """The columns as REST `TableFieldSchema`s. Raises ApiError.

    What the file is unpacked to lies in `folder` meanwhile.
    """
    if kind == "PARQUET":
        columns = [(name, detected_type(one, where=(source, name))) for name, one in file_columns(source)]
        return [rest_field(name, one) for name, one in columns]
    with unpacked(source, folder=folder) as file:
        try:
            columns = _csv_columns(file, load) if kind == "CSV" else _json_columns(file)
        except duckdb.InterruptException:
            raise
        except duckdb.Error as error:
            message = f"Failed to detect schema from file {source.name}; give one"
            raise ApiError("invalid", message, location=source.name) from error
    return [rest_field(name, one) for name, one in columns]


def _csv_columns(file: PlainFile, load: dict[str, Any]) -> list[tuple[str, GoogleType]]:
    """Named by the header, and typed by all rows."""
    options = CsvOptions({**load, "skipLeadingRows": max(0, int(load.get("skipLeadingRows") or 1) - 1)})
    header = next((cells for _line, cells in options.cells(file)), None)
    if not header:
        raise ApiError("invalid", f"Failed to detect schema from file {file.name}: it has no header")
    options.skipped += 1
    texts = [f"t{place}" for place in range(len(header))]
    counts = [
        f"count({text}), {', '.join(f'count({value_sql(kind, text)})' for kind in _CANDIDATES)}"
        for text in texts
    ]
    with duckdb.connect() as cursor:
        sql = f"SELECT {', '.join(counts)} FROM {options.relation(file, texts)}"
        found = list(cursor.execute(sql).fetchone() or ())
    width = 1 + len(_CANDIDATES)
    parts = [found[start : start + width] for start in range(0, len(found), width)]
    return [
        (_column_name(name, place), _fitting(part))
        for place, (name, part) in enumerate(zip(header, parts, strict=True))
    ]


def _fitting(counts: list[int]) -> GoogleType:
    """The first type that takes every text there is; STRING if there is none."""
    texts, *values = counts
    fits = (kind for kind, count in zip(_CANDIDATES, values, strict=True) if count == texts)
    return next(fits, STRING) if texts else STRING


def _column_name(name: str, place: int) -> str:
    cleaned = re.sub(r"\W", "_", name.strip(), flags=re.ASCII)
    return (
        cleaned
        if cleaned and not cleaned[0].isdigit()
        else f"_{cleaned}"
        if cleaned
        else f"string_field_{place}"
    )


def _json_columns(file: PlainFile) -> list[tuple[str, GoogleType]]:
    relation = f"read_json({literal(str(file.path))}, format = 'newline_delimited', sample_size = -1)"
    with duckdb.connect() as cursor:
        cursor.execute(f"SELECT * FROM {relation} LIMIT 0")
        return [(column[0], _json_type(column[1])) for column in cursor.description or ()]


def _json_type(kind: Any) -> GoogleType:
    if kind.id == "list":
        return array_of(_json_type(kind.children[0][1]))
    if kind.id == "struct":
        return struct_of((name, _json_type(one)) for name, one in kind.children)
    return _JSON_KINDS.get(kind.id, STRING)
