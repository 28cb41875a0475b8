"""DuckDB's threads: few for what is small, all for what is not, and few again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from local.bigquery.catalog import Dataset, Table, TableId
from local.bigquery.database import Database
from local.bigquery.locks import Lock
from local.bigquery.session import Session
from local.bigquery.statistics import Cost
from local.bigquery.threads import ROWS_OF_A_THREAD


def _threads(database: Database) -> int:
    row = database.connection.execute("SELECT current_setting('threads')").fetchone()
    assert row is not None
    return int(row[0])


def test_threads_are_there_as_long_as_one_session_needs_them(tmp_path: Path) -> None:
    database = Database(tmp_path, project="p", cores=3)
    seen = [_threads(database)]

    def note(session: Session) -> None:
        session.take_all_threads()
        session.take_all_threads()
        seen.append(_threads(database))

    with database.session() as first:
        with database.session() as second:
            note(first)
            note(second)
        database.threads.settle()
        seen.append(_threads(database))
    database.threads.settle()
    seen.append(_threads(database))
    database.close()

    assert seen == [1, 3, 3, 3, 1]


@pytest.mark.parametrize("partitioning", [{}, {"timePartitioning": {"field": "day"}}])
def test_a_query_that_read_little_the_last_time_keeps_to_one_thread(
    tmp_path: Path, partitioning: dict[str, Any]
) -> None:
    database = Database(tmp_path, project="p", cores=3)
    id = TableId("p", "d", "t")
    with database.session() as session:
        session.put_dataset(Dataset("p", "d", {}))
    with database.session() as session:
        fields = [{"name": "day", "type": "DATE", "mode": "NULLABLE"}]
        session.lock(id, Lock.DROP)
        storage = session.create_storage(fields)
        resource = {"schema": {"fields": fields}, **partitioning}
        session.put_table(Table(id, resource, storage, session.next_version()))
        session.execute(f"INSERT INTO {storage} SELECT NULL FROM range({ROWS_OF_A_THREAD + 1})")
    seen = []
    for is_little in (False, True, False, False):
        with database.session() as session:
            Cost(session, [id], sql="SELECT 1")
            seen.append(_threads(database))
            session.threads.note_little("SELECT 1", is_little=is_little)
        database.threads.settle()
    database.close()

    assert seen == [3, 3, 1, 3]
