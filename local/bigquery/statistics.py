"""The figures of a query job, in BigQuery's words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from local.bigquery.catalog import Table, TableId
from local.bigquery.googlesql.types import GoogleType
from local.bigquery.problem import ApiError
from local.bigquery.scans import Plan, Scan, count_scanned, partition_column, scans_of
from local.bigquery.session import Session
from local.bigquery.threads import ROWS_OF_A_THREAD

MINIMUM_BILLED = 10 * 1024 * 1024
_MIB = 1024 * 1024
# BigQuery's documented sizes; strings are charged by content there and by a typical length here.
_BYTES_BY_TYPE = {"INT64": 8, "FLOAT64": 8, "BOOL": 1, "NUMERIC": 16, "DATE": 8}
_BYTES_OF_OTHERS = 24


class Cost:
    """What BigQuery would bill for reading some tables: all of them, until `narrow` was told what a query needs.

    `sql` is the query where it is carried out next: how much it read decides on the threads that it gets then.
    """

    def __init__(self, session: Session, reads: Sequence[TableId], *, sql: str = "") -> None:
        found = (session.catalog.table(id) for id in reads)
        self._tables = [table for table in found if table is not None and not table.is_view]
        self._sql = sql
        self._rows_by_table: dict[TableId, int] = {}
        self._row_bytes_by_table = {table.id: row_bytes(table) for table in self._tables}
        if session.threads.was_little(sql) and all(map(partition_column, self._tables)):
            return
        counts = count_rows(session, self._tables)
        if any(count > ROWS_OF_A_THREAD for count in counts) and not session.threads.was_little(sql):
            session.take_all_threads()
        self._rows_by_table = dict(zip((table.id for table in self._tables), counts, strict=True))

    @property
    def has_partitions(self) -> bool:
        """Whether `narrow` makes a difference."""
        return any(map(partition_column, self._tables))

    def narrow(self, session: Session, plan: Plan) -> None:
        """Count of the partitioned tables what the query of the plan needs."""
        partitioned = [table for table in self._tables if partition_column(table)]
        scans = scans_of(plan, partitioned)
        for table in partitioned:
            own = [scan for scan in scans if scan.storage == table.storage]
            size = _scanned_row_bytes(table, own)
            self._row_bytes_by_table[table.id] = size
            self._rows_by_table[table.id] = self._count_scanned(session, table, own) if size else 0
        is_little = all(rows <= ROWS_OF_A_THREAD for rows in self._rows_by_table.values())
        if self._sql:
            session.threads.note_little(self._sql, is_little=is_little)

    def _count_scanned(self, session: Session, table: Table, scans: list[Scan]) -> int:
        """The rows of the partitions that the scans read."""
        if all(scan.bounds for scan in scans):
            return count_scanned(session, table, scans)
        known = self._rows_by_table.get(table.id)
        return count_rows(session, [table])[0] if known is None else known

    @property
    def processed_bytes(self) -> int:
        """What is read."""
        return sum(rows * self._row_bytes_by_table[id] for id, rows in self._rows_by_table.items())

    @property
    def billed_bytes(self) -> int:
        """What on-demand pricing bills: whole MiB, at least 10 MiB for every table."""
        whole = -(-self.processed_bytes // _MIB) * _MIB
        return max(whole, MINIMUM_BILLED * len(self._tables))

    def require_within(self, maximum_bytes_billed: str | int | None) -> None:
        """Raises ApiError if BigQuery would refuse the limit, or the query because of it."""
        if maximum_bytes_billed is None:
            return
        limit = int(maximum_bytes_billed)
        if limit < MINIMUM_BILLED:
            message = f"Value for maximum_bytes_billed is {limit}; 10485760 or higher required."
            raise ApiError("invalid", message)
        if self.billed_bytes > limit:
            message = (
                f"Query exceeded limit for bytes billed: {limit}. {self.billed_bytes} or higher required."
            )
            raise ApiError("bytesBilledLimitExceeded", message)

    def statistics(self, statement_type: str) -> dict[str, Any]:
        """`Job.statistics` without its times, and without what the statement changed."""
        query = {
            "statementType": statement_type,
            "totalBytesProcessed": str(self.processed_bytes),
            "totalBytesBilled": str(self.billed_bytes),
            "cacheHit": False,
            "referencedTables": [reference(table.id) for table in self._tables],
        }
        return {"totalBytesProcessed": str(self.processed_bytes), "query": query}


def reference(id: TableId) -> dict[str, str]:
    """The table's `TableReference`."""
    return {"projectId": id.project, "datasetId": id.dataset, "tableId": id.table}


def count_rows(session: Session, tables: Sequence[Table]) -> list[int]:
    """Rows of the tables, from DuckDB's own figures, without a scan; 0 for a view."""
    return [_count(session, table) if table.storage else 0 for table in tables]


def _count(session: Session, table: Table) -> int:
    row = session.begin_with(f"SELECT count(*) FROM {table.storage}").fetchone()
    return int(row[0]) if row else 0


def row_bytes(table: Table) -> int:
    """A typical size of one row."""
    return sum(_column_bytes(kind) for _name, kind in table.columns)


def _scanned_row_bytes(table: Table, scans: Sequence[Scan]) -> int:
    names = frozenset().union(*(scan.columns for scan in scans))
    return sum(_column_bytes(kind) for name, kind in table.columns if name in names)


def _column_bytes(kind: GoogleType) -> int:
    return _BYTES_BY_TYPE.get(kind.kind, _BYTES_OF_OTHERS)
