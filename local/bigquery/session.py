"""One transaction: rows and catalog of one moment, and the changes made to both."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from local.bigquery import store
from local.bigquery.catalog import Catalog, Dataset, Table, TableId
from local.bigquery.column_limits import stored
from local.bigquery.connections import roll_back
from local.bigquery.googlesql.types import type_of_rest
from local.bigquery.locks import Lock, LockKey, Ticket, Wanted, wanted_locks
from local.bigquery.problem import ApiError
from local.bigquery.translate.literals import identifier

if TYPE_CHECKING:
    from local.bigquery.database import Database
    from local.bigquery.threads import Threads

# BEGIN alone does not fix the moment whose rows are seen.
_LOOK = "SELECT 1 FROM stand_in.datasets LIMIT 0"


class AgainError(Exception):
    """What was decided rests on a catalog that has changed since: undo it all, and do it again.

    With `wanted` locks that somebody else holds: when those are free.
    """

    def __init__(self, wanted: Wanted = frozenset()) -> None:
        super().__init__()
        self.wanted = wanted


class Session:
    """A transaction that begins with the first statement. Used by one thread; `interrupt` may come from any."""

    def __init__(self, database: Database, ticket: Ticket | None) -> None:
        self._database = database
        self.ticket = ticket
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._changes: list[Callable[[Catalog], Catalog]] = []
        self._is_transaction = True
        self._is_committed = False
        self._is_stopped = False
        self._is_closed = False
        self._has_all_threads = False
        self._closing = threading.Lock()
        # As of the transaction's begin, with its own changes.
        self.catalog: Catalog = database.catalog

    @property
    def data_dir(self) -> Path:
        """Where the database and what belongs to it is kept."""
        return self._database.data_dir

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The transaction's own connection. Raises AgainError if the catalog changed before the first use."""
        if self._connection is None:
            return self.begin_with(_LOOK)
        if self._is_stopped:
            raise duckdb.InterruptException("INTERRUPT Error: Interrupted!")
        return self._connection

    def execute(self, sql: str, parameters: object = None) -> duckdb.DuckDBPyConnection:
        """Run one DuckDB statement; the connection, to fetch from."""
        return self.connection.execute(sql, parameters)

    def begin_with(self, sql: str, parameters: object = None) -> duckdb.DuckDBPyConnection:
        """The same for a short statement of stored tables, with which the transaction may as well begin.

        Raises AgainError, when it is done, if the catalog changed meanwhile.
        """
        if self._connection is not None:
            return self.execute(sql, parameters)
        self._connection = self._database.connections.take()
        try:
            return self.execute(f"BEGIN TRANSACTION; {sql}", parameters)
        finally:
            self._database.require_unchanged(self.catalog)

    def execute_alone(self, sql: str, parameters: object = None) -> duckdb.DuckDBPyConnection:
        """The same for a query that reads no table, which needs no transaction if there is none so far."""
        if self._connection is None:
            self._connection = self._database.connection.cursor()
            self._is_transaction = False
        return self.execute(sql, parameters)

    def carried_out(self) -> dict[str, Any]:
        """The plan of the query that was the last statement, once all of its rows are fetched."""
        plan: dict[str, Any] = json.loads(self.connection.get_profiling_information("json"))
        return plan

    @property
    def threads(self) -> Threads:
        """DuckDB's own, whoever uses them."""
        return self._database.threads

    def take_all_threads(self) -> None:
        """Have what follows carried out by as many threads as there are cores: it is much."""
        if not self._has_all_threads:
            self._has_all_threads = True
            self.threads.take_all()

    def interrupt(self) -> None:
        """Stop the statement that is running, if any, and let no other one start."""
        self._is_stopped = True
        with self._closing:
            if self._connection is not None and not self._is_closed:
                self._connection.interrupt()

    def lock(self, key: LockKey, lock: Lock) -> None:
        """Hold the lock from here to the end. To be called before the first statement, or else all is done again.

        Raises AgainError if it had to be waited for.
        """
        held = self.ticket.wanted if self.ticket else frozenset()
        # Whoever replaces a table or changes its columns may do anything with it.
        covering = {(key, lock), (key, Lock.ALTER)} | (
            {(key, Lock.DROP)} if lock is not Lock.ALTER else set()
        )
        if covering & held:
            return
        wanted = wanted_locks([(key, lock)])
        if self._connection is None:
            ticket = self._database.widen(self.ticket, wanted)
            if ticket is not None:
                self.ticket = ticket
                return
        raise AgainError(held | wanted)

    def put_table(self, table: Table) -> None:
        """Keep the table, in the place of what had its name. Whose storage that had and now nobody has is dropped."""
        before = self.catalog.table(table.id)
        is_described = before is not None and before.version == table.version
        self.lock(table.id, Lock.DESCRIBE if is_described else Lock.DROP)
        if before is not None and before.storage and before.storage != table.storage:
            self.execute(f"DROP TABLE {before.storage}")
        store.store_table(self.connection, table)
        self._change(lambda catalog: catalog.with_table(table))

    def remove_table(self, id: TableId) -> None:
        """Remove the table or view with its rows."""
        self.lock(id, Lock.DROP)
        table = self.catalog.table(id)
        if table is not None and table.storage:
            self.execute(f"DROP TABLE {table.storage}")
        store.forget_table(self.connection, id)
        self._change(lambda catalog: catalog.without_table(id))

    def put_dataset(self, dataset: Dataset) -> None:
        """Keep the dataset, in the place of what had its name."""
        key = (dataset.project, dataset.dataset)
        self.lock(key, Lock.DESCRIBE if key in self.catalog.datasets else Lock.ALTER)
        store.store_dataset(self.connection, dataset)
        self._change(lambda catalog: catalog.with_dataset(dataset))

    def remove_dataset(self, project: str, dataset: str) -> None:
        """Remove the dataset, its tables and their rows."""
        self.lock((project, dataset), Lock.ALTER)
        for table in list(self.catalog.tables_of(project, dataset)):
            if table.storage:
                self.execute(f"DROP TABLE {table.storage}")
        store.forget_dataset(self.connection, project, dataset)
        self._change(lambda catalog: catalog.without_dataset(project, dataset))

    def create_storage(self, columns: list[dict[str, Any]]) -> str:
        """Make a DuckDB table for rows of these REST columns; its quoted name. REQUIRED ones take no NULL."""
        name = self._database.next_storage()
        # DuckDB has no table without columns.
        definitions = ", ".join(map(self._column_definition, columns)) or '"_" BOOLEAN'
        self.execute(f"CREATE TABLE {name} ({definitions})")
        return name

    def add_column(self, storage: str, column: dict[str, Any]) -> None:
        """Add a column to a table of `create_storage`, which is NULL or empty in the rows that are there."""
        self.execute(f"ALTER TABLE {storage} ADD COLUMN {self._column_definition(column)}")

    def set_default(self, storage: str, column: dict[str, Any]) -> None:
        """Have the column's default value be what its resource says now."""
        name = identifier(str(column["name"]))
        self.execute(f"ALTER TABLE {storage} ALTER COLUMN {name} SET DEFAULT {self.default_value(column)}")

    def default_value(self, column: dict[str, Any]) -> str:
        """What the column has where a row is written without it, as DuckDB SQL. Raises ApiError."""
        kind, expression = type_of_rest(column), column.get("defaultValueExpression")
        if not expression:
            return f"([]::{kind.duckdb})" if kind.is_array else "NULL"
        value = self._database.default_value(str(expression), kind)
        row = self.execute(f"SELECT {value} IS NULL, {stored(column, value)}").fetchone()
        if column.get("mode") in ("REQUIRED", "REPEATED") and row is not None and row[0]:
            message = f"Column {column['name']} can't have NULL for its default value: it is {column['mode']}"
            raise ApiError("invalidQuery", message, location="query")
        if not column.get("precision") or kind.is_array:
            return f"({value})"
        # Rounded without a function of ours, none of which is kept in the database.
        return f"CAST(round({value}, {int(column.get('scale') or 0)}) AS {kind.duckdb})"

    def _column_definition(self, column: dict[str, Any]) -> str:
        """A REST column as DuckDB's CREATE TABLE and ADD COLUMN have it."""
        kind = type_of_rest(column)
        name = identifier(str(column["name"]))
        default = self.default_value(column)
        given = "" if default == "NULL" else f" DEFAULT {default}"
        # An ARRAY is never NULL, and DuckDB adds no column with a constraint.
        required = " NOT NULL" if column.get("mode") == "REQUIRED" else ""
        return f"{name} {kind.duckdb}{given}{required}"

    def next_version(self) -> int:
        """A number that no other version of any table has."""
        return self._database.next_version()

    def jobs(self, project: str) -> list[dict[str, Any]]:
        """All `Job` resources of the project, those that run first, then the newest."""
        return self._database.jobs(project)

    def commit(self) -> None:
        """Make all of it last, and seen by others."""
        if self._connection is not None and self._is_transaction:
            self._database.commit(self._connection, self._changes)
            self._is_committed = True

    def roll_back(self) -> None:
        """Undo all of it."""
        if self._connection is not None and self._is_transaction:
            roll_back(self._connection)

    def close(self) -> None:
        """Give the connection back."""
        if self._has_all_threads:
            self.threads.give_back()
        with self._closing:
            self._is_closed = True
            if self._connection is None:
                return
            if self._is_committed and not self._is_stopped:
                self._database.connections.give_back(self._connection)
            else:
                self._connection.close()

    def _change(self, change: Callable[[Catalog], Catalog]) -> None:
        self.catalog = change(self.catalog)
        self._changes.append(change)
