"""The catalog's record of a table that DDL has made or changed.

BigQuery's JSON columns are JSON in the catalog, and a column that ALTER TABLE adds is there at once. Upstream 1.4.0
records STRING for the first and nothing for the second.
"""

from __future__ import annotations

from typing import Any

import sqlglot
from bqemulator.catalog import ddl_sync
from bqemulator.storage.sql_identifiers import quoted_table_ref
from sqlglot import exp
from sqlglot.errors import SqlglotError

_introspect = ddl_sync._introspect_schema


def introspect_schema(project: str, dataset: str, *table_and_context: Any) -> Any:
    """The schema of a table as DuckDB has it, JSON columns included. Called by upstream with four arguments."""
    table, context = table_and_context
    schema = _introspect(project, dataset, table, context)
    columns = context.engine.execute(f"DESCRIBE {quoted_table_ref(project, dataset, table)}").fetchall()
    json_names = {name for name, kind, *_ in columns if kind in {"JSON", "JSON[]"}}
    fields = [f.model_copy(update={"type": "JSON"}) if f.name in json_names else f for f in schema.fields]
    return schema.model_copy(update={"fields": tuple(fields)})


def record_alteration(bq_sql: str, *, project: str, context: Any) -> None:
    """Bring the catalog up to date after a statement, if it was an ALTER TABLE."""
    if bq_sql.lstrip()[:5].upper() != "ALTER":
        return
    try:
        tree = sqlglot.parse_one(bq_sql, read="bigquery")
    except SqlglotError:
        return
    if not isinstance(tree, exp.Alter) or not isinstance(tree.this, exp.Table):
        return
    target = (tree.this.catalog or project, tree.this.db, tree.this.name)
    recorded = context.catalog.get_table(*target)
    if recorded is not None:
        schema = _merged(recorded.schema_, introspect_schema(*target, context))
        context.catalog.update_table(recorded.model_copy(update={"schema_": schema}))


def _merged(recorded: Any, found: Any) -> Any:
    """The columns that are there now; those that were recorded keep their modes and descriptions."""
    known = {field.name: field for field in recorded.fields}
    return found.model_copy(update={"fields": tuple(known.get(field.name, field) for field in found.fields)})
