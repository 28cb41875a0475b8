"""The columns and partitions that a query reads of partitioned tables, which are what BigQuery bills.

DuckDB's plan tells them. It has the columns that a query needs, and brings a condition to the table where BigQuery
does: if it is of constants and parameters alone, and through GROUP BY and windows only where they have its column.
https://cloud.google.com/bigquery/docs/querying-partitioned-tables
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from local.bigquery.catalog import Table
from local.bigquery.session import Session
from local.bigquery.translate.literals import identifier

_LITERAL = re.compile(r"'(?:[^']|'')*'(?:::(?:DATE|TIMESTAMP WITH TIME ZONE|TIMESTAMP))?")
_WORD = re.compile(r"\w+")
_OPTIONAL = "optional: "
# Of a comparison with literals, in which no function and no other column has a part.
_WORDS_OF_BOUNDS = {"AND", "OR", "IN", "IS", "NOT", "NULL"}


@dataclass(frozen=True)
class Query:
    """A DuckDB query and the values of its parameters."""

    sql: str
    parameters: dict[str, Any] | None


@dataclass(frozen=True)
class Scan:
    """One reading of a stored table: with `columns` are those that its conditions name; empty `bounds` are all rows."""

    storage: str
    columns: frozenset[str]
    bounds: str


def partition_column(table: Table) -> str:
    """The column by whose times the table is partitioned; "" where it is not, or by other values."""
    return str((table.resource.get("timePartitioning") or {}).get("field") or "")


def scans_of(session: Session, query: Query, tables: list[Table]) -> list[Scan]:
    """What the query reads of these tables. One that it needs no rows of has no scan."""
    row = session.execute(f"EXPLAIN (FORMAT json) {query.sql}", query.parameters).fetchone()
    nodes = [node for root in json.loads(row[1] if row else "[]") for node in _nodes(root)]
    return [
        _scan(table, node)
        for table in tables
        for node in nodes
        if str(node.get("Table", "")).replace('"', "").endswith(f".{table.storage}")
    ]


def count_scanned(session: Session, table: Table, scans: list[Scan]) -> int:
    """The rows of all partitions that any of the scans may find rows in."""
    unit = str(table.resource["timePartitioning"].get("type") or "DAY").lower()
    partition = f"date_trunc('{unit}', {identifier(partition_column(table))})"
    bounds = " OR ".join(f"({one.bounds})" for one in scans if one.bounds) or "TRUE"
    condition = f"{partition} IN (SELECT {partition} FROM {table.storage} WHERE {bounds})"
    if any(not one.bounds for one in scans):
        condition = "TRUE"
    row = session.execute(f"SELECT count(*) FROM {table.storage} WHERE {condition}").fetchone()
    return int(row[0]) if row else 0


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What is said of each scan."""
    yield node.get("extra_info") or {}
    for child in node.get("children") or []:
        yield from _nodes(child)


def _scan(table: Table, node: dict[str, Any]) -> Scan:
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
