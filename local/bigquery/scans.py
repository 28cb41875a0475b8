"""The columns and partitions that a query reads of partitioned tables, which are what BigQuery bills.

DuckDB's plan tells them. It has the columns that a query needs, and brings a condition to the table where BigQuery
does: if it is of constants and parameters alone, and through GROUP BY and windows only where they have its column.
https://cloud.google.com/bigquery/docs/querying-partitioned-tables
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from local.bigquery.catalog import Table
from local.bigquery.session import Session
from local.bigquery.translate.literals import identifier

Plan = dict[str, Any]
"""A node of what DuckDB says of a plan, or of a query that it carried out, with those below it."""
_LITERAL = re.compile(r"'(?:[^']|'')*'(?:::(?:DATE|TIMESTAMP WITH TIME ZONE|TIMESTAMP))?")
_WORD = re.compile(r"\w+")
_OPTIONAL = "optional: "
# Of a comparison with literals, in which no function and no other column has a part.
_WORDS_OF_BOUNDS = {"AND", "OR", "IN", "IS", "NOT", "NULL"}


@dataclass(frozen=True)
class Scan:
    """One reading of a stored table: with `columns` are those that its conditions name; empty `bounds` are all rows."""

    storage: str
    columns: frozenset[str]
    bounds: str


def partition_column(table: Table) -> str:
    """The column by whose times the table is partitioned; "" where it is not, or by other values."""
    return str((table.resource.get("timePartitioning") or {}).get("field") or "")


def explained(session: Session, sql: str, parameters: dict[str, Any] | None) -> Plan:
    """DuckDB's plan of a query, which is not carried out."""
    row = session.execute(f"EXPLAIN (FORMAT json) {sql}", parameters).fetchone()
    plan: Plan = json.loads(row[1])[0] if row else {}
    return plan


def scans_of(plan: Plan, tables: Sequence[Table]) -> list[Scan]:
    """What the query of the plan reads of these tables. One that it needs no rows of has no scan."""
    nodes = list(_nodes(plan))
    return [
        _scan(table, node)
        for table in tables
        for node in nodes
        if str(node.get("Table", "")).replace('"', "").endswith(f".{table.storage}")
    ]


def count_scanned(session: Session, table: Table, scans: list[Scan]) -> int:
    """The rows of all partitions that any of the scans, none of which reads all rows, may find rows in."""
    row = session.execute(
        f"SELECT count(*) FROM {table.storage} WHERE {_partitions(table, scans)}"
    ).fetchone()
    return int(row[0]) if row else 0


def _partitions(table: Table, scans: list[Scan]) -> str:
    """The condition on a row that any of the scans may find rows in its partition."""
    bounds = " OR ".join(f"({one.bounds})" for one in scans)
    column = partition_column(table)
    unit = str(table.resource["timePartitioning"].get("type") or "DAY").lower()
    if unit == "day" and any(name == column and kind.kind == "DATE" for name, kind in table.columns):
        # All rows of a partition have one date.
        return bounds
    partition = f"date_trunc('{unit}', {identifier(column)})"
    return f"{partition} IN (SELECT {partition} FROM {table.storage} WHERE {bounds})"


def _nodes(node: Plan) -> Iterator[dict[str, Any]]:
    """What is said of each scan."""
    yield node.get("extra_info") or {}
    for child in node.get("children") or []:
        yield from _nodes(child)


def _scan(table: Table, node: Plan) -> Scan:
    filters = [one.removeprefix(_OPTIONAL) for one in _listed(node.get("Filters"))]
    named = {*_listed(node.get("Projections")), *(word for one in filters for word in _words(one))}
    columns = frozenset(name for name, _kind in table.columns if name in named or identifier(name) in named)
    column = partition_column(table)
    bounds = " AND ".join(f"({one})" for one in filters if _words(one) - _WORDS_OF_BOUNDS == {column})
    return Scan(table.storage, columns, bounds)


def _listed(said: Any) -> list[str]:
    # One is said as it is, several as a list.
    return [str(one) for one in said] if isinstance(said, list) else [str(said)] if said else []


def _words(text: str) -> set[str]:
    return set(_WORD.findall(_LITERAL.sub("", text)))
