"""What is kept of every job: its record, in the database that holds its effect."""

from __future__ import annotations

import json
import threading
from typing import Any

import duckdb

from local.bigquery.job import JobKey

_TABLES = """
CREATE SCHEMA IF NOT EXISTS _convergence;
CREATE TABLE IF NOT EXISTS _convergence.job_records (
    project VARCHAR, job_id VARCHAR, created_ms BIGINT, record VARCHAR, PRIMARY KEY (project, job_id));
"""
_APPEND = "INSERT INTO _convergence.job_records VALUES (?, ?, ?, ?)"


def append_record(connection: duckdb.DuckDBPyConnection, resource: dict[str, Any]) -> None:
    """Record an ended job, in the transaction that holds its effect."""
    connection.execute(_APPEND, _row(resource))


class JobRecords:
    """Finds recorded jobs, over a connection of its own, so that it never waits for a running job."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection.cursor()
        self._guard = threading.Lock()
        self._connection.execute(_TABLES)

    def find(self, key: JobKey) -> dict[str, Any] | None:
        """The recorded `Job` resource, or None."""
        sql = "SELECT record FROM _convergence.job_records WHERE project = ? AND job_id = ?"
        rows = self._fetch(sql, [key.project, key.job_id])
        return json.loads(rows[0][0]) if rows else None

    def newest(self, project: str, *, limit: int, offset: int) -> list[dict[str, Any]]:
        """Recorded `Job` resources, newest first."""
        sql = (
            "SELECT record FROM _convergence.job_records WHERE project = ?"
            " ORDER BY created_ms DESC, job_id LIMIT ? OFFSET ?"
        )
        return [json.loads(row[0]) for row in self._fetch(sql, [project, limit, offset])]

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _fetch(self, sql: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
        with self._guard:
            return self._connection.execute(sql, parameters).fetchall()


def _row(resource: dict[str, Any]) -> list[Any]:
    reference = resource["jobReference"]
    created_ms = int(resource["statistics"]["creationTime"])
    return [reference["projectId"], reference["jobId"], created_ms, json.dumps(resource)]
