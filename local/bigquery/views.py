"""Views: kept as the GoogleSQL they were written in, and expanded wherever a query names them."""

from __future__ import annotations

from typing import Any

from bqemulator.api.dependencies import AppContext
from bqemulator.api.routes.tables import _parse_schema_fields, _rest_to_table_meta
from bqemulator.catalog.models import TableMeta, TableSchema
from bqemulator.storage.sql_identifiers import quoted_table_ref

from local.bigquery.problem import ApiError
from local.bigquery.queries import execute_statement
from local.bigquery.tables import change_table, require_dataset


async def create_view(storage: AppContext, *, project: str, dataset: str, body: dict[str, Any]) -> TableMeta:
    """Create a view from a `Table` resource, having run it once to learn its columns.

    Upstream 1.4.0 makes an empty table beside it and shows no columns.
    """
    require_dataset(storage, project=project, dataset=dataset)
    table = str(body.get("tableReference", {}).get("tableId", ""))
    if storage.catalog.get_table(project, dataset, table) is not None:
        raise ApiError("duplicate", f"Already Exists: Table {project}:{dataset}.{table}")
    schema = await _columns(storage, project=project, body=body)
    meta = _rest_to_table_meta(project, dataset, {**body, "type": "VIEW"}, storage.clock)
    _hold_name(storage, meta)
    return storage.catalog.create_table(meta.model_copy(update={"schema_": schema}))


async def change_view(storage: AppContext, meta: TableMeta, *, body: dict[str, Any]) -> TableMeta:
    """Merge a partial `Table` resource into a view; if its SQL changes, so do its columns."""
    if "view" not in body:
        return change_table(storage, meta, body=body)
    schema = await _columns(storage, project=meta.project_id, body=body)
    without_schema = {key: value for key, value in body.items() if key != "schema"}
    changed = change_table(storage, meta, body=without_schema)
    _hold_name(storage, meta)
    return storage.catalog.update_table(changed.model_copy(update={"schema_": schema}))


def _hold_name(storage: AppContext, meta: TableMeta) -> None:
    """Have DuckDB know the name, so that DROP VIEW and CREATE VIEW find it. It is never read."""
    reference = quoted_table_ref(meta.project_id, meta.dataset_id, meta.table_id)
    storage.engine.execute(f"CREATE OR REPLACE VIEW {reference} AS SELECT NULL AS placeholder")


async def _columns(storage: AppContext, *, project: str, body: dict[str, Any]) -> TableSchema:
    view = body["view"]
    if view.get("useLegacySql", True):
        raise ApiError("invalid", "Legacy SQL views are not offered here; set view.useLegacySql to false")
    sql = str(view.get("query", "")).strip().rstrip(";")
    probe = f"SELECT * FROM (\n{sql}\n) LIMIT 0"  # noqa: S608 - names are validated and quoted
    _rows, fields, _statistics = await execute_statement(storage, probe, project=project, parameters=None)
    return TableSchema(fields=_parse_schema_fields(fields))
