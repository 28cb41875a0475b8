"""A database to load files into, without a server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.bigquery.buckets import Buckets
from local.bigquery.catalog import Dataset, TableId
from local.bigquery.database import Database
from local.bigquery.functions.install import install
from local.bigquery.job import Job, JobKey
from local.bigquery.loads import Loads
from local.bigquery.tables import create_table
from local.bigquery.wire import delivered_sql, row_writer

ID = TableId("p", "d", "t")
FORMATS = {"ndjson": "NEWLINE_DELIMITED_JSON", "csv": "CSV", "parquet": "PARQUET"}
# More than Python reads by itself.
MANY_BYTES = 40_000


class Loading:
    """Loads files into the table `t`."""

    def __init__(self, folder: Path) -> None:
        self.database = Database(folder / "bigquery", project="p")
        install(self.database.connection)
        self.loads = Loads(self.database, Buckets(None))
        with self.database.session() as session:
            session.put_dataset(Dataset("p", "d", {}))

    def forget(self) -> None:
        """Remove the table, if it is there."""
        with self.database.session() as session:
            if ID in session.catalog.tables:
                session.remove_table(ID)

    def create(self, fields: list[dict[str, Any]]) -> None:
        with self.database.session() as session:
            create_table(session, ID, {"schema": {"fields": fields}})

    def load(self, path: Path, **options: Any) -> dict[str, Any]:
        """The job's figures; its errors are raised."""
        load = {
            "destinationTable": {"projectId": "p", "datasetId": "d", "tableId": "t"},
            "sourceFormat": FORMATS[path.name.split(".")[1]],
            "sourceUris": [f"file://{path}"],
            **options,
        }

        async def job() -> Job:
            return Job(JobKey("p", "load"), {"load": load})

        made = asyncio.run(job())
        with self.database.session() as session:
            figures: dict[str, Any] = self.loads.run(session, made).statistics["load"]
        return figures

    def rows(self) -> list[list[Any]]:
        """The table's rows as REST has them, in the order of their first column."""
        with self.database.session() as session:
            table = session.catalog.tables[ID]
            kinds = [kind for _name, kind in table.columns]
            found = session.execute(delivered_sql(f"SELECT * FROM {table.storage} ORDER BY 1", kinds))
            write = row_writer(kinds)
            return [write(row) for row in found.fetchall()]

    def fields(self) -> list[tuple[str, str, str]]:
        """Names, types and modes of the table's columns."""
        table = self.database.catalog.tables[ID]
        return [(one["name"], one["type"], one["mode"]) for one in table.fields]


@contextmanager
def loading_into(folder: Path) -> Iterator[Loading]:
    loading = Loading(folder)
    yield loading
    loading.database.close()


def field(name: str, kind: str, mode: str = "NULLABLE", **more: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, "mode": mode, **more}
