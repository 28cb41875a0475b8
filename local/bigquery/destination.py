"""Writing rows into a job's destination table, as `createDisposition` and `writeDisposition` say."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from bqemulator.api.dependencies import AppContext
from bqemulator.catalog.models import TableMeta
from bqemulator.storage.sql_identifiers import quoted_table_ref

from local.bigquery.problem import ApiError
from local.bigquery.tables import create_table, require_dataset


@dataclass(frozen=True)
class Destination:
    """A table, or with a decorator (`table$20251101`) one day of it, and how it may be written."""

    project: str
    dataset: str
    table: str
    day: datetime.date | None
    create: str
    write: str

    @property
    def reference(self) -> str:
        """The table's name in DuckDB, quoted."""
        return quoted_table_ref(self.project, self.dataset, self.table)

    @property
    def name(self) -> str:
        """The table's name in BigQuery's messages."""
        return f"{self.project}:{self.dataset}.{self.table}"


def parse_destination(configuration: dict[str, Any], *, project: str, default_write: str) -> Destination:
    """The destination of a load or query configuration. Raises ApiError `invalid`."""
    reference = configuration.get("destinationTable") or {}
    dataset, table = reference.get("datasetId", ""), reference.get("tableId", "")
    if not dataset or not table:
        raise ApiError("invalid", "Required parameter is missing: destinationTable")
    name, _, decorator = table.partition("$")
    return Destination(
        project=reference.get("projectId") or project,
        dataset=dataset,
        table=name,
        day=_day(decorator),
        create=configuration.get("createDisposition") or "CREATE_IF_NEEDED",
        write=configuration.get("writeDisposition") or default_write,
    )


def require_table(
    storage: AppContext, destination: Destination, *, fields: list[dict[str, Any]], layout: dict[str, Any]
) -> TableMeta:
    """The destination, created from `fields` if it is missing and may be. Raises ApiError `notFound`."""
    require_dataset(storage, project=destination.project, dataset=destination.dataset)
    table = storage.catalog.get_table(destination.project, destination.dataset, destination.table)
    if table is not None:
        return table
    if destination.create == "CREATE_NEVER":
        raise ApiError("notFound", f"Not found: Table {destination.name}")
    kept: dict[str, Any] = {
        name: layout[name] for name in ("timePartitioning", "clustering") if name in layout
    }
    body: dict[str, Any] = {
        "tableReference": {"tableId": destination.table},
        "schema": {"fields": fields},
        **kept,
    }
    return create_table(storage, project=destination.project, dataset=destination.dataset, body=body)


def clear_for_writing(storage: AppContext, destination: Destination, table: TableMeta) -> None:
    """Carry out the write disposition before the first row is written."""
    where = _partition_filter(destination, table)
    if destination.write == "WRITE_TRUNCATE":
        storage.engine.execute(f"DELETE FROM {destination.reference}{where}")  # noqa: S608 - names are validated and quoted
    if destination.write == "WRITE_EMPTY":
        found = storage.engine.execute(f"SELECT 1 FROM {destination.reference}{where} LIMIT 1").fetchone()  # noqa: S608 - names are validated and quoted
        if found is not None:
            raise ApiError("duplicate", f"Already Exists: Table {destination.name}")


def insert_select(
    storage: AppContext, destination: Destination, table: TableMeta, *, columns: list[str], source: str
) -> int:
    """Append the rows of a DuckDB query, column by name; the number of rows written."""
    names = ", ".join(f'"{column}"' for column in columns)
    if destination.day is not None:
        _require_rows_of_day(storage, destination, table, source=source)
    row = storage.engine.execute(f"INSERT INTO {destination.reference} ({names}) {source}").fetchone()
    return int(row[0]) if row else 0


def _require_rows_of_day(
    storage: AppContext, destination: Destination, table: TableMeta, *, source: str
) -> None:
    where = _partition_filter(destination, table)
    counts = storage.engine.execute(
        f"SELECT (SELECT count(*) FROM ({source})), (SELECT count(*) FROM ({source}){where})"  # noqa: S608 - names are validated and quoted
    ).fetchone()
    if counts is not None and counts[0] != counts[1]:
        day = f"{destination.day:%Y%m%d}"
        message = "Some rows belong to different partitions rather than destination partition"
        raise ApiError("invalid", f"{message} {destination.name}${day}")


def _partition_filter(destination: Destination, table: TableMeta) -> str:
    if destination.day is None:
        return ""
    partitioning = table.time_partitioning
    if partitioning is None or partitioning.field is None or partitioning.type != "DAY":
        message = f"A partition decorator needs a table partitioned by day on a column: {destination.name}"
        raise ApiError("invalid", message)
    return f" WHERE CAST(\"{partitioning.field}\" AS DATE) = DATE '{destination.day.isoformat()}'"


def _day(decorator: str) -> datetime.date | None:
    if not decorator:
        return None
    try:
        return datetime.datetime.strptime(decorator, "%Y%m%d").replace(tzinfo=datetime.UTC).date()
    except ValueError as error:
        raise ApiError("invalid", f"Invalid partition decorator: ${decorator}; a day is $YYYYMMDD") from error
