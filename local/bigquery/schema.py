"""What BigQuery allows in a schema, and in a change of one."""

from __future__ import annotations

from typing import Any

from local.bigquery.catalog import Table
from local.bigquery.column_limits import require_valid
from local.bigquery.googlesql.types import GoogleType, rest_field, type_of_rest
from local.bigquery.problem import ApiError
from local.bigquery.translate.layouts import require_rounding

# https://cloud.google.com/bigquery/docs/default-values#limitations
NO_DEFAULT_AT_ONCE = (
    "A new column of an existing table can't have a default value: add it without one, then set that."
)
_TYPELESS = {"name", "type", "mode", "fields"}


def require_creatable(fields: list[dict[str, Any]], *, path: str = "") -> list[dict[str, Any]]:
    """The columns as the REST API shows them. Raises ApiError `invalid` for what there is not, or not here.

    DuckDB's decimals have 38 digits, BIGNUMERIC has 76.
    """
    seen: set[str] = set()
    for column in fields:
        name = str(column.get("name") or "")
        if not name:
            raise ApiError("invalid", "Field name is missing in the schema")
        if name.lower() in seen:
            raise ApiError("invalid", f"Field {path}{name} already exists in schema")
        seen.add(name.lower())
    return [_creatable(column, path=path) for column in fields]


def added_columns(table: Table, fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The columns of `fields` that the table lacks. Raises ApiError for changes BigQuery refuses."""
    prefix = f"Provided Schema does not match Table {table.id}."
    proposed = {str(column["name"]).lower(): column for column in require_creatable(fields)}
    for column in table.fields:
        _require_kept(column, proposed.pop(column["name"].lower(), None), prefix=prefix)
    for added in proposed.values():
        if added["mode"] == "REQUIRED":
            message = f"{prefix} Cannot add required columns to an existing schema. (field: {added['name']})"
            raise ApiError("invalid", message)
        if added.get("defaultValueExpression"):
            message = f"{prefix} {NO_DEFAULT_AT_ONCE} (field: {added['name']})"
            raise ApiError("invalid", message)
    return list(proposed.values())


def _creatable(column: dict[str, Any], *, path: str) -> dict[str, Any]:
    name = f"{path}{column['name']}"
    inner = require_creatable(column.get("fields") or [], path=f"{name}.")
    try:
        kind = type_of_rest(column)
    except KeyError as error:
        raise ApiError(
            "invalid", f"Invalid value for type: {column.get('type')} is not a valid value"
        ) from error
    single = kind.element or kind
    if single.kind == "BIGNUMERIC":
        raise ApiError("invalid", f"Column {name}: the local stand-in has no BIGNUMERIC columns; use NUMERIC")
    if single.is_struct and not inner:
        raise ApiError("invalid", f"Field {name} is type RECORD but has no schema")
    _require_storable(single, name=name)
    require_valid(column)
    require_rounding(column.get("roundingMode"))
    if column.get("collation"):
        raise ApiError("invalid", f"Column {name}: the local stand-in has no collation")
    described = {key: value for key, value in column.items() if key not in _TYPELESS}
    mode = str(column.get("mode") or "NULLABLE").upper()
    shown = {**rest_field(column["name"], kind, mode=mode), **described}
    return {**shown, "fields": inner} if inner else shown


def _require_storable(kind: GoogleType, *, name: str) -> None:
    try:
        _ = kind.duckdb
    except KeyError as error:
        raise ApiError("invalid", f"Column {name}: the local stand-in has no {kind.kind} columns") from error


def _require_kept(column: dict[str, Any], proposed: dict[str, Any] | None, *, prefix: str) -> None:
    name = column["name"]
    if proposed is None:
        raise ApiError("invalid", f"{prefix} Field {name} is missing in new schema")
    if column["type"] != proposed["type"]:
        message = f"{prefix} Field {name} has changed type from {column['type']} to {proposed['type']}"
        raise ApiError("invalid", message)
    before, after = column.get("mode") or "NULLABLE", proposed["mode"]
    if after != before and not (before == "REQUIRED" and after == "NULLABLE"):
        raise ApiError("invalid", f"{prefix} Field {name} has changed mode from {before} to {after}")
    if type_of_rest(column) != type_of_rest(proposed):
        message = f"{prefix} Field {name}: the local stand-in does not change nested fields"
        raise ApiError("invalid", message)
