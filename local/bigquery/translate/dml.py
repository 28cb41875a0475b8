"""INSERT, UPDATE, DELETE and TRUNCATE, as DuckDB's statements on the table's storage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from local.bigquery.catalog import Table
from local.bigquery.column_limits import stored, stored_rows
from local.bigquery.googlesql.analyzer import Path
from local.bigquery.problem import ApiError
from local.bigquery.translate.expressions import DEFAULT, Columns
from local.bigquery.translate.literals import identifier
from local.bigquery.translate.named import Named
from local.bigquery.translate.scans import Scans
from local.bigquery.translate.statement import Change, Step
from local.bigquery.translate.updates import assignments

# What BigQuery says where a row would be changed twice.
AMBIGUOUS = "UPDATE/MERGE must match at most one source row for each target row"


class Target:
    """The table that a statement changes, and what its columns are called there."""

    def __init__(self, scan: Any, named: Callable[[Path], Named]) -> None:
        found = named(tuple(scan.table.full_name.split("\x00"))).table
        if found is None or found.is_view:
            raise ApiError("invalidQuery", "A view can't be changed by DML", location="query")
        self.table: Table = found
        self.alias = found.storage.rpartition(".")[2]
        known = {one.lower(): identifier(one) for one, _kind in found.columns}
        self.column_by_id = {one.column_id: known[one.name.lower()] for one in scan.parent.column_list}
        self.columns: Columns = {id: f"{self.alias}.{column}" for id, column in self.column_by_id.items()}
        self._fields = {identifier(one["name"]): one for one in found.fields}

    def stored(self, column: str, value: str) -> str:
        """A new value of a column, by its quoted name, as the table stores it."""
        return value if value == DEFAULT else stored(self._fields[column], value)

    def stored_rows(self, columns: Sequence[str], source: str) -> str:
        """Rows whose columns are in the order of `columns`, as the table stores them."""
        return stored_rows([self._fields[column] for column in columns], source)


def insert(node: Any, scans: Scans, target: Target) -> Change:
    """INSERT … VALUES or SELECT."""
    columns = [identifier(column_name(target.table, one.name)) for one in node.insert_column_list]
    if node.row_list:
        rows = (zip(columns, _values(row, scans, {}), strict=True) for row in node.row_list)
        source = f"VALUES {', '.join(f'({_stored(target, row)})' for row in rows)}"
    else:
        relation = scans.relation(node.query)
        ids = [one.column_id for one in node.query_output_column_list]
        source = target.stored_rows(columns, scans.named.before(relation.select(ids, ordered=True)))
    sql = f"INSERT INTO {target.table.storage} ({', '.join(columns)}) {source}"
    return Change((Step(sql, "INSERT"),))


def delete(node: Any, scans: Scans, target: Target) -> Change:
    """DELETE … WHERE."""
    _filter(node, scans, target)
    condition = scans.expressions.sql(node.where_expr, target.columns)
    sql = f"DELETE FROM {target.table.storage} WHERE {condition}"
    return Change((Step(scans.named.before(sql), "DELETE"),))


def truncate(node: Any, scans: Scans, target: Target) -> Change:
    """TRUNCATE TABLE."""
    condition = (
        scans.expressions.sql(node.where_expr, target.columns) if node.HasField("where_expr") else "TRUE"
    )
    return Change((Step(f"DELETE FROM {target.table.storage} WHERE {condition}", "DELETE"),))


def update(node: Any, scans: Scans, target: Target) -> Change:
    """UPDATE … SET … [FROM …] WHERE."""
    storage = target.table.storage
    seen, source, check = dict(target.columns), "", ""
    if node.HasField("from_scan"):
        relation = scans.names.item(scans.relation(node.from_scan))
        seen |= relation.columns
        source = f" FROM {relation.source}"
    _filter(node, scans, target)
    condition = scans.expressions.sql(node.where_expr, seen)
    changed = assignments(node.update_item_list, scans, column_by_id=target.column_by_id, seen=seen)
    settings = ", ".join(f"{column} = {target.stored(column, value)}" for column, value in changed.items())
    if source:
        check = (
            f"SELECT 1 FROM {storage} AS {target.alias},{source.removeprefix(' FROM')} WHERE {condition} "
            f"GROUP BY {target.alias}.rowid HAVING count(*) > 1 LIMIT 1"
        )
    sql = f"UPDATE {storage} SET {settings}{source} WHERE {condition}"
    return Change(
        (Step(scans.named.before(sql), "UPDATE"),),
        check=scans.named.before(check) if check else "",
        refusal=AMBIGUOUS,
    )


def _values(row: Any, scans: Scans, seen: Columns) -> list[str]:
    return [scans.expressions.sql(one.value, seen) for one in row.value_list]


def _filter(node: Any, scans: Scans, target: Target) -> None:
    scans.filters.scan(target.table, node.table_scan.parent.column_list)
    scans.filters.narrow(node.where_expr)


def _stored(target: Target, row: Iterable[tuple[str, str]]) -> str:
    return ", ".join(target.stored(column, value) for column, value in row)


def column_name(table: Table, column: str) -> str:
    """The column's name as the table has it."""
    return next(one for one, _kind in table.columns if one.lower() == column.lower())
