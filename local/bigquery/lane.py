"""The one thread that touches the database, and its transactions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from typing import Any, TypeVar

import duckdb
from bqemulator.api.dependencies import AppContext

T = TypeVar("T")

# What upstream's catalog keeps in memory beside the database; a rolled-back transaction must put it back.
_CACHES = ("_datasets", "_tables", "_routines", "_models", "_mviews", "_row_access")


class Lane:
    """Carries out one piece of work after the other, each in its own transaction.

    BigQuery queues DML on a table where DuckDB would fail the second writer. One writer at a time gives
    every caller BigQuery's answer, and makes the effect of a job and the record of it one commit.
    """

    def __init__(self, storage: AppContext) -> None:
        self._storage = storage
        self.is_stopping = False
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="bigquery-lane")
        # Upstream's functions are coroutines, though they only ever wait for the database.
        self._loop = asyncio.new_event_loop()

    async def run(self, work: Callable[[AppContext], Awaitable[T]]) -> T:
        """Carry out `work` when all earlier work is done; commit it, or undo it if it raises."""
        return await asyncio.wrap_future(self._thread.submit(copy_context().run, self._in_transaction, work))

    async def run_bare(self, work: Callable[[AppContext], T]) -> T:
        """Carry out `work`, which opens its own transactions, when all earlier work is done."""
        return await asyncio.wrap_future(self._thread.submit(work, self._storage))

    def complete(self, work: Awaitable[T]) -> T:
        """Finish one of upstream's coroutines. Only to be called on the lane's own thread."""

        async def finish() -> T:
            return await work

        return self._loop.run_until_complete(finish())

    def interrupt(self) -> None:
        """Stop the statement that is running now, if any; it fails with DuckDB's InterruptException."""
        self._storage.engine.connection.interrupt()

    def close(self) -> None:
        """Stop what is running, forget what waits, and close the database."""
        self.is_stopping = True
        self.interrupt()
        self._thread.shutdown(cancel_futures=True)
        self._loop.run_until_complete(self._storage.engine.stop())
        self._loop.close()

    def _in_transaction(self, work: Callable[[AppContext], Awaitable[T]]) -> T:
        with transaction(self._storage):
            return self.complete(work(self._storage))


@contextmanager
def transaction(storage: AppContext) -> Iterator[None]:
    """Commit what the block did; if it raises, undo it in the database and in the catalog's memory."""
    connection: Any = storage.engine.connection
    catalog: Any = storage.catalog
    cache = catalog._cache
    before = {name: dict(getattr(cache, name)) for name in _CACHES}
    connection.execute("BEGIN TRANSACTION")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        _roll_back(connection)
        for name, content in before.items():
            setattr(cache, name, content)
        raise


def _roll_back(connection: Any) -> None:
    try:
        connection.execute("ROLLBACK")
    except duckdb.TransactionException:
        # A failed COMMIT has already ended the transaction.
        return
