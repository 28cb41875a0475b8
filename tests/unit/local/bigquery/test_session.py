"""One transaction, and how it begins."""

from __future__ import annotations

import asyncio
from pathlib import Path

from local.bigquery.catalog import Dataset, Table, TableId
from local.bigquery.database import Database
from local.bigquery.locks import Lock
from local.bigquery.session import Session

FIELDS = [{"name": "n", "type": "INTEGER", "mode": "NULLABLE"}]
T = TableId("p", "d", "t")


def _storage(session: Session) -> str:
    table = session.catalog.table(T)
    assert table is not None
    return table.storage


def test_what_began_with_a_statement_beside_a_change_of_the_catalog_is_undone_and_done_again(
    tmp_path: Path,
) -> None:
    database = Database(tmp_path, project="p")
    with database.session() as session:
        session.put_dataset(Dataset("p", "d", {}))
    with database.session() as session:
        session.lock(T, Lock.DROP)
        storage = session.create_storage(FIELDS)
        session.put_table(Table(T, {"schema": {"fields": FIELDS}}, storage, session.next_version()))
    seen: list[bool] = []

    def append(session: Session) -> None:
        if not seen:
            with database.session() as other:
                other.put_dataset(Dataset("p", "beside", {}))
        seen.append(("p", "beside") in session.catalog.datasets)
        session.begin_with(f"INSERT INTO {_storage(session)} VALUES (?)", [1])

    asyncio.run(database.run(append))
    with database.session() as session:
        rows = session.begin_with(f"SELECT n FROM {_storage(session)}").fetchall()
    database.close()

    assert (seen, rows) == ([False, True], [(1,)])
