"""Resolved statements of every kind, as `Statement`s."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from local.bigquery.catalog import TableId
from local.bigquery.googlesql.analyzer import Path
from local.bigquery.googlesql.types import GoogleType
from local.bigquery.translate import dml, merging
from local.bigquery.translate.definitions import Definitions, FindId
from local.bigquery.translate.limits import refused
from local.bigquery.translate.named import Named
from local.bigquery.translate.scans import Scans
from local.bigquery.translate.statement import Statement
from local.bigquery.wire import delivered

FindNamed = Callable[[Path], Named]


def statement(
    resolved: Any,
    scans: Scans,
    *,
    named: FindNamed,
    reads: dict[TableId, None],
    find_id: FindId,
) -> Statement:
    """The statement that `resolved` is. Raises ApiError for a kind that can't be done here."""
    which = resolved.WhichOneof("node")
    node = getattr(resolved, which)
    match which:
        case "resolved_query_stmt_node":
            columns, sql, for_python = query(node.query, node.output_column_list, scans)
            return Statement(
                "SELECT",
                columns=columns,
                sql=sql,
                delivered=for_python,
                reads=tuple(reads),
                evaluated=scans.expressions.evaluated,
            )
        case (
            "resolved_create_statement_node"
            | "resolved_drop_stmt_node"
            | "resolved_drop_materialized_view_stmt_node"
            | "resolved_alter_object_stmt_node"
            | "resolved_alter_table_set_options_stmt_node"
        ):
            return _definition(which, node, scans, reads=reads, find_id=find_id)
        case _:
            return _change(which, node, scans, named=named, reads=reads)


def _definition(
    which: str, node: Any, scans: Scans, *, reads: dict[TableId, None], find_id: FindId
) -> Statement:
    definitions = Definitions(scans, find_id)
    filled = None
    if which == "resolved_create_statement_node":
        kind, definition, filled = definitions.create(node)
    elif which == "resolved_drop_stmt_node":
        kind, definition = definitions.drop(node)
    elif which == "resolved_drop_materialized_view_stmt_node":
        kind, definition = definitions.drop_materialized_view(node)
    elif which == "resolved_alter_table_set_options_stmt_node":
        kind, definition = definitions.set_options(node)
    else:
        kind, definition = definitions.alter(node)
    columns, sql = ((), "") if filled is None else query(filled.query, filled.output_column_list, scans)[:2]
    return Statement(
        kind,
        columns=columns,
        sql=sql,
        reads=tuple(reads) if filled is not None else (),
        target=getattr(definition, "id", None),
        definition=definition,
        evaluated=scans.expressions.evaluated,
    )


def _change(
    which: str, node: Any, scans: Scans, *, named: FindNamed, reads: dict[TableId, None]
) -> Statement:
    if which not in _CHANGES:
        construct = which.removeprefix("resolved_").removesuffix("_stmt_node").replace("_", " ").upper()
        raise refused(f"the statement {construct}")
    kind, translate = _CHANGES[which]
    target = dml.Target(node.table_scan, named)
    change = translate(node, scans, target)
    return Statement(
        kind,
        change=change,
        # What is changed is read as well.
        reads=tuple(reads | {target.table.id: None})
        if kind not in ("INSERT", "TRUNCATE_TABLE")
        else tuple(reads),
        target=target.table.id,
        evaluated=scans.expressions.evaluated,
    )


_CHANGES = {
    "resolved_insert_stmt_node": ("INSERT", dml.insert),
    "resolved_update_stmt_node": ("UPDATE", dml.update),
    "resolved_delete_stmt_node": ("DELETE", dml.delete),
    "resolved_merge_stmt_node": ("MERGE", merging.merge),
    "resolved_truncate_stmt_node": ("TRUNCATE_TABLE", dml.truncate),
}


def query(scan: Any, output: Any, scans: Scans) -> tuple[tuple[tuple[str, GoogleType], ...], str, str]:
    """The columns of a query and its DuckDB SQL, whose columns are o0, o1, …; also with values as Python reads them."""
    relation = scans.relation(scan)
    if relation.order and not relation.plain:
        relation = scans.names.plain(relation)
    columns = _named_columns(output, scans)
    order = f" ORDER BY {relation.ordering()}" if relation.order else ""

    def select(values: Iterable[str]) -> str:
        items = ", ".join(f"{value} AS o{place}" for place, value in enumerate(values))
        return scans.named.before(f"SELECT {items}{relation.clauses()}{order}")

    values = [relation.columns[one.column.column_id] for one in output]
    forms = [delivered(value, kind) for value, (_name, kind) in zip(values, columns, strict=True)]
    return tuple(columns), select(values), select(forms)


def _named_columns(output: Any, scans: Scans) -> list[tuple[str, GoogleType]]:
    """Names as BigQuery gives them: what has none is f0_, f1_, …, counting those without a name."""
    columns, unnamed = [], 0
    for one in output:
        name = one.name
        if name.startswith("$"):
            name = f"f{unnamed}_"
            unnamed += 1
        columns.append((name, scans.expressions.read_type(one.column.type)))
    return columns
