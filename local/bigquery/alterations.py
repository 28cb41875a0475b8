"""ALTER TABLE and ALTER VIEW: one action after the other, in one transaction."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any, assert_never

from local.bigquery.catalog import Table, TableId
from local.bigquery.column_limits import LIMITS, is_within, parameterized
from local.bigquery.ddl_options import column_options, table_options
from local.bigquery.googlesql.types import type_of_rest
from local.bigquery.problem import ApiError
from local.bigquery.schema import NO_DEFAULT_AT_ONCE
from local.bigquery.session import Session
from local.bigquery.translate.definition import (
    Action,
    AddColumn,
    AlterTable,
    DropColumn,
    DropNotNull,
    RenameColumn,
    RenameTable,
    SetDataType,
    SetDefault,
    SetOptions,
)
from local.bigquery.translate.limits import refused
from local.bigquery.translate.literals import identifier

# What a type may become without a value being lost.
_WIDER = {"INT64": {"NUMERIC", "FLOAT64"}, "NUMERIC": {"FLOAT64"}}


def alter(session: Session, definition: AlterTable) -> str:
    """Carry out the actions; ALTER or SKIP. Raises ApiError."""
    table = session.catalog.table(definition.id)
    if table is None:
        if definition.if_exists:
            return "SKIP"
        raise ApiError("notFound", f"Not found: Table {definition.id}", location="query")
    for action in definition.actions:
        table = _carry_out(session, table, action)
    now = str(time.time_ns() // 1_000_000)
    session.put_table(replace(table, resource={**table.resource, "lastModifiedTime": now}))
    return "ALTER"


def _carry_out(session: Session, table: Table, action: Action) -> Table:
    match action:
        case AddColumn():
            return _add(session, table, action)
        case DropColumn():
            return _drop(session, table, action)
        case RenameColumn():
            return _rename_column(session, table, action)
        case RenameTable():
            return _rename(session, table, action)
        case DropNotNull():
            return _drop_not_null(session, table, action.name)
        case SetDefault():
            return _set_default(session, table, action)
        case SetDataType():
            return _set_type(session, table, action)
        case SetOptions():
            return _set_options(session, table, action)
        case _:
            assert_never(action)


def _add(session: Session, table: Table, action: AddColumn) -> Table:
    name = action.field["name"]
    if _place(table, name) is not None:
        if action.if_not_exists:
            return table
        raise _wrong(f"Column already exists: {name}")
    if action.field.get("mode") == "REQUIRED":
        raise _wrong(f"Cannot add required column {name} to an existing table")
    if action.field.get("defaultValueExpression"):
        raise _wrong(f"{NO_DEFAULT_AT_ONCE} (column: {name})")
    session.add_column(table.storage, action.field)
    return _with_fields(session, table, [*table.fields, action.field])


def _drop(session: Session, table: Table, action: DropColumn) -> Table:
    place = _wanted_place(table, action)
    if place is None:
        return table
    fields = table.fields
    session.execute(f"ALTER TABLE {table.storage} DROP COLUMN {identifier(fields.pop(place)['name'])}")
    return _with_fields(session, table, fields)


def _rename_column(session: Session, table: Table, action: RenameColumn) -> Table:
    place = _wanted_place(table, action)
    if place is None:
        return table
    fields = table.fields
    old, new = identifier(fields[place]["name"]), identifier(action.new)
    session.execute(f"ALTER TABLE {table.storage} RENAME COLUMN {old} TO {new}")
    fields[place] = {**fields[place], "name": action.new}
    return _with_fields(session, table, fields)


def _rename(session: Session, table: Table, action: RenameTable) -> Table:
    id = TableId(table.id.project, table.id.dataset, action.table)
    if session.catalog.table(id) is not None:
        raise ApiError("duplicate", f"Already Exists: Table {id}", location="query")
    moved = session.create_storage(table.fields)
    session.execute(f"INSERT INTO {moved} SELECT * FROM {table.storage}")
    session.remove_table(table.id)
    return replace(table, id=id, storage=moved, version=session.next_version())


def _drop_not_null(session: Session, table: Table, name: str) -> Table:
    place = _require_place(table, name)
    fields = table.fields
    if fields[place].get("mode") == "REQUIRED":
        column = identifier(fields[place]["name"])
        session.execute(f"ALTER TABLE {table.storage} ALTER COLUMN {column} DROP NOT NULL")
    fields[place] = {**fields[place], "mode": "NULLABLE"}
    return _with_fields(session, table, fields)


def _set_default(session: Session, table: Table, action: SetDefault) -> Table:
    place = _wanted_place(table, action)
    if place is None:
        return table
    fields = table.fields
    fields[place] = _merged(fields[place], {"defaultValueExpression": action.expression or None})
    session.set_default(table.storage, fields[place])
    return _with_fields(session, table, fields)


def _set_type(session: Session, table: Table, action: SetDataType) -> Table:
    place = _require_place(table, action.field["name"])
    fields = table.fields
    before = fields[place]
    old, new = type_of_rest(before), type_of_rest(action.field)
    if old != new and (new.is_struct or new.is_array):
        raise refused("ALTER COLUMN SET DATA TYPE of what is within a STRUCT or an ARRAY")
    if not _is_assignable(before, action.field):
        raise _wrong(
            f"ALTER TABLE ALTER COLUMN SET DATA TYPE requires that the existing column type"
            f" ({parameterized(before)}) is assignable to the new type ({parameterized(action.field)})"
        )
    if old != new:
        column = identifier(before["name"])
        session.execute(f"ALTER TABLE {table.storage} ALTER COLUMN {column} SET DATA TYPE {new.duckdb}")
    kept = {key: value for key, value in before.items() if key not in LIMITS}
    given = {key: value for key, value in action.field.items() if key in ("type", *LIMITS)}
    fields[place] = {**kept, **given}
    return _with_fields(session, table, fields)


def _is_assignable(before: dict[str, Any], after: dict[str, Any]) -> bool:
    old, new = type_of_rest(before), type_of_rest(after)
    return (
        is_within(before, after)
        if old == new
        else new.kind in _WIDER.get(old.kind, ()) and is_within({}, after)
    )


def _set_options(session: Session, table: Table, action: SetOptions) -> Table:
    if not action.column:
        changed = table_options(session, action.options, table.resource)
        return replace(table, resource=_merged(table.resource, changed))
    place = _require_place(table, action.column)
    fields = table.fields
    fields[place] = _merged(fields[place], column_options(session, action.options, fields[place]))
    return replace(table, resource={**table.resource, "schema": {"fields": fields}})


def _merged(before: dict[str, Any], changed: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in {**before, **changed}.items() if value is not None}


def _with_fields(session: Session, table: Table, fields: list[dict[str, Any]]) -> Table:
    resource = {**table.resource, "schema": {"fields": fields}}
    return replace(table, resource=resource, version=session.next_version())


def _place(table: Table, name: str) -> int | None:
    names = [field["name"].lower() for field in table.fields]
    return names.index(name.lower()) if name.lower() in names else None


def _wanted_place(table: Table, action: DropColumn | RenameColumn | SetDefault) -> int | None:
    """Where the column is; None where there is none and the statement says IF EXISTS. Raises ApiError."""
    place = _place(table, action.name)
    if place is None and not action.if_exists:
        raise _not_found(action.name)
    return place


def _require_place(table: Table, name: str) -> int:
    place = _place(table, name)
    if place is None:
        raise _not_found(name)
    return place


def _not_found(name: str) -> ApiError:
    return _wrong(f"Column not found: {name}")


def _wrong(message: str) -> ApiError:
    return ApiError("invalidQuery", message, location="query")
