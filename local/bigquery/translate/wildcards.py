"""Wildcard tables: `events_*` reads all tables whose names begin so, and says which in `_TABLE_SUFFIX`.

https://cloud.google.com/bigquery/docs/querying-wildcard-tables: the newest table's schema is that of all.
"""

from __future__ import annotations

from collections.abc import Mapping

from local.bigquery.catalog import Catalog, Table, TableId
from local.bigquery.googlesql.analyzer import NamedTable
from local.bigquery.googlesql.types import STRING
from local.bigquery.problem import ApiError
from local.bigquery.translate.literals import identifier, quoted

SUFFIX = "_table_suffix"


def matching_tables(catalog: Catalog, id: TableId) -> list[Table]:
    """The tables of a wildcard, oldest first. Raises ApiError where there is none."""
    prefix = id.table.removesuffix("*")
    found = [
        one
        for one in catalog.tables_of(id.project, id.dataset)
        if one.id.table.startswith(prefix) and not one.is_view
    ]
    if not found:
        message = f"Not found: Table {id}: no table matches the wildcard"
        raise ApiError("notFound", message, location="query")
    return sorted(found, key=lambda one: (int(one.resource.get("creationTime") or 0), one.id.table))


def declared(tables: list[Table]) -> NamedTable:
    """What the analyzer is told of them."""
    return NamedTable(tuple(tables[-1].columns), pseudo=(("_TABLE_SUFFIX", STRING),))


def source(id: TableId, tables: list[Table]) -> tuple[str, Mapping[str, str]]:
    """The rows of all, and their columns by name."""
    prefix = id.table.removesuffix("*")
    columns = tables[-1].columns
    parts = []
    for table in tables:
        own = {name.lower() for name, _kind in table.columns}
        items = [
            f"{identifier(name)}"
            if name.lower() in own
            else f"CAST(NULL AS {kind.duckdb}) AS {identifier(name)}"
            for name, kind in columns
        ]
        suffix = quoted(table.id.table.removeprefix(prefix))
        parts.append(f"SELECT {', '.join(items)}, {suffix} AS {SUFFIX} FROM {table.storage}")
    known = {name.lower(): identifier(name) for name, _kind in columns}
    return f"({' UNION ALL '.join(parts)})", {**known, SUFFIX: SUFFIX}
