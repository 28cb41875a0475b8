"""Parquet files: columns by name, in the types that BigQuery documents for them.

https://cloud.google.com/bigquery/docs/loading-data-cloud-storage-parquet#type_conversions
"""

from __future__ import annotations

from typing import Any

import duckdb

from local.bigquery.catalog import Table
from local.bigquery.destination import Destination, insert_select
from local.bigquery.googlesql.evaluator import MARK
from local.bigquery.googlesql.types import (
    BOOL,
    BYTES,
    DATE,
    DATETIME,
    FLOAT64,
    INT64,
    JSON,
    NUMERIC,
    STRING,
    TIME,
    TIMESTAMP,
    GoogleType,
    array_of,
    struct_of,
)
from local.bigquery.problem import ApiError
from local.bigquery.session import Session
from local.bigquery.source_files import SourceFile
from local.bigquery.text_columns import literal
from local.bigquery.translate.failures import failure
from local.bigquery.translate.literals import identifier

_PREFIX = "Error while reading data, error message: "
_WHOLE = ("tinyint", "smallint", "integer", "bigint", "utinyint", "usmallint", "uinteger", "ubigint")
_NAIVE = ("timestamp", "timestamp_s", "timestamp_ms", "timestamp_ns")
_AWARE = ("timestamp with time zone", "timestamp_tz")
_TAKEN = {
    "INT64": _WHOLE,
    "FLOAT64": ("float", "double", *_WHOLE),
    "NUMERIC": ("decimal", *_WHOLE),
    "BOOL": ("boolean",),
    "STRING": ("varchar", "enum", "uuid", "json"),
    "JSON": ("varchar", "json"),
    "BYTES": ("blob",),
    "DATE": ("date",),
    "TIME": ("time", "time_ns"),
    "DATETIME": _NAIVE,
    "TIMESTAMP": (*_AWARE, *_NAIVE),
}
_DETECTED = {
    **dict.fromkeys(_WHOLE, INT64),
    **dict.fromkeys(_NAIVE, DATETIME),
    **dict.fromkeys(_AWARE, TIMESTAMP),
    "float": FLOAT64,
    "double": FLOAT64,
    "boolean": BOOL,
    "varchar": STRING,
    "enum": STRING,
    "uuid": STRING,
    "json": JSON,
    "blob": BYTES,
    "date": DATE,
    "time": TIME,
    "time_ns": TIME,
}


def load_parquet(
    session: Session, destination: Destination, table: Table, *, source: SourceFile, load: dict[str, Any]
) -> int:
    """Append the file's rows; how many. Raises ApiError that says what is wrong, and in which column."""
    found = file_columns(source)
    kinds = {name.lower(): (name, kind) for name, kind in table.columns}
    for name, _from in found:
        if name.lower() not in kinds and not load.get("ignoreUnknownValues"):
            raise _refusal(source, f"No such field: {name}.")
    given = {name.lower(): (name, kind) for name, kind in found}
    values = {}
    for field, (name, kind) in zip(table.fields, table.columns, strict=True):
        if name.lower() in given:
            spelled, from_kind = given[name.lower()]
            values[name] = _converted(identifier(spelled), from_kind, kind, where=(source, name))
        elif field.get("mode") == "REQUIRED":
            raise _refusal(source, f"Missing required field: {name}.")
    relation = f"read_parquet({literal(str(source.path))})"
    try:
        if not values:
            return 0
        sql = f"SELECT {', '.join(values.values())} FROM {relation}"
        return insert_select(session, destination, table, columns=list(values), source=sql)
    except (duckdb.InterruptException, duckdb.TransactionException):
        raise
    except duckdb.Error as error:
        if MARK in str(error):
            raise _refusal(source, f"{failure(error).message}.") from error
        wrong = _wrong_column(session, table, values, relation=relation)
        message = f"A value does not fit into its column. Field: {wrong};" if wrong else "The file is broken."
        raise _refusal(source, message) from error


def file_columns(source: SourceFile) -> list[tuple[str, Any]]:
    """Names and DuckDB types of the file's columns. Raises ApiError."""
    try:
        with duckdb.connect() as cursor:
            cursor.execute(f"SELECT * FROM read_parquet({literal(str(source.path))}) LIMIT 0")
            return [(column[0], column[1]) for column in cursor.description or ()]
    except duckdb.InterruptException:
        raise
    except duckdb.Error as error:
        raise _refusal(source, "The file is not Parquet.") from error


def detected_type(kind: Any, *, where: tuple[SourceFile, str]) -> GoogleType:
    """The type that BigQuery gives a column of a file. Raises ApiError."""
    source, name = where
    match kind.id:
        case "list" | "array":
            return array_of(detected_type(kind.children[0][1], where=where))
        case "struct":
            return struct_of((inner, detected_type(one, where=where)) for inner, one in kind.children)
        case "decimal":
            precision, scale = (int(one) for _name, one in kind.children)
            if scale <= 9 and precision - scale <= 29:
                return NUMERIC
        case found if found in _DETECTED:
            return _DETECTED[found]
    raise _refusal(source, f"The local stand-in has no type for {kind}. Field: {name};")


def _converted(sql: str, from_kind: Any, kind: GoogleType, *, where: tuple[SourceFile, str]) -> str:
    """The value of a column of the file as one of the table. Raises ApiError for types that don't fit."""
    found = from_kind.id
    if kind.element is not None:
        if found in ("list", "array"):
            inner = _converted("item", from_kind.children[0][1], kind.element, where=where)
            return f"coalesce(list_transform({sql}, lambda item: {inner}), [])"
    elif kind.is_struct:
        if found == "struct":
            return _converted_struct(sql, from_kind, kind, where=where)
    elif found in _TAKEN.get(kind.kind, ()):
        if kind == JSON:
            # The text that the value has however it comes; a copy, because DuckDB keeps the function's too short.
            sql = f"coalesce(google_json(CAST({sql} AS VARCHAR)) || '', {sql})"
        return f"CAST({sql} AS {kind.duckdb})"
    source, name = where
    raise _refusal(
        source,
        f"Field {name} has incompatible types. Configured schema: {kind.sql.lower()}; Parquet file: {from_kind}.",
    )


def _converted_struct(sql: str, from_kind: Any, kind: GoogleType, *, where: tuple[SourceFile, str]) -> str:
    source, name = where
    given = {inner.lower(): (inner, one) for inner, one in from_kind.children}
    fields = []
    for place, (inner, wanted) in enumerate(kind.fields):
        spelled, one = given.pop(inner.lower(), (None, None))
        value = (
            f"CAST({'[]' if wanted.is_array else 'NULL'} AS {wanted.duckdb})"
            if spelled is None
            else _converted(f"{sql}.{identifier(spelled)}", one, wanted, where=(source, f"{name}.{inner}"))
        )
        fields.append(f"{kind.field_name(place)} := {value}")
    if given:
        raise _refusal(source, f"No such field: {name}.{next(iter(given))}.")
    return f"CASE WHEN {sql} IS NOT NULL THEN struct_pack({', '.join(fields)}) END"


def _wrong_column(session: Session, table: Table, values: dict[str, str], *, relation: str) -> str:
    """The first column with a value that can't be converted, or that is missing where it is REQUIRED; "" for none."""
    required = {field["name"] for field in table.fields if field.get("mode") == "REQUIRED"}
    with session.connection.cursor() as cursor:
        for name, value in values.items():
            missing = f"{value} IS NULL" if name in required else "FALSE"
            sql = f"SELECT count(*) FILTER ({missing}), max(hash({value})) FROM {relation}"
            if _is_wrong(cursor, sql):
                return name
    return ""


def _is_wrong(cursor: duckdb.DuckDBPyConnection, sql: str) -> bool:
    try:
        row = cursor.execute(sql).fetchone()
    except duckdb.Error:
        return True
    return row is not None and bool(row[0])


def _refusal(source: SourceFile, message: str) -> ApiError:
    return ApiError("invalid", f"{_PREFIX}{message} File: {source.name}", location=source.name)
