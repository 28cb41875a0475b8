"""What BigQuery allows in a schema, and in a change of one."""

from __future__ import annotations

from typing import Any

from bqemulator.catalog.models import TableMeta

from local.bigquery.problem import ApiError

_CANONICAL = {"INTEGER": "INT64", "FLOAT": "FLOAT64", "BOOLEAN": "BOOL", "RECORD": "STRUCT"}


def require_creatable(fields: list[dict[str, Any]]) -> None:
    """Raises ApiError `invalid` for what can't be stored here.

    DuckDB's decimals have 38 digits, BIGNUMERIC has 76. Upstream 1.4.0 answers 500, which clients retry for
    ten minutes.
    """
    for column in fields:
        if str(column.get("type", "")).upper() in ("BIGNUMERIC", "BIGDECIMAL"):
            message = (
                f"Column {column.get('name')}: the local stand-in has no BIGNUMERIC columns; use NUMERIC"
            )
            raise ApiError("invalid", message)
        require_creatable(column.get("fields") or [])


def added_columns(meta: TableMeta, fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The columns of `fields` that the table lacks. Raises ApiError for changes BigQuery refuses."""
    prefix = f"Provided Schema does not match Table {meta.project_id}:{meta.dataset_id}.{meta.table_id}."
    require_creatable(fields)
    proposed = {str(column["name"]).lower(): column for column in fields}
    for column in meta.schema_.fields:
        _require_kept(column, proposed.pop(column.name.lower(), None), prefix=prefix)
    for added in proposed.values():
        if added.get("mode") == "REQUIRED":
            message = f"{prefix} Cannot add required columns to an existing schema. (field: {added['name']})"
            raise ApiError("invalid", message)
    return list(proposed.values())


def _require_kept(column: Any, proposed: dict[str, Any] | None, *, prefix: str) -> None:
    if proposed is None:
        raise ApiError("invalid", f"{prefix} Field {column.name} is missing in new schema")
    if _canonical(column.type) != _canonical(str(proposed.get("type", ""))):
        message = (
            f"{prefix} Field {column.name} has changed type from {column.type} to {proposed.get('type')}"
        )
        raise ApiError("invalid", message)
    mode = proposed.get("mode") or "NULLABLE"
    if mode != column.mode and not (column.mode == "REQUIRED" and mode == "NULLABLE"):
        raise ApiError(
            "invalid", f"{prefix} Field {column.name} has changed mode from {column.mode} to {mode}"
        )
    if {inner.name for inner in column.fields} != {inner["name"] for inner in proposed.get("fields") or []}:
        message = f"{prefix} Field {column.name}: the local stand-in does not change nested fields"
        raise ApiError("invalid", message)


def _canonical(kind: str) -> str:
    return _CANONICAL.get(kind.upper(), kind.upper())
