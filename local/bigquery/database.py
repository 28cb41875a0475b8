"""The DuckDB database, its catalog, and the threads that work on it."""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from local.bigquery.catalog import Catalog
from local.bigquery.connections import Connections
from local.bigquery.googlesql.types import GoogleType
from local.bigquery.locks import Lock, LockKey, Locks, Ticket, Wanted, wanted_locks
from local.bigquery.session import AgainError, Session
from local.bigquery.store import SCHEMA, load_catalog
from local.bigquery.threads import Threads

T = TypeVar("T")
# Threads wait for DuckDB, and are made when they are needed; so many jobs run at once.
_MOST_THREADS = 64
_INTERRUPT_SECONDS = 0.02
_CONFLICT = re.compile("conflict|Failed to commit")


class AbandonedError(Exception):
    """Whoever wanted the locks does not want them any more."""


class Database:
    """Transactions side by side. What is committed survives a kill; what is not leaves nothing."""

    def __init__(self, data_dir: Path, *, project: str, cores: int | None = None) -> None:
        self.project = project
        self.data_dir = data_dir
        data_dir.mkdir(parents=True, exist_ok=True)
        self.connection = duckdb.connect(
            str(data_dir / "bigquery.db"),
            config={"storage_compatibility_version": "latest"},
        )
        self.connections = Connections(self.connection)
        self.connection.execute("SET GLOBAL TimeZone = 'UTC'")
        self.connection.execute(SCHEMA)
        self.threads = Threads(self.connection, most=cores or os.cpu_count() or 1)
        self.catalog: Catalog = load_catalog(self.connection)
        tables = self.catalog.tables.values()
        self._versions = itertools.count(1 + max((one.version for one in tables), default=0))
        numbers = (int(one.storage.rpartition(".t")[2]) for one in tables if one.storage)
        self._storages = itertools.count(1 + max(numbers, default=0))
        self._locks = Locks()
        # Held while a transaction commits a change of the catalog, or looks whether one was committed.
        self._moment = threading.Lock()
        self._pool = ThreadPoolExecutor(_MOST_THREADS, thread_name_prefix="bigquery")
        self._sessions: set[Session] = set()
        self.is_closing = False
        # All `Job` resources of a project; whoever keeps them puts that here.
        self.jobs: Callable[[str], list[dict[str, Any]]] = _no_jobs
        # The default value of a column, given its GoogleSQL and type, as DuckDB SQL; as before.
        self.default_value: Callable[[str, GoogleType], str] = _no_default

    async def run(self, work: Callable[[Session], T], *, abandoned: asyncio.Event | None = None) -> T:
        """Carry out `work` in a transaction, on a thread. It is called again when what it saw has changed meanwhile.

        No thread waits for locks. Raises AbandonedError if `abandoned` is set during that.
        """
        loop = asyncio.get_running_loop()
        wanted: Wanted = frozenset()
        while True:
            ticket = await self._granted(wanted, abandoned) if wanted else None
            try:
                return await loop.run_in_executor(self._pool, self._attempt, work, ticket)
            except AgainError as again:
                wanted = again.wanted

    @contextmanager
    def session(self, *, writes: Iterable[LockKey | tuple[LockKey, Lock]] = ()) -> Iterator[Session]:
        """A transaction on this thread, which waits for its locks: COMMIT at the end, ROLLBACK on an error.

        A table or dataset without a Lock is locked for anything.
        """
        pairs = [one if isinstance(one[1], Lock) else (one, Lock.ALTER) for one in writes]
        wanted = wanted_locks(pairs)
        ticket = None
        if wanted:
            granted = threading.Event()
            ticket, at_once = self._locks.ask(wanted, granted.set)
            if not at_once:
                granted.wait()
        session = Session(self, ticket)
        try:
            with self._transaction(session):
                yield session
        finally:
            if session.ticket is not None:
                self._locks.give_back(session.ticket)

    def require_unchanged(self, catalog: Catalog) -> None:
        """Raise AgainError unless this is the catalog still.

        Where it is, a transaction whose moment was fixed since `catalog` was looked at sees the rows that belong to it.
        """
        with self._moment:
            if self.catalog is not catalog:
                raise AgainError

    def commit(
        self, connection: duckdb.DuckDBPyConnection, changes: list[Callable[[Catalog], Catalog]]
    ) -> None:
        """Commit the transaction, and what it changed in the catalog."""
        if not changes:
            connection.execute("COMMIT")
            return
        with self._moment:
            connection.execute("COMMIT")
            for change in changes:
                self.catalog = change(self.catalog)

    def widen(self, ticket: Ticket | None, wanted: Wanted) -> Ticket | None:
        """A ticket with these locks as well, if they are free."""
        if ticket is not None:
            return self._locks.widen(ticket, wanted)
        asked, at_once = self._locks.ask(wanted, _nothing)
        if at_once:
            return asked
        self._locks.give_back(asked)
        return None

    @property
    def is_waited_for(self) -> bool:
        """Whether somebody waits for a lock."""
        return self._locks.is_waited_for

    def next_version(self) -> int:
        """A number that no other version of any table has."""
        return next(self._versions)

    def next_storage(self) -> str:
        """A name for a DuckDB table that none had before."""
        return f"data.t{next(self._storages)}"

    def close(self) -> None:
        """Stop what is running, forget what waits, and close the database."""
        self.is_closing = True
        self._pool.shutdown(wait=False, cancel_futures=True)
        # Again and again, because DuckDB forgets an interrupt that comes before its statement.
        while self._sessions:
            for session in list(self._sessions):
                session.interrupt()
            time.sleep(_INTERRUPT_SECONDS)
        self._pool.shutdown()
        self.connections.close()
        self.threads.close()
        self.connection.close()

    def _attempt(self, work: Callable[[Session], T], ticket: Ticket | None) -> T:
        """Do the work, as often as it takes; AgainError only if locks must be waited for."""
        session = Session(self, ticket)
        try:
            while (done := self._try(work, session)) is None:
                session = Session(self, session.ticket)
            return done[0]
        finally:
            if session.ticket is not None:
                self._locks.give_back(session.ticket)

    def _try(self, work: Callable[[Session], T], session: Session) -> tuple[T] | None:
        """What the work yields; None if it must be done again."""
        try:
            with self._transaction(session):
                return (work(session),)
        except AgainError as again:
            if again.wanted:
                raise
            return None

    @contextmanager
    def _transaction(self, session: Session) -> Iterator[None]:
        self._sessions.add(session)
        try:
            yield
            session.commit()
        except BaseException as error:
            session.roll_back()
            if isinstance(error, duckdb.TransactionException) and _CONFLICT.search(str(error)):
                raise AgainError from error
            raise
        finally:
            self._sessions.discard(session)
            session.close()

    async def _granted(self, wanted: Wanted, abandoned: asyncio.Event | None) -> Ticket:
        loop, granted = asyncio.get_running_loop(), asyncio.Event()
        ticket, at_once = self._locks.ask(wanted, partial(_set_soon, loop, granted))
        if at_once:
            return ticket
        waits = [asyncio.ensure_future(one.wait()) for one in (granted, abandoned) if one is not None]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            if not granted.is_set():
                self._locks.give_back(ticket)
        if not granted.is_set():
            raise AbandonedError
        return ticket


def _set_soon(loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> None:
    loop.call_soon_threadsafe(event.set)


def _no_jobs(_project: str) -> list[dict[str, Any]]:
    return []


def _no_default(_expression: str, _kind: GoogleType) -> str:
    return "NULL"


def _nothing() -> None:
    """Nobody waits."""
