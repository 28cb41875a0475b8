"""Tables and views: creating, showing, changing and deleting them."""

from __future__ import annotations

import datetime
from typing import Any

from bqemulator.api.dependencies import AppContext
from bqemulator.api.routes.tables import _field_to_rest, _rest_to_table_meta, _table_to_rest
from bqemulator.catalog.models import TableMeta
from bqemulator.storage.sql_identifiers import quoted_table_ref
from bqemulator.storage.type_map import bq_schema_to_duckdb_columns

from local.bigquery.problem import ApiError
from local.bigquery.schema import added_columns, require_creatable
from local.bigquery.statistics import count_rows, row_bytes

_ROWLESS = {"VIEW", "MATERIALIZED_VIEW"}


def require_dataset(storage: AppContext, *, project: str, dataset: str) -> None:
    """Raises ApiError `notFound`."""
    if storage.catalog.get_dataset(project, dataset) is None:
        raise ApiError("notFound", f"Not found: Dataset {project}:{dataset}")


def require_table_meta(storage: AppContext, *, project: str, dataset: str, table: str) -> TableMeta:
    """The table. Raises ApiError `notFound`, naming the dataset if that is what is missing."""
    require_dataset(storage, project=project, dataset=dataset)
    meta = storage.catalog.get_table(project, dataset, table)
    if meta is None:
        raise ApiError("notFound", f"Not found: Table {project}:{dataset}.{table}")
    return meta


def create_table(storage: AppContext, *, project: str, dataset: str, body: dict[str, Any]) -> TableMeta:
    """Create a table from a `Table` resource. Raises ApiError."""
    require_dataset(storage, project=project, dataset=dataset)
    table = str(body.get("tableReference", {}).get("tableId", ""))
    if storage.catalog.get_table(project, dataset, table) is not None:
        raise ApiError("duplicate", f"Already Exists: Table {project}:{dataset}.{table}")
    require_creatable(body.get("schema", {}).get("fields", []))
    meta = _with_expiration(_rest_to_table_meta(project, dataset, body, storage.clock), body)
    definitions = _definitions(meta) or "__placeholder INTEGER"
    storage.engine.execute(f"CREATE TABLE {quoted_table_ref(project, dataset, table)} ({definitions})")
    return storage.catalog.create_table(meta)


def change_table(storage: AppContext, meta: TableMeta, *, body: dict[str, Any]) -> TableMeta:
    """Merge a partial `Table` resource into the table, and add the columns it names. Raises ApiError.

    Upstream 1.4.0 changes only what it shows of the columns, not the columns.
    """
    fields = (body.get("schema") or {}).get("fields") or []
    if fields and meta.table_type not in _ROWLESS:
        reference = quoted_table_ref(meta.project_id, meta.dataset_id, meta.table_id)
        for name, kind in bq_schema_to_duckdb_columns(added_columns(meta, fields)):
            storage.engine.execute(f'ALTER TABLE {reference} ADD COLUMN "{name}" {kind}')
        _relax(storage, meta, fields)
    merged = {**_table_to_rest(meta), **{key: value for key, value in body.items() if value is not None}}
    if "labels" in body:
        merged["labels"] = _merged_labels(meta.labels, body["labels"])
    merged["tableReference"] = {"tableId": meta.table_id}
    changed = _rest_to_table_meta(meta.project_id, meta.dataset_id, merged, storage.clock, meta)
    cleared = {name: None for key, name in _CLEARABLE.items() if key in body and body[key] is None}
    return storage.catalog.update_table(_with_expiration(changed.model_copy(update=cleared), body, meta))


def delete_table(storage: AppContext, meta: TableMeta) -> None:
    """Delete a table or view with its rows."""
    reference = quoted_table_ref(meta.project_id, meta.dataset_id, meta.table_id)
    kind = _stored_kind(storage, meta)
    if kind is not None:
        storage.engine.execute(f"DROP {kind} {reference}")
    storage.catalog.delete_table(meta.project_id, meta.dataset_id, meta.table_id)


def table_resource(storage: AppContext, meta: TableMeta) -> dict[str, Any]:
    """The `Table` resource, with the row count of this moment.

    Upstream 1.4.0 counts only what it streamed and loaded, and leaves out views' SQL and expiration times.
    """
    rows = count_rows(storage, meta) if _stored_kind(storage, meta) == "TABLE" else 0
    size = str(rows * row_bytes(meta))
    body: dict[str, Any] = _table_to_rest(meta)
    body |= {
        name: size for name in body if name in ("numBytes", "numActiveLogicalBytes", "numTotalLogicalBytes")
    }
    body |= {"numRows": str(rows), "location": _location(storage, meta), "selfLink": ""}
    if meta.expiration_time is not None:
        body["expirationTime"] = str(int(meta.expiration_time.timestamp() * 1000))
    if meta.time_partitioning is not None and meta.time_partitioning.require_partition_filter:
        body["requirePartitionFilter"] = True
    if meta.table_type in _ROWLESS:
        body["view"] = {"query": meta.view_query, "useLegacySql": False}
    return body


def list_item(meta: TableMeta) -> dict[str, Any]:
    """The table as `tables.list` shows it."""
    shown = (
        "kind",
        "id",
        "tableReference",
        "type",
        "creationTime",
        "labels",
        "timePartitioning",
        "clustering",
    )
    resource = _table_to_rest(meta)
    item = {name: resource[name] for name in shown if name in resource}
    if meta.table_type == "VIEW":
        item["view"] = {"useLegacySql": False}
    return item


def _definitions(meta: TableMeta) -> str:
    """DuckDB's columns. Upstream 1.4.0 lets a REQUIRED column be null."""
    columns = bq_schema_to_duckdb_columns([_field_to_rest(column) for column in meta.schema_.fields])
    required = {column.name for column in meta.schema_.fields if column.mode == "REQUIRED"}
    return ", ".join(f'"{name}" {kind}{" NOT NULL" * (name in required)}' for name, kind in columns)


def _relax(storage: AppContext, meta: TableMeta, fields: list[dict[str, Any]]) -> None:
    """Let columns be null that were REQUIRED and no longer are."""
    reference = quoted_table_ref(meta.project_id, meta.dataset_id, meta.table_id)
    required = {column["name"].lower() for column in fields if column.get("mode") == "REQUIRED"}
    for column in meta.schema_.fields:
        if column.mode == "REQUIRED" and column.name.lower() not in required:
            storage.engine.execute(f'ALTER TABLE {reference} ALTER COLUMN "{column.name}" DROP NOT NULL')


_CLEARABLE = {
    "description": "description",
    "friendlyName": "friendly_name",
    "timePartitioning": "time_partitioning",
    "clustering": "clustering",
}


def _with_expiration(meta: TableMeta, body: dict[str, Any], existing: TableMeta | None = None) -> TableMeta:
    """Upstream's parser drops `expirationTime`, and a filter requirement outside of `timePartitioning`."""
    expires_at = existing.expiration_time if existing else None
    if "expirationTime" in body:
        raw = body["expirationTime"]
        expires_at = raw and datetime.datetime.fromtimestamp(int(raw) / 1000, tz=datetime.UTC)
    updates: dict[str, Any] = {"expiration_time": expires_at}
    if meta.time_partitioning is not None and "requirePartitionFilter" in body:
        required = {"require_partition_filter": bool(body["requirePartitionFilter"])}
        updates["time_partitioning"] = meta.time_partitioning.model_copy(update=required)
    return meta.model_copy(update=updates)


def _merged_labels(existing: dict[str, str], changes: dict[str, str | None] | None) -> dict[str, str]:
    merged = {**existing, **changes} if changes else {}
    return {key: value for key, value in merged.items() if value is not None}


def _stored_kind(storage: AppContext, meta: TableMeta) -> str | None:
    """What DuckDB has under the name: TABLE, VIEW or nothing."""
    row = storage.engine.execute(
        "SELECT table_type FROM information_schema.tables WHERE table_schema = ? AND table_name = ?",
        [f"{meta.project_id}__{meta.dataset_id}", meta.table_id],
    ).fetchone()
    return None if row is None else "VIEW" if row[0] == "VIEW" else "TABLE"


def _location(storage: AppContext, meta: TableMeta) -> str:
    dataset = storage.catalog.get_dataset(meta.project_id, meta.dataset_id)
    return dataset.location if dataset else "US"
