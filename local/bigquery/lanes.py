"""The two lanes to the database: one for what may take long, one for what must not wait for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

from bqemulator.api.dependencies import AppContext

from local.bigquery.lane import Lane
from local.bigquery.storage import open_beside
from local.bigquery.transactions import ConflictError, Transactions

T = TypeVar("T")


class Lanes:
    """BigQuery carries out many jobs at once, and queues DML on a table where DuckDB would fail the second writer.

    Everything that changes more than it appends goes through one lane, one after the other, so that every caller gets
    BigQuery's answer. Short reads and appends go through a second one, and don't wait for a long job in the first.
    """

    def __init__(self, storage: AppContext) -> None:
        transactions = Transactions(storage)
        self._long = Lane(storage, transactions, changes=True)
        self._short = Lane(open_beside(storage), transactions, changes=False)

    @property
    def storages(self) -> tuple[AppContext, AppContext]:
        """What each lane hands to its work."""
        return self._long.storage, self._short.storage

    async def run(self, work: Callable[[Lane], T], *, short: bool = False) -> T:
        """Carry out `work` in its turn. What is `short` and meets a change under way waits for it as well."""
        if short:
            with suppress(ConflictError):
                return await self._short.run(work)
        return await self._long.run(work)

    async def commit(self, work: Callable[[AppContext], Awaitable[T]], *, short: bool = False) -> T:
        """Carry out `work` in its turn, in one transaction; undo it if it raises."""
        return await self.run(lambda lane: lane.commit(work), short=short)

    def close(self) -> None:
        """Stop what is running, forget what waits, and close the database."""
        # Both, before either is waited for: one may be waiting for the other.
        self._short.stop()
        self._long.stop()
        self._short.close()
        self._long.close()
