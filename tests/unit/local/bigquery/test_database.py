"""Transactions of many threads: who waits for whom, and what everybody sees."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from local.bigquery.catalog import Dataset, Table, TableId
from local.bigquery.database import AbandonedError, Database
from local.bigquery.locks import Lock, Locks, Ticket, wanted_locks
from local.bigquery.session import Session

FIELDS = [{"name": "n", "type": "INTEGER", "mode": "NULLABLE"}]
T, U = TableId("p", "d", "t"), TableId("p", "d", "u")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path, project="p")
    with opened.session() as session:
        session.put_dataset(Dataset("p", "d", {}))
    for id in (T, U):
        with opened.session() as session:
            _create(session, id)
    yield opened
    opened.close()


def _create(session: Session, id: TableId) -> None:
    session.lock(id, Lock.DROP)
    storage = session.create_storage(FIELDS)
    session.put_table(Table(id, {"schema": {"fields": FIELDS}}, storage, session.next_version()))


def _storage(session: Session, id: TableId) -> str:
    table = session.catalog.table(id)
    assert table is not None
    return table.storage


def _append(session: Session, id: TableId = T) -> None:
    session.lock(id, Lock.APPEND)
    session.execute(f"INSERT INTO {_storage(session, id)} VALUES (1)")


def _add_one(session: Session, id: TableId = T) -> None:
    session.lock(id, Lock.CHANGE)
    session.execute(f"UPDATE {_storage(session, id)} SET n = n + 1")


def _values(session: Session, id: TableId = T) -> list[int]:
    return [row[0] for row in session.execute(f"SELECT n FROM {_storage(session, id)} ORDER BY n").fetchall()]


class Held:
    """Work that goes on until it is let go."""

    def __init__(self, lock: Lock, id: TableId = T) -> None:
        self.begun, self.let_go = threading.Event(), threading.Event()
        self._lock, self._id = lock, id

    def __call__(self, session: Session) -> None:
        session.lock(self._id, self._lock)
        session.execute("SELECT 1")
        self.begun.set()
        self.let_go.wait()


def _beside(database: Database, held: Held, work: Callable[[Session], object]) -> bool:
    """Whether the work is done while the other one is held; it is done afterwards in any case."""

    async def race() -> bool:
        first = asyncio.create_task(database.run(held))
        await asyncio.to_thread(held.begun.wait)
        second: asyncio.Task[object] = asyncio.create_task(database.run(work))
        done = await _is_done_or_waits(database, second)
        held.let_go.set()
        await asyncio.gather(first, second)
        return done

    return asyncio.run(race())


async def _is_done_or_waits(database: Database, task: asyncio.Task[object]) -> bool:
    while not task.done():
        if database.is_waited_for:
            return False
        await asyncio.sleep(0)
    return True


@pytest.mark.parametrize(
    ("held", "work", "beside"),
    [
        (Lock.CHANGE, _append, True),
        (Lock.APPEND, _append, True),
        (Lock.APPEND, _add_one, True),
        (Lock.DROP, _append, True),
        (Lock.ALTER, _append, False),
        (Lock.CHANGE, _add_one, False),
        (Lock.ALTER, _values, True),
    ],
)
def test_work_on_one_table_waits_only_where_it_must(
    database: Database, held: Lock, work: Callable[[Session], object], beside: bool
) -> None:
    assert _beside(database, Held(held), work) is beside


def test_work_on_another_table_waits_for_nothing(database: Database) -> None:
    assert _beside(database, Held(Lock.ALTER, U), _add_one)


@pytest.mark.slow
def test_of_many_changes_of_one_table_none_is_lost(database: Database) -> None:
    async def change() -> None:
        await database.run(_append)
        await asyncio.gather(*(database.run(_add_one) for _ in range(50)))

    asyncio.run(change())

    with database.session() as session:
        assert _values(session) == [51]


@pytest.mark.slow
def test_rows_and_catalog_are_of_one_moment(database: Database) -> None:
    """A table that is replaced again and again has the row that its description tells of."""

    def replaced(number: int) -> None:
        with database.session(writes=[T]) as session:
            storage = session.create_storage(FIELDS)
            session.execute(f"INSERT INTO {storage} VALUES ({number})")
            table = Table(T, {"description": number}, storage, session.next_version())
            session.put_table(table)

    def is_sound(session: Session) -> bool:
        table = session.catalog.table(T)
        assert table is not None
        return _values(session) == [table.resource["description"]]

    seen: list[bool] = []
    numbers: list[int] = []
    is_over = threading.Event()

    def replaced_often() -> None:
        while not is_over.is_set():
            replaced(len(numbers))
            numbers.append(len(numbers))

    async def race() -> None:
        writer = asyncio.create_task(asyncio.to_thread(replaced_often))
        try:
            while (len(numbers) < 25 or len(seen) < 25) and not writer.done():
                seen.extend(await asyncio.gather(*(database.run(is_sound) for _ in range(4))))
        finally:
            is_over.set()
            await writer

    replaced(0)
    asyncio.run(race())

    assert all(seen)


def test_work_that_fails_leaves_nothing(database: Database) -> None:
    def fail(session: Session) -> None:
        _append(session)
        session.remove_table(U)
        raise ValueError("given up")

    with pytest.raises(ValueError, match="given up"):
        asyncio.run(database.run(fail))

    with database.session() as session:
        assert (_values(session), _values(session, U)) == ([], [])


def test_who_waits_for_a_lock_can_give_up(database: Database) -> None:
    held = Held(Lock.CHANGE)

    async def give_up() -> None:
        abandoned = asyncio.Event()
        first = asyncio.create_task(database.run(held))
        await asyncio.to_thread(held.begun.wait)
        second = asyncio.create_task(database.run(_add_one, abandoned=abandoned))
        assert not await _is_done_or_waits(database, second)
        abandoned.set()
        with pytest.raises(AbandonedError):
            await second
        held.let_go.set()
        await first

    asyncio.run(give_up())


def test_everything_is_found_again(tmp_path: Path) -> None:
    database = Database(tmp_path, project="p")
    with database.session() as session:
        session.put_dataset(Dataset("p", "d", {"location": "EU"}))
    with database.session(writes=[T]) as session:
        _create(session, T)
        _append(session)
    before = database.catalog
    database.close()

    database = Database(tmp_path, project="p")

    assert database.catalog == before
    with database.session() as session:
        assert _values(session) == [1]
        known = {table.version for table in database.catalog.tables.values()}
        assert session.next_version() not in known
        assert session.create_storage(FIELDS) not in {one.storage for one in before.tables.values()}
    database.close()


def test_a_description_is_changed_beside_a_change_of_rows(database: Database) -> None:
    def describe(session: Session) -> None:
        table = session.catalog.table(T)
        assert table is not None
        session.put_table(replace(table, resource={**table.resource, "description": "x"}))

    assert _beside(database, Held(Lock.CHANGE), describe)


def _ask(locks: Locks, order: list[str], name: str, *pairs: tuple[TableId, Lock]) -> Ticket:
    ticket, at_once = locks.ask(wanted_locks(pairs), lambda: order.append(name))
    if at_once:
        order.append(name)
    return ticket


def test_locks_are_granted_in_the_order_of_asking() -> None:
    locks, order = Locks(), list[str]()
    first = _ask(locks, order, "first", (T, Lock.CHANGE))
    both = _ask(locks, order, "both", (T, Lock.CHANGE), (U, Lock.CHANGE))
    _ask(locks, order, "after both", (U, Lock.CHANGE))
    _ask(locks, order, "append", (U, Lock.APPEND))

    locks.give_back(first)
    locks.give_back(both)

    assert order == ["first", "append", "both", "after both"]
