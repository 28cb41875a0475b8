"""Tables: creating, showing, changing and deleting them."""

from __future__ import annotations

import hashlib
import json
import re
import time
from dataclasses import replace
from typing import Any

from local.bigquery.catalog import Catalog, Dataset, Table, TableId
from local.bigquery.locks import Lock
from local.bigquery.problem import ApiError
from local.bigquery.schema import added_columns, require_creatable
from local.bigquery.session import Session
from local.bigquery.statistics import count_rows, row_bytes

# What a caller may say of a table, and is kept as it was said.
_KEPT = (
    "schema",
    "timePartitioning",
    "rangePartitioning",
    "clustering",
    "labels",
    "description",
    "friendlyName",
    "expirationTime",
    "requirePartitionFilter",
    "tableConstraints",
    "defaultCollation",
    "encryptionConfiguration",
    "resourceTags",
)
_DEFAULT = "defaultValueExpression"
_LISTED = ("creationTime", "expirationTime", "labels", "timePartitioning", "rangePartitioning", "clustering")
_NAME = re.compile(r"[\w\- ]{1,1024}")


def require_dataset(catalog: Catalog, project: str, dataset: str) -> Dataset:
    """The dataset. Raises ApiError `notFound`."""
    found = catalog.dataset(project, dataset)
    if found is None:
        raise ApiError("notFound", f"Not found: Dataset {project}:{dataset}")
    return found


def require_table(catalog: Catalog, id: TableId) -> Table:
    """The table or view. Raises ApiError `notFound`, naming the dataset if that is what is missing."""
    require_dataset(catalog, id.project, id.dataset)
    table = catalog.table(id)
    if table is None:
        raise ApiError("notFound", f"Not found: Table {id}")
    return table


def create_table(session: Session, id: TableId, body: dict[str, Any]) -> Table:
    """Create a table from a `Table` resource. Raises ApiError."""
    session.lock(id, Lock.DROP)
    require_absent(session.catalog, id)
    fields = require_creatable((body.get("schema") or {}).get("fields") or [])
    resource = new_resource(session.catalog, id, body, fields=fields)
    table = Table(id, resource, session.create_storage(fields), session.next_version())
    session.put_table(table)
    return table


def require_absent(catalog: Catalog, id: TableId) -> None:
    """Raises ApiError if there is no such dataset, or no room for a table of that name."""
    require_dataset(catalog, id.project, id.dataset)
    if not _NAME.fullmatch(id.table):
        raise ApiError("invalid", f'Invalid table ID "{id.table}".')
    if catalog.table(id) is not None:
        raise ApiError("duplicate", f"Already Exists: Table {id}")


def new_resource(
    catalog: Catalog, id: TableId, body: dict[str, Any], *, fields: list[dict[str, Any]]
) -> dict[str, Any]:
    """What is kept of a table that is created now."""
    kept = with_int64_texts({name: body[name] for name in _KEPT if body.get(name) is not None})
    resource = _with_filter_apart({**kept, "schema": {"fields": fields}})
    dataset = require_dataset(catalog, id.project, id.dataset)
    lifetime = dataset.resource.get("defaultTableExpirationMs")
    if lifetime and "expirationTime" not in resource:
        resource["expirationTime"] = str(int(now_ms()) + int(lifetime))
    return {**resource, "creationTime": now_ms(), "lastModifiedTime": now_ms()}


def change_table(session: Session, table: Table, body: dict[str, Any]) -> Table:
    """Merge a partial `Table` resource into the table, and add the columns it names. Raises ApiError."""
    fields = (body.get("schema") or {}).get("fields") or []
    if fields and not table.is_view:
        table = change_columns(session, table, fields)
    session.lock(table.id, Lock.DESCRIBE)
    resource = merged(
        table.resource, {name: body[name] for name in _KEPT if name in body and name != "schema"}
    )
    changed = replace(table, resource={**_with_filter_apart(resource), "lastModifiedTime": now_ms()})
    session.put_table(changed)
    return changed


def change_columns(session: Session, table: Table, fields: list[dict[str, Any]]) -> Table:
    """Have the table's columns be `fields`: more than before, or fewer of them REQUIRED. Raises ApiError."""
    added = added_columns(table, fields)
    proposed = {column["name"].lower(): column for column in require_creatable(fields)}
    kept = [{**column, **proposed[column["name"].lower()], "name": column["name"]} for column in table.fields]
    if kept + added == table.fields:
        return table
    session.lock(table.id, Lock.ALTER)
    for before, after in zip(table.fields, kept, strict=True):
        if before.get("mode") == "REQUIRED" and after["mode"] != "REQUIRED":
            session.execute(f'ALTER TABLE {table.storage} ALTER COLUMN "{before["name"]}" DROP NOT NULL')
        if before.get(_DEFAULT) != after.get(_DEFAULT):
            session.set_default(table.storage, after)
    for column in added:
        session.add_column(table.storage, column)
    resource = {**table.resource, "schema": {"fields": kept + added}, "lastModifiedTime": now_ms()}
    changed = replace(table, resource=resource, version=session.next_version())
    session.put_table(changed)
    return changed


def table_resource(session: Session, table: Table) -> dict[str, Any]:
    """The `Table` resource, with the row count of this moment."""
    dataset = session.catalog.dataset(table.id.project, table.id.dataset)
    shown = {**_heading(table), **table.resource, "location": dataset.location if dataset else "US"}
    if table.is_view:
        shown["view"] = {"query": table.view, "useLegacySql": False}
    else:
        (rows,) = count_rows(session, [table])
        size = str(rows * row_bytes(table))
        shown |= {"numRows": str(rows), "numBytes": size, "numLongTermBytes": "0"}
        shown |= {"numActiveLogicalBytes": size, "numTotalLogicalBytes": size}
    return {**shown, "etag": etag(table.resource)}


def list_item(table: Table) -> dict[str, Any]:
    """The table as `tables.list` shows it."""
    item = {**_heading(table), **{name: table.resource[name] for name in _LISTED if name in table.resource}}
    del item["selfLink"]
    return {**item, "view": {"useLegacySql": False}} if table.is_view else item


def merged(resource: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """`resource` with `changes`; None takes a member away, labels are merged one by one."""
    changes = with_int64_texts(changes)
    if changes.get("labels") is not None:
        labels = {**(resource.get("labels") or {}), **changes["labels"]}
        changes = {**changes, "labels": {key: value for key, value in labels.items() if value is not None}}
    return {name: value for name, value in {**resource, **changes}.items() if value not in (None, {})}


def with_int64_texts(told: Any) -> Any:
    """What a caller says of a resource, with texts for whole numbers: all are int64, which the API shows as texts."""
    match told:
        case dict():
            return {name: with_int64_texts(one) for name, one in told.items()}
        case list():
            return [with_int64_texts(one) for one in told]
        case int() if not isinstance(told, bool):
            return str(told)
        case _:
            return told


def etag(resource: dict[str, Any]) -> str:
    """Differs when the resource does."""
    return hashlib.sha256(json.dumps(resource, sort_keys=True).encode()).hexdigest()[:24]


def require_etag(resource: dict[str, Any], asked: str | None) -> None:
    """Raises ApiError if the caller's If-Match names another version of the resource."""
    if asked not in (None, "", "*", etag(resource)):
        raise ApiError("conditionNotMet", "Precondition Failed")


def now_ms() -> str:
    """The time as resources have it."""
    return str(time.time_ns() // 1_000_000)


def _heading(table: Table) -> dict[str, Any]:
    project, dataset, name = table.id
    return {
        "kind": "bigquery#table",
        "id": str(table.id),
        "selfLink": "",
        "tableReference": {"projectId": project, "datasetId": dataset, "tableId": name},
        "type": "VIEW" if table.is_view else "TABLE",
    }


def _with_filter_apart(resource: dict[str, Any]) -> dict[str, Any]:
    """`requirePartitionFilter` may also be said within `timePartitioning`; it is shown in both places."""
    partitioning = resource.get("timePartitioning")
    if not partitioning:
        return resource
    required = resource.get("requirePartitionFilter", partitioning.get("requirePartitionFilter"))
    partitioning = {"type": "DAY", **partitioning}
    if required is None:
        return {**resource, "timePartitioning": partitioning}
    told = {**partitioning, "requirePartitionFilter": bool(required)}
    return {**resource, "timePartitioning": told, "requirePartitionFilter": bool(required)}
