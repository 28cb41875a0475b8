"""Carrying out a copy job: the rows of tables into another one."""

from __future__ import annotations

from typing import Any

from local.bigquery.catalog import Table, TableId
from local.bigquery.destination import clear_for_writing, insert_select, parse_destination, require_table
from local.bigquery.job import Job, Outcome
from local.bigquery.problem import ApiError
from local.bigquery.session import Session
from local.bigquery.statistics import count_rows
from local.bigquery.tables import require_table as require_source
from local.bigquery.translate.literals import identifier

_OFFERED = ("COPY", "OPERATION_TYPE_UNSPECIFIED")


def run_copy(session: Session, job: Job) -> Outcome:
    """Copy `sourceTables` (or `sourceTable`) into the destination. All must have the same columns."""
    copy = job.configuration["copy"]
    operation = str(copy.get("operationType") or "COPY")
    if operation not in _OFFERED:
        raise ApiError("invalid", f"The local stand-in has no copies of operationType {operation}")
    destination = parse_destination(copy, project=job.key.project, default_write="WRITE_EMPTY")
    given = copy.get("sourceTables") or [copy.get("sourceTable") or {}]
    sources = [_source(session, one, project=job.key.project) for one in given]
    for other in sources[1:]:
        if other.columns != sources[0].columns:
            raise ApiError("invalid", f"Tables {sources[0].id} and {other.id} have different schemas")
    table = require_table(session, destination, fields=sources[0].fields, layout=sources[0].resource)
    kinds = {name.lower(): kind for name, kind in table.columns}
    for name, kind in sources[0].columns:
        if kinds.get(name.lower()) != kind:
            message = f"Provided Schema does not match Table {table.id}. Field {name} is not the same in both"
            raise ApiError("invalid", message)
    if table.id in {source.id for source in sources} and destination.write != "WRITE_APPEND":
        raise ApiError("invalid", f"The table {table.id} can't be copied to itself")
    clear_for_writing(session, destination, table)
    names = [name for name, _kind in sources[0].columns]
    listed = ", ".join(map(identifier, names))
    sql = " UNION ALL ".join(f"SELECT {listed} FROM {source.storage}" for source in sources)
    written = insert_select(session, destination, table, columns=names, source=sql) if names else 0
    figures = {
        "copiedRows": str(written),
        "copiedLogicalBytes": str(sum(count_rows(session, sources)) and written),
    }
    return Outcome(statistics={"copy": figures})


def _source(session: Session, given: dict[str, Any], *, project: str) -> Table:
    if not given.get("datasetId") or not given.get("tableId"):
        raise ApiError("invalid", "Required parameter is missing: sourceTable")
    id = TableId(given.get("projectId") or project, given["datasetId"], given["tableId"])
    if "$" in id.table or "@" in id.table:
        raise ApiError(
            "invalid", f"The local stand-in copies whole tables, not a partition or snapshot: {id}"
        )
    table = require_source(session.catalog, id)
    if table.is_view:
        raise ApiError("invalid", f"{id} is not allowed for this operation because it is currently a VIEW.")
    return table
