"""The figures of a query job, in BigQuery's words."""

from __future__ import annotations

from typing import Any

import sqlglot
from bqemulator.api.dependencies import AppContext
from bqemulator.catalog.models import TableMeta
from bqemulator.storage.sql_identifiers import quoted_table_ref
from sqlglot import exp

from local.bigquery.problem import ApiError

MINIMUM_BILLED = 10 * 1024 * 1024
_MIB = 1024 * 1024
# BigQuery's documented sizes; strings are charged by content there and by a typical length here.
_BYTES_BY_TYPE = {
    "INTEGER": 8,
    "INT64": 8,
    "FLOAT": 8,
    "FLOAT64": 8,
    "BOOLEAN": 1,
    "BOOL": 1,
    "NUMERIC": 16,
    "DATE": 8,
}
_BYTES_OF_OTHERS = 24
_DML = {"INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE_TABLE"}


class QueryFigures:
    """Measures one statement: call `before`, run it, then ask for its statistics."""

    def __init__(self, storage: AppContext, *, project: str, sql: str) -> None:
        self._storage = storage
        self.tree = _parse(sql)
        # A statement that only defines reads nothing, and is not billed.
        reads = not isinstance(self.tree, exp.Drop) and not _only_creates(self.tree)
        self._tables = list(_referenced(storage, self.tree, project=project)) if reads else []
        self._target = _target(storage, self.tree, project=project)
        self._rows_before = 0 if self._target is None else count_rows(storage, self._target)
        self.processed_bytes = sum(_estimated_bytes(storage, table) for table in self._tables)

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
            raise ApiError(
                "invalid", f"Value for maximum_bytes_billed is {limit}; 10485760 or higher required."
            )
        if self.billed_bytes > limit:
            message = (
                f"Query exceeded limit for bytes billed: {limit}. {self.billed_bytes} or higher required."
            )
            raise ApiError("bytesBilledLimitExceeded", message)

    def statistics(self, upstream: dict[str, Any]) -> dict[str, Any]:
        """`Job.statistics` without its times, from upstream's statement type and row counts."""
        query = {key: value for key, value in upstream.items() if key != "totalRows"}
        query["totalBytesProcessed"] = str(self.processed_bytes)
        query["totalBytesBilled"] = str(self.billed_bytes)
        query["referencedTables"] = [_reference(table) for table in self._tables]
        if not query.get("statementType") and isinstance(self.tree, exp.Query):
            # Upstream has no word for UNION and its like.
            query["statementType"] = "SELECT"
        kind = query.get("statementType")
        if kind in _DML:
            affected = int(query.get("numDmlAffectedRows", 0))
            query["numDmlAffectedRows"] = str(affected)
            query["dmlStats"] = self._dml_stats(str(kind), affected)
        return {"totalBytesProcessed": str(self.processed_bytes), "query": query}

    def _dml_stats(self, kind: str, affected: int) -> dict[str, str]:
        if kind == "MERGE":
            inserted, updated, deleted = self._merge_counts(affected)
        else:
            inserted = affected if kind == "INSERT" else 0
            updated = affected if kind == "UPDATE" else 0
            deleted = affected - inserted - updated
        counts = {"insertedRowCount": inserted, "updatedRowCount": updated, "deletedRowCount": deleted}
        return {name: str(count) for name, count in counts.items()}

    def _merge_counts(self, affected: int) -> tuple[int, int, int]:
        """Inserted, updated and deleted rows.

        DuckDB counts them together. With how much the table has grown, that is enough unless the statement
        has all three kinds of branches; then deletions are taken to be none.
        """
        grown = 0 if self._target is None else count_rows(self._storage, self._target) - self._rows_before
        branches = [when.args.get("then") for when in self.tree.find_all(exp.When)] if self.tree else []
        if not any(isinstance(branch, exp.Update) for branch in branches):
            inserted = (affected + grown) // 2
            return inserted, 0, affected - inserted
        if any(isinstance(branch, exp.Insert) for branch in branches):
            return max(grown, 0), affected - max(grown, 0), 0
        return 0, affected + min(grown, 0), -min(grown, 0)


def count_rows(storage: AppContext, table: TableMeta) -> int:
    """Rows of a table, from DuckDB's own figures, without a scan; 0 for a view."""
    if table.table_type == "VIEW":
        return 0
    reference = quoted_table_ref(table.project_id, table.dataset_id, table.table_id)
    row = storage.engine.execute(f"SELECT count(*) FROM {reference}").fetchone()  # noqa: S608 - quoted above
    return int(row[0]) if row else 0


def row_bytes(table: TableMeta) -> int:
    """A typical size of one row."""
    return sum(_BYTES_BY_TYPE.get(column.type.upper(), _BYTES_OF_OTHERS) for column in table.schema_.fields)


def _estimated_bytes(storage: AppContext, table: TableMeta) -> int:
    return count_rows(storage, table) * row_bytes(table)


def _parse(sql: str) -> exp.Expr | None:
    try:
        return sqlglot.parse_one(sql, read="bigquery")
    except sqlglot.errors.SqlglotError:
        # A script, or an error that the query itself will report.
        return None


def _referenced(
    storage: AppContext, tree: exp.Expr | None, *, project: str, depth: int = 0
) -> list[TableMeta]:
    """The tables a statement touches, those behind views included, each once."""
    found: dict[tuple[str, str, str], TableMeta] = {}
    for node in tree.find_all(exp.Table) if tree else ():
        table = _lookup(storage, node, project=project)
        if table is None:
            continue
        behind = [table]
        if table.view_query and depth < 8:
            behind = _referenced(storage, _parse(table.view_query), project=project, depth=depth + 1)
        found |= {(one.project_id, one.dataset_id, one.table_id): one for one in behind}
    return list(found.values())


def _target(storage: AppContext, tree: exp.Expr | None, *, project: str) -> TableMeta | None:
    if not isinstance(tree, exp.Merge) or not isinstance(tree.this, exp.Table):
        return None
    return _lookup(storage, tree.this, project=project)


def _lookup(storage: AppContext, node: exp.Table, *, project: str) -> TableMeta | None:
    parts = ".".join(part.name for part in node.parts).split(".")
    if len(parts) < 2:
        return None
    return storage.catalog.get_table(parts[-3] if len(parts) > 2 else project, parts[-2], parts[-1])


def _reference(table: TableMeta) -> dict[str, str]:
    return {"projectId": table.project_id, "datasetId": table.dataset_id, "tableId": table.table_id}


def _only_creates(tree: exp.Expr | None) -> bool:
    return isinstance(tree, exp.Create) and tree.expression is None
