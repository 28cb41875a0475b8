"""Connections to the DuckDB database: made ready once, and used again."""

from __future__ import annotations

from contextlib import suppress

import duckdb

# The plan of a query is kept, but no times are measured.
_WATCH = """PRAGMA enable_profiling='no_output'; PRAGMA custom_profiling_settings='{"EXTRA_INFO": "true"}'"""
_MOST_IDLE = 8


class Connections:
    """Those that are idle. To make one ready costs more than a short query."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._idle: list[duckdb.DuckDBPyConnection] = []

    def take(self) -> duckdb.DuckDBPyConnection:
        """A connection that keeps the plan of its last query, for whoever gives it back or closes it."""
        with suppress(IndexError):
            return self._idle.pop()
        connection = self._connection.cursor()
        connection.execute(_WATCH)
        return connection

    def give_back(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Take a connection for others. It is in no transaction, and nobody interrupts it."""
        if len(self._idle) < _MOST_IDLE:
            self._idle.append(connection)
        else:
            connection.close()

    def close(self) -> None:
        """Close those that are idle. To be called when the others were given back."""
        for connection in self._idle:
            connection.close()


def roll_back(connection: duckdb.DuckDBPyConnection) -> None:
    """Undo the connection's transaction."""
    with suppress(duckdb.TransactionException):
        # A failed COMMIT has already ended it, or it never began.
        connection.execute("ROLLBACK")
