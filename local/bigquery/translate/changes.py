"""Resolved statements of every kind, as `Statement`s."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.bigquery.catalog import TableId
from local.bigquery.googlesql.analyzer import Path
from local.bigquery.googlesql.types import GoogleType
from local.bigquery.translate.limits import refused
from local.bigquery.translate.named import Named
from local.bigquery.translate.scans import Scans
from local.bigquery.translate.statement import Statement


def statement(
    resolved: Any, scans: Scans, *, named: Mapping[Path, Named], reads: dict[TableId, None]
) -> Statement:
    """The statement that `resolved` is. Raises ApiError for a kind that can't be done here."""
    which = resolved.WhichOneof("node")
    node = getattr(resolved, which)
    match which:
        case "resolved_query_stmt_node":
            columns, sql = query(node.query, node.output_column_list, scans)
            return Statement(
                "SELECT",
                columns=columns,
                sql=sql,
                reads=tuple(reads),
                resolved=resolved,
                evaluated=scans.expressions.evaluated,
            )
        case _:
            raise refused(f"statements of the kind {which}")


def query(
    scan: Any, output: Any, scans: Scans
) -> tuple[tuple[tuple[str, GoogleType], ...], str]:
    """The columns of a query and its DuckDB SQL, whose columns are o0, o1, …."""
    relation = scans.relation(scan)
    if relation.order and not relation.plain:
        relation = scans.names.plain(relation)
    items = ", ".join(
        f"{relation.columns[one.column.column_id]} AS o{place}" for place, one in enumerate(output)
    )
    order = f" ORDER BY {relation.ordering()}" if relation.order else ""
    sql = f"SELECT {items}{relation.clauses()}{order}"  # noqa: S608 - built of analyzed parts
    return tuple(_named_columns(output, scans)), scans.with_named(sql)


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
