"""Transactions on the database and on what upstream keeps of it in memory."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb
from bqemulator.api.dependencies import AppContext

# What upstream's catalog keeps in memory beside the database.
_CACHES = ("_datasets", "_tables", "_routines", "_models", "_mviews", "_row_access")
# In DuckDB's words, and those of a commit that found a key taken.
_CONFLICT = re.compile("conflict|Failed to commit")
# Begins DuckDB's snapshot, which BEGIN alone does not.
_TOUCH = 'SELECT 1 FROM "_bqemulator_catalog"."datasets" LIMIT 0'

Content = dict[str, dict[Any, Any]]


class ConflictError(Exception):
    """A transaction met a change of another one, and was undone. BigQuery would have let one of them wait."""


class Transactions:
    """Transactions of two connections: one that may change anything, and one that only reads and appends rows.

    Both see what is committed: DuckDB sees to that for rows, and this class for upstream's catalog, of which every
    connection has a copy.
    """

    def __init__(self, storage: AppContext) -> None:
        self._committed = _content(storage)
        # Held while a transaction begins or is committed, so that rows and catalog are of the same moment.
        self._moment = threading.Lock()

    @contextmanager
    def begin(self, storage: AppContext, *, changes: bool) -> Iterator[None]:
        """Commit what the block did; if it raises, undo it.

        Without `changes` the block only reads and appends rows; ConflictError also if it did anything else. DuckDB
        never has a change meet an append, only an append a change: ALTER TABLE of the same table.
        """
        connection = storage.engine.connection
        with self._moment:
            before = self._committed
            connection.execute("BEGIN TRANSACTION")
            connection.execute(_TOUCH)
        _set_content(storage, before)
        try:
            yield
            with self._moment:
                content = _content(storage)
                if not changes and content != before:
                    raise ConflictError
                connection.execute("COMMIT")
                if changes:
                    self._committed = content
        except BaseException as error:
            _roll_back(connection)
            _set_content(storage, before)
            if _is_conflict(error):
                raise ConflictError from error
            raise


def _content(storage: AppContext) -> Content:
    catalog: Any = storage.catalog
    return {name: dict(getattr(catalog._cache, name)) for name in _CACHES}


def _set_content(storage: AppContext, content: Content) -> None:
    catalog: Any = storage.catalog
    for name, entries in content.items():
        setattr(catalog._cache, name, dict(entries))


def _roll_back(connection: Any) -> None:
    try:
        connection.execute("ROLLBACK")
    except duckdb.TransactionException:
        # A failed COMMIT has already ended the transaction.
        return


def _is_conflict(error: BaseException | None) -> bool:
    """Whether DuckDB refused a write because of another transaction; upstream wraps its errors."""
    while error is not None:
        if isinstance(error, duckdb.TransactionException) and _CONFLICT.search(str(error)):
            return True
        error = error.__cause__ or error.__context__
    return False
