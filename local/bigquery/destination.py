"""Writing rows into a job's destination table, as `createDisposition` and `writeDisposition` say."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from local.bigquery.catalog import Table, TableId
from local.bigquery.column_limits import stored_rows
from local.bigquery.locks import Lock
from local.bigquery.problem import ApiError
from local.bigquery.schema import require_creatable
from local.bigquery.session import Session
from local.bigquery.tables import change_columns, create_table, now_ms, require_dataset
from local.bigquery.translate.literals import identifier

_TRUNCATES = ("WRITE_TRUNCATE", "WRITE_TRUNCATE_DATA")
_LAYOUT = ("timePartitioning", "rangePartitioning", "clustering")
# How a decorator names a partition, and what it would be told as.
_FORMS = {"HOUR": "%Y%m%d%H", "DAY": "%Y%m%d", "MONTH": "%Y%m", "YEAR": "%Y"}
_SPELLED = {"HOUR": "an hour is $YYYYMMDDHH", "DAY": "a day is $YYYYMMDD"}
_SPELLED |= {"MONTH": "a month is $YYYYMM", "YEAR": "a year is $YYYY"}


@dataclass(frozen=True)
class Destination:
    """A table, or with a decorator (`table$20251101`) one partition of it, and how it may be written."""

    id: TableId
    decorator: str
    create: str
    write: str

    @property
    def replaces_table(self) -> bool:
        """Whether nothing of the table's rows and columns stays."""
        return self.write == "WRITE_TRUNCATE" and not self.decorator


def parse_destination(configuration: dict[str, Any], *, project: str, default_write: str) -> Destination:
    """The destination of a load, query or copy configuration. Raises ApiError `invalid`."""
    given = configuration.get("destinationTable") or {}
    dataset, table = given.get("datasetId", ""), given.get("tableId", "")
    if not dataset or not table:
        raise ApiError("invalid", "Required parameter is missing: destinationTable")
    name, _, decorator = table.partition("$")
    return Destination(
        id=TableId(given.get("projectId") or project, dataset, name),
        decorator=decorator,
        create=configuration.get("createDisposition") or "CREATE_IF_NEEDED",
        write=configuration.get("writeDisposition") or default_write,
    )


def require_table(
    session: Session, destination: Destination, *, fields: list[dict[str, Any]], layout: dict[str, Any]
) -> Table:
    """The destination, made ready for rows of `fields`. Raises ApiError.

    It is created if it is missing and may be; what `schemaUpdateOptions` allow is done to its columns, and a
    replacement has the new ones. With no `fields` the table is taken as it is.
    """
    id = destination.id
    require_dataset(session.catalog, id.project, id.dataset)
    table = session.catalog.table(id)
    if table is None:
        if destination.create == "CREATE_NEVER":
            raise ApiError("notFound", f"Not found: Table {id}")
        kept = {name: layout[name] for name in _LAYOUT if layout.get(name)}
        return create_table(session, id, {"schema": {"fields": fields}, **kept})
    if table.is_view:
        raise ApiError("invalid", f"{id} is not allowed for this operation because it is currently a VIEW.")
    if destination.replaces_table and fields and _shape(fields) != _shape(table.fields):
        return _with_columns(session, table, fields)
    session.lock(id, Lock.CHANGE if destination.write != "WRITE_APPEND" else Lock.APPEND)
    allowed = layout.get("schemaUpdateOptions") or []
    if fields and allowed:
        return change_columns(session, table, _updated(table, fields, allowed))
    return table


def require_matching(table: Table, fields: list[dict[str, Any]]) -> None:
    """Raises ApiError unless the table has all of `fields`, in their types."""
    known = {column["name"].lower(): column for column in table.fields}
    for column in fields:
        prefix = f"Provided Schema does not match Table {table.id}."
        found = known.get(str(column.get("name", "")).lower())
        if found is None:
            raise ApiError("invalid", f"{prefix} Cannot add fields (field: {column.get('name')})")
        (given,) = require_creatable([column])
        if _shape([given]) != _shape([found]):
            message = (
                f"{prefix} Field {found['name']} has changed type from {found['type']} to {given['type']}"
            )
            raise ApiError("invalid", message)


def clear_for_writing(session: Session, destination: Destination, table: Table) -> None:
    """Carry out the write disposition before the first row is written."""
    where = _partition_filter(destination, table)
    if destination.write in _TRUNCATES:
        session.execute(f"DELETE FROM {table.storage}{where and f' WHERE {where}'}")
    if destination.write == "WRITE_EMPTY":
        sql = f"SELECT 1 FROM {table.storage}{where and f' WHERE {where}'} LIMIT 1"
        if session.execute(sql).fetchone() is not None:
            raise ApiError("duplicate", f"Already Exists: Table {destination.id}")


def insert_select(
    session: Session,
    destination: Destination,
    table: Table,
    *,
    columns: Sequence[str],
    source: str,
    parameters: object = None,
) -> int:
    """Append the rows of a DuckDB query, whose columns are in the order of `columns`; the number of rows written."""
    names = ", ".join(map(identifier, columns))
    fields = {field["name"].lower(): field for field in table.fields}
    source = stored_rows([fields[column.lower()] for column in columns], source)
    sql = f"INSERT INTO {table.storage} ({names}) {source}"
    where = _partition_filter(destination, table)
    if not where:
        row = session.execute(sql, parameters).fetchone()
        return int(row[0]) if row else 0
    cursor = session.execute(f"{sql} RETURNING ({where}) IS TRUE", parameters)
    written = 0
    while rows := cursor.fetchmany(10_000):
        if not all(row[0] for row in rows):
            message = "Some rows belong to different partitions rather than destination partition"
            raise ApiError("invalid", f"{message} {destination.id}${destination.decorator}")
        written += len(rows)
    return written


def _with_columns(session: Session, table: Table, fields: list[dict[str, Any]]) -> Table:
    """The table without rows and with other columns; all else stays."""
    session.lock(table.id, Lock.DROP)
    fields = require_creatable(fields)
    resource = {**table.resource, "schema": {"fields": fields}, "lastModifiedTime": now_ms()}
    storage, version = session.create_storage(fields), session.next_version()
    changed = replace(table, resource=resource, storage=storage, version=version)
    session.put_table(changed)
    return changed


def _updated(table: Table, fields: list[dict[str, Any]], allowed: Sequence[str]) -> list[dict[str, Any]]:
    """The table's columns as they may be after this job, which may leave columns out."""
    proposed = {column["name"].lower(): column for column in fields}
    relaxes, adds = "ALLOW_FIELD_RELAXATION" in allowed, "ALLOW_FIELD_ADDITION" in allowed
    updated = []
    for column in table.fields:
        meant = proposed.pop(column["name"].lower(), column)
        is_relaxed = relaxes and (meant.get("mode") or "NULLABLE").upper() == "NULLABLE"
        is_required = column.get("mode") == "REQUIRED" and not is_relaxed
        updated.append({**column, "mode": "REQUIRED"} if is_required else _not_required(column))
    return updated + (list(proposed.values()) if adds else [])


def _not_required(column: dict[str, Any]) -> dict[str, Any]:
    return {**column, "mode": "NULLABLE"} if column.get("mode") == "REQUIRED" else column


def _shape(fields: Sequence[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Names and types."""
    shown = require_creatable(list(fields))
    return [
        (
            column["name"].lower(),
            column["type"],
            column["mode"] == "REPEATED",
            tuple(_shape(column.get("fields") or ())),
        )
        for column in shown
    ]


def _partition_filter(destination: Destination, table: Table) -> str:
    """The condition on a row that it lies in the partition; "" without a decorator."""
    if not destination.decorator:
        return ""
    partitioning = table.resource.get("timePartitioning") or {}
    field, unit = partitioning.get("field"), str(partitioning.get("type") or "DAY")
    if not field:
        message = (
            f"A partition decorator needs a table partitioned by time on a column: {destination.id}"
            " (the local stand-in has no partitions by ingestion time or by range)"
        )
        raise ApiError("invalid", message)
    try:
        start = datetime.datetime.strptime(destination.decorator, _FORMS[unit])  # noqa: DTZ007 - UTC
    except ValueError as error:
        message = f"Invalid partition decorator: ${destination.decorator}; {_SPELLED[unit]}"
        raise ApiError("invalid", message) from error
    return f"date_trunc('{unit.lower()}', {identifier(field)}) = '{start:%Y-%m-%d %H:%M:%S}'"
