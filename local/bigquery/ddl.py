"""Carrying out definitions: CREATE, ALTER and DROP of schemas, tables and views."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, assert_never

from local.bigquery.alterations import alter
from local.bigquery.catalog import VIEW_DATASET, Catalog, Dataset, Table, TableId
from local.bigquery.column_limits import stored_rows
from local.bigquery.ddl_options import dataset_options, table_options
from local.bigquery.problem import ApiError
from local.bigquery.session import Session
from local.bigquery.translate.definition import (
    AlterSchema,
    AlterTable,
    CreateSchema,
    CreateTable,
    CreateView,
    Definition,
    DropSchema,
    DropTable,
    Mode,
)
from local.bigquery.translate.limits import refused
from local.bigquery.translate.literals import identifier
from local.bigquery.translate.statement import Statement

# What BigQuery calls what is dropped.
_TITLES = {"TABLE": "Table", "VIEW": "View", "MATERIALIZED VIEW": "Materialized view"}


def define(
    session: Session, statement: Statement, *, bind: Mapping[str, Any], default_dataset: str | None = None
) -> str:
    """Carry out the statement's definition; `ddlOperationPerformed`: CREATE, REPLACE, SKIP, ALTER or DROP.

    `bind` are the values of its parameters. Raises ApiError.
    """
    definition = statement.definition
    if definition is None:
        raise AssertionError(f"{statement.kind} defines nothing")
    return _define(session, statement, definition, bind=bind, default_dataset=default_dataset)


def _define(
    session: Session,
    statement: Statement,
    definition: Definition,
    *,
    bind: Mapping[str, Any],
    default_dataset: str | None,
) -> str:
    match definition:
        case CreateTable():
            return _create_table(session, definition, statement, bind=bind)
        case CreateView():
            return _create_view(session, definition, default_dataset)
        case DropTable():
            return _drop_table(session, definition)
        case AlterTable():
            return alter(session, definition)
        case CreateSchema():
            return _create_schema(session, definition)
        case DropSchema():
            return _drop_schema(session, definition)
        case AlterSchema():
            return _alter_schema(session, definition)
        case _:
            assert_never(definition)


def _create_table(
    session: Session, definition: CreateTable, statement: Statement, *, bind: Mapping[str, Any]
) -> str:
    _require_dataset(session.catalog, definition.id)
    before = session.catalog.table(definition.id)
    skipped = _skips(before, definition.mode, definition.id)
    if skipped:
        return skipped
    resource = dict(definition.resource)
    if definition.copied is not None:
        source = _require_table(session.catalog, definition.copied)
        kept = ("schema", "timePartitioning", "rangePartitioning", "clustering")
        resource = {key: source.resource[key] for key in kept if key in source.resource} | {
            key: value for key, value in resource.items() if key != "schema"
        }
    fields = resource["schema"]["fields"]
    storage = session.create_storage(fields)
    if definition.is_filled:
        _fill(session, definition, statement, storage=storage, bind=bind)
    resource |= table_options(session, definition.options, resource)
    session.put_table(Table(definition.id, _stamped(resource, "TABLE"), storage, session.next_version()))
    return "REPLACE" if before is not None else "CREATE"


def _fill(
    session: Session, definition: CreateTable, statement: Statement, *, storage: str, bind: Mapping[str, Any]
) -> None:
    if definition.copied is not None:
        source = _require_table(session.catalog, definition.copied)
        session.execute(f"INSERT INTO {storage} SELECT * FROM {source.storage}")
        return
    fields = definition.resource["schema"]["fields"]
    names = ", ".join(identifier(field["name"]) for field in fields)
    rows = stored_rows(fields, statement.sql)
    session.execute(f"INSERT INTO {storage} ({names}) {rows}", dict(bind) or None)


def _create_view(session: Session, definition: CreateView, default_dataset: str | None) -> str:
    _require_dataset(session.catalog, definition.id)
    before = session.catalog.table(definition.id)
    skipped = _skips(before, definition.mode, definition.id)
    if skipped:
        return skipped
    view = {"query": definition.query, "useLegacySql": False}
    if default_dataset:
        view[VIEW_DATASET] = default_dataset
    resource: dict[str, Any] = {"schema": {"fields": definition.fields}, "view": view}
    resource |= table_options(session, definition.options, resource)
    kind = "MATERIALIZED_VIEW" if definition.is_materialized else "VIEW"
    table = Table(definition.id, _stamped(resource, kind), "", session.next_version(), view=definition.query)
    session.put_table(table)
    return "REPLACE" if before is not None else "CREATE"


def _drop_table(session: Session, definition: DropTable) -> str:
    table = session.catalog.table(definition.id)
    if table is None:
        if definition.if_exists:
            return "SKIP"
        _require_dataset(session.catalog, definition.id)
        raise ApiError(
            "notFound",
            f"Not found: {_TITLES.get(definition.object, 'Table')} {definition.id}",
            location="query",
        )
    kind = str(table.resource.get("type") or ("VIEW" if table.is_view else "TABLE")).replace("_", " ")
    if kind != definition.object:
        message = f"{definition.id} is not of type {definition.object}; it is of type {kind}: use DROP {kind}"
        raise ApiError("invalidQuery", message, location="query")
    session.remove_table(definition.id)
    return "DROP"


def _create_schema(session: Session, definition: CreateSchema) -> str:
    if session.catalog.dataset(definition.project, definition.dataset) is not None:
        if definition.mode == "IF_NOT_EXISTS":
            return "SKIP"
        message = f"Already Exists: Dataset {definition.project}:{definition.dataset}"
        raise ApiError("duplicate", message, location="query")
    resource = {"location": "US", **dataset_options(session, definition.options, {})}
    session.put_dataset(Dataset(definition.project, definition.dataset, _times(resource)))
    return "CREATE"


def _alter_schema(session: Session, definition: AlterSchema) -> str:
    dataset = session.catalog.dataset(definition.project, definition.dataset)
    if dataset is None:
        if definition.if_exists:
            return "SKIP"
        raise _no_dataset(definition.project, definition.dataset)
    resource = {**dataset.resource, **dataset_options(session, definition.options, dataset.resource)}
    session.put_dataset(replace(dataset, resource=resource))
    return "ALTER"


def _drop_schema(session: Session, definition: DropSchema) -> str:
    project, dataset = definition.project, definition.dataset
    if session.catalog.dataset(project, dataset) is None:
        if definition.if_exists:
            return "SKIP"
        raise _no_dataset(project, dataset)
    if not definition.cascade and any(session.catalog.tables_of(project, dataset)):
        raise ApiError("resourceInUse", f"Dataset {project}:{dataset} is still in use", location="query")
    session.remove_dataset(project, dataset)
    return "DROP"


def _skips(before: Table | None, mode: Mode, id: TableId) -> str:
    """SKIP where there is nothing to do, "" where there is. Raises ApiError `duplicate`."""
    if before is None or mode == "REPLACE":
        return ""
    if mode == "IF_NOT_EXISTS":
        return "SKIP"
    raise ApiError("duplicate", f"Already Exists: Table {id}", location="query")


def _require_dataset(catalog: Catalog, id: TableId) -> None:
    if catalog.dataset(id.project, id.dataset) is None:
        raise _no_dataset(id.project, id.dataset)


def _require_table(catalog: Catalog, id: TableId) -> Table:
    table = catalog.table(id)
    if table is None or table.is_view:
        raise (
            refused("a copy of a view")
            if table
            else ApiError("notFound", f"Not found: Table {id}", location="query")
        )
    return table


def _no_dataset(project: str, dataset: str) -> ApiError:
    message = f"Not found: Dataset {project}:{dataset} was not found in location US"
    return ApiError("notFound", message, location="query")


def _stamped(resource: dict[str, Any], kind: str) -> dict[str, Any]:
    return _times({**resource, "type": kind})


def _times(resource: dict[str, Any]) -> dict[str, Any]:
    now = str(time.time_ns() // 1_000_000)
    return {**resource, "creationTime": now, "lastModifiedTime": now}
