"""A thread with a way of its own into the database, and its transactions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from bqemulator.api.dependencies import AppContext

from local.bigquery.transactions import Transactions

T = TypeVar("T")


class Lane:
    """Carries out one piece of work after the other."""

    def __init__(self, storage: AppContext, transactions: Transactions, *, changes: bool) -> None:
        self.storage = storage
        self._transactions = transactions
        self.changes = changes
        self.is_stopping = False
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="bigquery-lane")
        # Upstream's functions are coroutines, though they only ever wait for the database.
        self._loop = asyncio.new_event_loop()

    async def run(self, work: Callable[[Lane], T]) -> T:
        """Carry out `work`, which opens its own transactions, when all earlier work of this lane is done."""
        return await asyncio.wrap_future(self._thread.submit(copy_context().run, work, self))

    def commit(self, work: Callable[[AppContext], Awaitable[T]]) -> T:
        """Do `work` in one transaction; undo it if it raises. Only to be called on the lane's own thread.

        Raises ConflictError if it met a change of the other lane; all of it is undone then.
        """
        with self._transactions.begin(self.storage, changes=self.changes):
            return self._complete(work(self.storage))

    def interrupt(self) -> None:
        """Stop the statement that is running now, if any; it fails with DuckDB's InterruptException."""
        self.storage.engine.connection.interrupt()

    def stop(self) -> None:
        """Have what is running stop."""
        self.is_stopping = True
        self.interrupt()

    def close(self) -> None:
        """Wait for what is running, forget what waits, and close the connection."""
        self._thread.shutdown(cancel_futures=True)
        self._loop.run_until_complete(self.storage.engine.stop())
        self._loop.close()

    def _complete(self, work: Awaitable[T]) -> T:
        async def finish() -> T:
            return await work

        return self._loop.run_until_complete(finish())
