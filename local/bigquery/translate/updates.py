"""The SET clause of UPDATE and MERGE: new values of columns, and of fields within them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.bigquery.googlesql.types import GoogleType
from local.bigquery.translate.expressions import Columns
from local.bigquery.translate.limits import refused
from local.bigquery.translate.scans import Scans


def assignments(
    items: Any, scans: Scans, *, column_by_id: Mapping[int, str], seen: Columns
) -> dict[str, str]:
    """The new value of each column, by its quoted name."""
    changed: dict[str, str] = {}
    for item in items:
        if item.delete_list or item.update_list or item.insert_list or item.update_item_element_list:
            raise refused("changes within an ARRAY by nested DML")
        id, path = _path(item.target, scans)
        value = scans.expressions.sql(item.set_value.value, seen)
        column = column_by_id[id]
        changed[column] = _replaced(changed.get(column, seen[id]), path, value)
    return changed


def _path(target: Any, scans: Scans) -> tuple[int, list[tuple[GoogleType, int]]]:
    """The column, and the STRUCT and place of each field on the way to what is set."""
    which = target.WhichOneof("node")
    if which == "resolved_column_ref_node":
        return target.resolved_column_ref_node.column.column_id, []
    if which == "resolved_get_struct_field_node":
        node = target.resolved_get_struct_field_node
        id, path = _path(node.expr, scans)
        return id, [*path, (scans.expressions.type_of(node.expr), node.field_idx)]
    raise refused("an assignment to a part of a value that is no field of a STRUCT")


def _replaced(base: str, path: list[tuple[GoogleType, int]], value: str) -> str:
    """`base` with the field at the end of `path` replaced."""
    if not path:
        return value
    kind, place = path[0]
    parts = []
    for at in range(len(kind.fields)):
        field = kind.field_name(at)
        inner = f"struct_extract({base}, '{field}')"
        parts.append(f"'{field}': {_replaced(inner, path[1:], value) if at == place else inner}")
    return f"{{{', '.join(parts)}}}"
