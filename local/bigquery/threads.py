"""DuckDB's own threads: one for what is small, as many as there are cores for what is not."""

from __future__ import annotations

import threading
from collections import OrderedDict

import duckdb

# DuckDB hands rows to threads in groups of this size: with fewer, the others find nothing to do.
ROWS_OF_A_THREAD = 122_880
BYTES_OF_A_THREAD = 8_000_000
_IDLE_SECONDS = 1.0
_MOST_LITTLE = 256


class Threads:
    """Keeps DuckDB at one thread unless somebody needs more.

    A second thread wakes up for every statement and looks for work a while, which costs a small INSERT a third more
    processor time.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, *, most: int) -> None:
        self._connection = connection.cursor()
        self._most = most
        self._guard = threading.Lock()
        self._users = 0
        self._count = 0
        self._end: threading.Timer | None = None
        self._little: OrderedDict[str, None] = OrderedDict()
        self._set(1)

    def take_all(self) -> None:
        """Have all threads until `give_back`."""
        with self._guard:
            self._users += 1
            self._set(self._most)

    def give_back(self) -> None:
        """Need no more than one; they stay a moment, because who needs them once often does so again."""
        with self._guard:
            self._users -= 1
            if self._users == 0:
                self._end = threading.Timer(_IDLE_SECONDS, self.settle)
                self._end.daemon = True
                self._end.start()

    def was_little(self, sql: str) -> bool:
        """Whether the query read so few rows of its tables, the last time, that one thread was enough."""
        return sql in self._little

    def note_little(self, sql: str, *, is_little: bool) -> None:
        """Whether it did so now."""
        with self._guard:
            self._little.pop(sql, None)
            if is_little:
                self._little[sql] = None
            if len(self._little) > _MOST_LITTLE:
                self._little.popitem(last=False)

    def close(self) -> None:
        """Change nothing any more."""
        with self._guard:
            self._users += 1
            if self._end is not None:
                self._end.cancel()
            self._connection.close()

    def settle(self) -> None:
        """Go back to one thread if nobody needs more."""
        with self._guard:
            if self._users == 0:
                self._set(1)

    def _set(self, count: int) -> None:
        if self._count != count:
            self._connection.execute(f"SET threads = {count}")
            self._count = count
