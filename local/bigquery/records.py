"""What is kept of every job: its record, in the database that holds its effect."""

from __future__ import annotations

import json
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any

from local.bigquery.database import Database
from local.bigquery.job import JobKey
from local.bigquery.journal import Journal
from local.bigquery.results import KEEP_SECONDS, Result, parse_result
from local.bigquery.session import Session

_TABLE = """
CREATE TABLE IF NOT EXISTS stand_in.jobs (
    project VARCHAR, job_id VARCHAR, created_ms BIGINT, record VARCHAR, result VARCHAR)
"""
_FORGET_ROWS = "UPDATE stand_in.jobs SET result = NULL WHERE result IS NOT NULL AND created_ms < ?"
_APPEND = "INSERT INTO stand_in.jobs VALUES (?, ?, ?, ?, ?)"
_FORGET = "DELETE FROM stand_in.jobs WHERE project = ? AND job_id = ?"
_APPEND_MANY = "INSERT INTO stand_in.jobs SELECT unnest(?), unnest(?), unnest(?), unnest(?), unnest(?)"
_FIND = "SELECT record, result FROM stand_in.jobs WHERE job_id = ? AND project = ?"
# Those of a script's statements are shown with it only. In a record's texts the quotes would be escaped.
_NEWEST = (
    "SELECT record FROM stand_in.jobs WHERE project = ? AND NOT contains(record, '\"parentJobId\": ') "
    "ORDER BY created_ms DESC, job_id LIMIT ? OFFSET ?"
)
_CHILDREN = "SELECT record FROM stand_in.jobs WHERE project = ? AND contains(record, ?) ORDER BY job_id DESC"
# As text; in memory, it is some five times as much.
_MOST_BYTES_AT_HAND = 1_000_000


@dataclass(frozen=True)
class Ended:
    """An ended job's `Job` resource, and the result of a query."""

    resource: dict[str, Any]
    result: Result | None = None

    @cached_property
    def row(self) -> tuple[str, str, int, str, str | None]:
        """As it is kept."""
        reference = self.resource["jobReference"]
        created_ms = int(self.resource["statistics"]["creationTime"])
        result = self.result.text if self.result else None
        return (reference["projectId"], reference["jobId"], created_ms, json.dumps(self.resource), result)

    @property
    def size(self) -> int:
        """Roughly its bytes."""
        return len(self.row[3]) + len(self.row[4] or "")


class JobRecords:
    """Job ids that are taken, and what became of their jobs.

    A record of a job that changed nothing is written to a journal first, and from there to the database a little
    later, many in one commit.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._guard = threading.Lock()
        self._flushing = threading.Lock()
        self._pending: dict[JobKey, Ended] = {}
        self._at_hand: OrderedDict[JobKey, Ended] = OrderedDict()
        self._bytes_at_hand = 0
        database.connection.execute(_TABLE)
        database.connection.execute(_FORGET_ROWS, [int((time.time() - KEEP_SECONDS) * 1000)])
        ids = database.connection.execute("SELECT project, job_id FROM stand_in.jobs").fetchall()
        self._taken = {_digest(JobKey(*row)) for row in ids}
        self._journal = Journal(database.data_dir / "jobs.journal")
        for row in self._journal.read():
            # A kill may have come when it was in the database already.
            if self.take_id(JobKey(*row[:2])):
                self._pending[JobKey(*row[:2])] = Ended(json.loads(row[3]), row[4] and parse_result(row[4]))

    def take_id(self, key: JobKey) -> bool:
        """Take the id for a job, for ever; False if it was taken before. One step: there is no state in between."""
        digest = _digest(key)
        with self._guard:
            if digest in self._taken:
                return False
            self._taken.add(digest)
            return True

    def append(self, session: Session, ended: Ended) -> None:
        """Record an ended job in the transaction that holds its effect."""
        session.execute(_APPEND, ended.row)

    def append_children(self, session: Session, resources: list[dict[str, Any]]) -> None:
        """Record what became of a script's statements with it."""
        for one in resources:
            ended = Ended(one)
            self.take_id(JobKey(*ended.row[:2]))
            session.execute(_APPEND, ended.row)

    def children(self, parent: JobKey) -> list[dict[str, Any]]:
        """The recorded `Job` resources of a script's statements, the last one first."""
        told = f'"parentJobId": {json.dumps(parent.job_id)}'
        rows = self._database.connection.cursor().execute(_CHILDREN, [parent.project, told]).fetchall()
        return [json.loads(row[0]) for row in rows]

    def replace(self, session: Session, ended: Ended) -> None:
        """Record the end of a job that has a record already, for the case that it would not have come to it."""
        session.execute(_FORGET, ended.row[:2])
        session.execute(_APPEND, ended.row)

    def note(self, ended: Ended, *, is_written: bool) -> None:
        """Have the record at hand, and if it is not in the database, see that it gets there."""
        key = JobKey(*ended.row[:2])
        with self._guard:
            self._at_hand[key] = ended
            self._bytes_at_hand += ended.size
            if not is_written:
                self._journal.append(ended.row)
                self._pending[key] = ended
            while self._bytes_at_hand > _MOST_BYTES_AT_HAND:
                self._bytes_at_hand -= self._at_hand.popitem(last=False)[1].size

    def at_hand(self, key: JobKey) -> Ended | None:
        """The record and the result if no database has to be asked."""
        return self._at_hand.get(key) or self._pending.get(key)

    def find(self, key: JobKey) -> Ended | None:
        """The recorded `Job` resource and its result, or None."""
        with self._guard:
            known = self.at_hand(key)
        if known is not None or _digest(key) not in self._taken:
            return known
        row = self._database.connection.cursor().execute(_FIND, [key.job_id, key.project]).fetchone()
        return None if row is None else Ended(json.loads(row[0]), parse_result(row[1]) if row[1] else None)

    def newest(self, project: str, *, limit: int, offset: int) -> list[dict[str, Any]]:
        """Recorded `Job` resources, newest first."""
        self.flush()
        cursor = self._database.connection.cursor()
        rows = cursor.execute(_NEWEST, [project, limit, offset]).fetchall()
        return [json.loads(row[0]) for row in rows]

    def close(self) -> None:
        """Write the records that wait for it, and close the journal."""
        self.flush()
        self._journal.close()

    def flush(self) -> None:
        """Write the records that wait for it."""
        with self._flushing:
            with self._guard:
                ended = dict(self._pending)
            if not ended:
                return
            columns = [list(column) for column in zip(*(one.row for one in ended.values()), strict=True)]
            self._database.connection.cursor().execute(_APPEND_MANY, columns)
            with self._guard:
                for key in ended:
                    del self._pending[key]
                if not self._pending:
                    self._journal.clear()


def _digest(key: JobKey) -> bytes:
    return blake2b(f"{key.project}\0{key.job_id}".encode(), digest_size=16).digest()
