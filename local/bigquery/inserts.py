"""INSERT of rows that Python has read: a few as literals, more as the one JSON parameter of a statement.

A parameter a value would cost DuckDB 0.1 ms each.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from local.bigquery.catalog import Table
from local.bigquery.googlesql.types import GoogleType, struct_of
from local.bigquery.translate.literals import identifier

# What JSON has no form for, or not one that stays as it was written.
_CARRIED_AS = {"JSON": "VARCHAR", "BYTES": "VARCHAR", "INT64": "BIGINT", "FLOAT64": "DOUBLE"}


_FEW_ROWS = 10


def few_rows(table: Table, rows: Sequence[dict[str, Any]]) -> str | None:
    """VALUES of rows as `values.row_reader` reads them; None for many rows, or values that have no simple literal."""
    if len(rows) > _FEW_ROWS or any(kind.is_struct or kind.is_array for _name, kind in table.columns):
        return None
    kinds = [kind.kind for _name, kind in table.columns]
    sql = ", ".join(
        f"({', '.join(_literal(value, kind) for value, kind in zip(row.values(), kinds, strict=True))})"
        for row in rows
    )
    # DuckDB reads no statement beyond it.
    return None if "\0" in sql else f"VALUES {sql}"


def rows_source(table: Table) -> str:
    """A query of the table's columns over the parameter `$rows`, which is what `rows_parameter` yields."""
    row = struct_of(table.columns)
    structure = json.dumps([_structure(row)]).replace("'", "''")
    columns = ", ".join(
        f"{_restored(f'row.{row.field_name(place)}', kind)} AS {identifier(name)}"
        for place, (name, kind) in enumerate(row.fields)
    )
    return f"SELECT {columns} FROM (SELECT unnest(from_json_strict($rows, '{structure}')) AS row)"


def rows_parameter(rows: Sequence[dict[str, Any]]) -> dict[str, str]:
    """The parameter that holds rows as `values.row_reader` reads them."""
    return {"rows": json.dumps(rows)}


def _literal(value: Any, kind: str) -> str:
    if value is None:
        return "NULL"
    text = str(value).replace("'", "''")
    return f"from_base64('{text}')" if kind == "BYTES" else f"'{text}'"


def _structure(kind: GoogleType) -> Any:
    if kind.element is not None:
        return [_structure(kind.element)]
    if kind.is_struct:
        return {kind.field_name(place): _structure(inner) for place, (_, inner) in enumerate(kind.fields)}
    return _CARRIED_AS.get(kind.kind, kind.duckdb)


def _restored(sql: str, kind: GoogleType) -> str:
    """The value with its BYTES decoded from base64."""
    if kind.kind == "BYTES":
        return f"from_base64({sql})"
    if not _has_bytes(kind):
        return sql
    if kind.element is not None:
        return f"list_transform({sql}, lambda item: {_restored('item', kind.element)})"
    fields = ", ".join(
        f"{kind.field_name(place)} := {_restored(f'{sql}.{kind.field_name(place)}', inner)}"
        for place, (_, inner) in enumerate(kind.fields)
    )
    return f"CASE WHEN {sql} IS NOT NULL THEN struct_pack({fields}) END"


def _has_bytes(kind: GoogleType) -> bool:
    if kind.element is not None:
        return _has_bytes(kind.element)
    return kind.kind == "BYTES" or any(_has_bytes(inner) for _name, inner in kind.fields)
