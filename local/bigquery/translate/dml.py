"""INSERT, UPDATE, DELETE, MERGE and TRUNCATE, as DuckDB's statements on the table's storage."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from local.bigquery.catalog import Table
from local.bigquery.googlesql.analyzer import Path
from local.bigquery.problem import ApiError
from local.bigquery.translate.expressions import Columns
from local.bigquery.translate.literals import identifier
from local.bigquery.translate.named import Named
from local.bigquery.translate.relation import Relation, name
from local.bigquery.translate.scans import Scans
from local.bigquery.translate.statement import Change, Step
from local.bigquery.translate.updates import assignments

_AMBIGUOUS = "UPDATE/MERGE must match at most one source row for each target row"
_SOURCE = "merge_source"
_MATCHED, _BY_SOURCE, _BY_TARGET = range(3)
_INSERT, _UPDATE, _DELETE = range(3)
_MATCH_WORDS = ("MATCHED", "NOT MATCHED BY SOURCE", "NOT MATCHED BY TARGET")


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


def insert(node: Any, scans: Scans, target: Target) -> Change:
    """INSERT … VALUES or SELECT."""
    columns = [identifier(_column_name(target.table, one.name)) for one in node.insert_column_list]
    if node.row_list:
        rows = ", ".join(f"({', '.join(_values(row, scans, {}))})" for row in node.row_list)
        source = f"VALUES {rows}"
    else:
        relation = scans.relation(node.query)
        ids = [one.column_id for one in node.query_output_column_list]
        source = scans.named.before(relation.select(ids, ordered=True))
    sql = f"INSERT INTO {target.table.storage} ({', '.join(columns)}) {source}"
    return Change((Step(sql, "INSERT"),))


def delete(node: Any, scans: Scans, target: Target) -> Change:
    """DELETE … WHERE."""
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
    condition = scans.expressions.sql(node.where_expr, seen)
    changed = assignments(node.update_item_list, target.column_by_id, seen, scans)
    settings = ", ".join(f"{column} = {value}" for column, value in changed.items())
    if source:
        check = (
            f"SELECT 1 FROM {storage} AS {target.alias},{source.removeprefix(' FROM')} WHERE {condition} "
            f"GROUP BY {target.alias}.rowid HAVING count(*) > 1 LIMIT 1"
        )
    sql = f"UPDATE {storage} SET {settings}{source} WHERE {condition}"
    return Change(
        (Step(scans.named.before(sql), "UPDATE"),),
        check=scans.named.before(check) if check else "",
        refusal=_AMBIGUOUS,
    )


def merge(node: Any, scans: Scans, target: Target) -> Change:
    """MERGE. Its source is read once, before anything is changed."""
    relation = scans.names.plain(scans.relation(node.from_scan))
    before = f"CREATE OR REPLACE TEMP TABLE {_SOURCE} AS {scans.named.before(relation.select())}"
    source = Relation(_SOURCE, {id: f"{_SOURCE}.{name(id)}" for id in relation.columns})
    after = f"DROP TABLE {_SOURCE}"
    seen = {**target.columns, **source.columns}
    condition = scans.expressions.sql(node.merge_expr, seen)
    if condition == "FALSE":
        steps = _unmatched(node, scans, target, seen)
        if steps is not None:
            return Change(steps, before=(before,), after=(after,))
    clauses = " ".join(_clause(one, scans, target, seen) for one in node.when_clause_list)
    sql = f"MERGE INTO {target.table.storage} USING {_SOURCE} ON {condition} {clauses} RETURNING merge_action"
    matched = [one for one in node.when_clause_list if one.match_type == _MATCHED]
    check = _ambiguity(matched, condition, scans, target, seen) if matched else ""
    return Change((Step(sql, ""),), before=(before,), check=check, refusal=_AMBIGUOUS, after=(after,))


def _unmatched(node: Any, scans: Scans, target: Target, seen: Columns) -> tuple[Step, ...] | None:
    """The steps of a MERGE that matches nothing: one DELETE, one INSERT. None where it has others."""
    removed, added = [], []
    for one in node.when_clause_list:
        if one.match_type == _BY_SOURCE and one.action_type == _DELETE:
            removed.append(one)
        elif one.match_type == _BY_TARGET and one.action_type == _INSERT:
            added.append(one)
        else:
            return None
    if len(removed) > 1 or len(added) > 1:
        return None
    steps = []
    storage = target.table.storage
    for one in removed:
        where = f" WHERE {scans.expressions.sql(one.match_expr, seen)}" if one.HasField("match_expr") else ""
        steps.append(Step(f"DELETE FROM {storage}{where}", "DELETE"))
    for one in added:
        where = f" WHERE {scans.expressions.sql(one.match_expr, seen)}" if one.HasField("match_expr") else ""
        columns, values = _inserted(one, scans, target, seen)
        sql = f"INSERT INTO {storage} ({columns}) SELECT {values} FROM {_SOURCE}{where}"
        steps.append(Step(sql, "INSERT"))
    return tuple(steps)


def _clause(one: Any, scans: Scans, target: Target, seen: Columns) -> str:
    condition = f" AND {scans.expressions.sql(one.match_expr, seen)}" if one.HasField("match_expr") else ""
    head = f"WHEN {_MATCH_WORDS[one.match_type]}{condition} THEN"
    if one.action_type == _DELETE:
        return f"{head} DELETE"
    if one.action_type == _INSERT:
        columns, values = _inserted(one, scans, target, seen)
        return f"{head} INSERT ({columns}) VALUES ({values})"
    changed = assignments(one.update_item_list, target.column_by_id, seen, scans)
    return f"{head} UPDATE SET {', '.join(f'{column} = {value}' for column, value in changed.items())}"


def _inserted(one: Any, scans: Scans, target: Target, seen: Columns) -> tuple[str, str]:
    names = [identifier(_column_name(target.table, column.name)) for column in one.insert_column_list]
    values = [scans.expressions.sql(value.value, seen) for value in one.insert_row.value_list]
    return ", ".join(names), ", ".join(values)


def _ambiguity(matched: list[Any], condition: str, scans: Scans, target: Target, seen: Columns) -> str:
    conditions = [
        scans.expressions.sql(one.match_expr, seen) if one.HasField("match_expr") else "TRUE"
        for one in matched
    ]
    return (
        f"SELECT 1 FROM {target.table.storage} AS {target.alias} JOIN {_SOURCE} ON {condition} "
        f"WHERE ({' OR '.join(conditions)}) GROUP BY {target.alias}.rowid HAVING count(*) > 1 LIMIT 1"
    )


def _values(row: Any, scans: Scans, seen: Columns) -> list[str]:
    return [scans.expressions.sql(one.value, seen) for one in row.value_list]


def _column_name(table: Table, column: str) -> str:
    return next(one for one, _kind in table.columns if one.lower() == column.lower())
