"""The file everything is kept in, so that a publish that was answered outlives the process.

Write-ahead logging with `synchronous=NORMAL`: a commit survives the death of the process at any instant. Only
a power cut could lose the last ones, which a stand-in on a laptop may.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# A delivery is one message still owed to one subscription. `due_at` (seconds since 1970) is when it may be handed
# out again: for a delivery in somebody's hands (`leased`) the end of the acknowledgement deadline.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS topics (name TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS subscriptions (name TEXT PRIMARY KEY, topic TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS messages (message_id INTEGER PRIMARY KEY AUTOINCREMENT, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS deliveries (
  message_id INTEGER NOT NULL,
  subscription TEXT NOT NULL,
  attempt INTEGER NOT NULL DEFAULT 0,
  due_at REAL NOT NULL DEFAULT 0,
  leased INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (message_id, subscription)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS deliveries_by_due_at ON deliveries (subscription, due_at);
"""


class Database:
    """One SQLite connection that threads take turns on."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._turn = threading.RLock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(_SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Hold the connection; what is written in the block is kept as a whole or not at all."""
        with self._turn:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def close(self) -> None:
        with self._turn:
            self._connection.close()
