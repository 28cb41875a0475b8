"""Which partitioned tables a statement reads without a condition on the column that they are partitioned by.

https://cloud.google.com/bigquery/docs/querying-partitioned-tables#require_a_partition_filter_in_queries
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from local.bigquery.catalog import Catalog, Table
from local.bigquery.problem import ApiError
from local.bigquery.translate.conditions import conjuncts
from local.bigquery.translate.statement import Unfiltered


class PartitionFilters:
    """Collects the tables of one statement that are scanned, and takes those away that a condition narrows."""

    def __init__(self) -> None:
        self._column_by_id: dict[int, Unfiltered] = {}
        self._without_column: list[Unfiltered] = []
        self._meant_by: dict[int, set[int]] = {}

    @property
    def unfiltered(self) -> tuple[Unfiltered, ...]:
        """Those that are left."""
        return (*self._column_by_id.values(), *self._without_column)

    def scan(self, table: Table | None, columns: Any) -> None:
        """A table is read; `columns` are those that the statement uses."""
        column = _partition_column(table)
        if table is None or not column:
            return
        ids = [one.column_id for one in columns if one.name.lower() == column.lower()]
        if ids:
            self._column_by_id[ids[0]] = (table.id, column)
        else:
            self._without_column.append((table.id, column))

    def rename(self, new: Iterable[int], old: Iterable[int]) -> None:
        """The columns of a named query or of a union are those of other queries."""
        for one, meant in zip(new, old, strict=True):
            self._meant_by.setdefault(one, set()).add(meant)

    def narrow(self, condition: Any) -> None:
        """Only rows for which the resolved expression holds matter."""
        if not self._column_by_id:
            return
        for part in conjuncts(condition):
            columns = set(_columns(part))
            if len(columns) == 1:
                self._narrow_by(columns.pop())

    def _narrow_by(self, column: int) -> None:
        self._column_by_id.pop(column, None)
        for meant in self._meant_by.get(column, ()):
            self._narrow_by(meant)


def require_partition_filters(catalog: Catalog, unfiltered: tuple[Unfiltered, ...]) -> None:
    """Raises ApiError if one of the tables wants a condition on its column."""
    for id, column in unfiltered:
        table = catalog.table(id)
        if table is not None and table.resource.get("requirePartitionFilter"):
            message = (
                f"Cannot query over table '{id.dataset}.{id.table}' without a filter over column(s) '{column}'"
                " that can be used for partition elimination"
            )
            raise ApiError("invalidQuery", message, location="query")


def _partition_column(table: Table | None) -> str:
    if table is None or table.is_view:
        return ""
    layout = table.resource.get("timePartitioning") or table.resource.get("rangePartitioning") or {}
    return str(layout.get("field") or "")


def _columns(message: Any) -> Iterator[int]:
    """The columns that an expression names."""
    if message.DESCRIPTOR.name == "ResolvedColumnRefProto":
        yield message.column.column_id
        return
    for field, value in message.ListFields():
        if field.message_type is not None:
            for one in (value,) if hasattr(value, "ListFields") else value:
                yield from _columns(one)
