"""Statements carried out as the stand-in does it, without a server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.bigquery.app import App
from local.bigquery.catalog import Dataset
from local.bigquery.database import Database
from local.bigquery.job import JobKey, create_job_id
from local.bigquery.problem import ApiError
from local.bigquery.web import Request


class Running:
    """Runs query jobs in the dataset `d`."""

    def __init__(self, folder: Path) -> None:
        self.database = Database(folder, project="p")
        self.app = App(self.database)
        with self.database.session() as session:
            session.put_dataset(Dataset("p", "d", {}))

    def job(self, sql: str, **query: Any) -> dict[str, Any]:
        """The ended job's resource, with the rows of a query as `rows`."""
        return asyncio.run(self._job({"query": {"query": sql, "useLegacySql": False, **query}}))

    def rows(self, sql: str, **query: Any) -> list[list[Any]]:
        """The rows of the last statement, as REST has their values. Raises ApiError for a job that failed."""
        rows: list[list[Any]] = _succeeded(self.job(sql, **query))["rows"]
        return rows

    def load(self, path: Path, **load: Any) -> dict[str, Any]:
        """The figures of a job that loads an NDJSON file into `d.t`. Raises ApiError for a job that failed."""
        configuration = {
            "destinationTable": {"projectId": "p", "datasetId": "d", "tableId": "t"},
            "sourceFormat": "NEWLINE_DELIMITED_JSON",
            "sourceUris": [f"file://{path}"],
            **load,
        }
        ended = _succeeded(asyncio.run(self._job({"load": configuration})))
        figures: dict[str, Any] = ended["statistics"]["load"]
        return figures

    def call(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer to a call; `path` begins behind the project."""
        return asyncio.run(self._respond(method, path, body))

    async def _respond(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        request = Request(method, f"/bigquery/v2/projects/p/{path}", body=json.dumps(body).encode())
        found: dict[str, Any] = json.loads((await self.app.respond(request)).body)
        return found

    async def _job(self, configuration: dict[str, Any]) -> dict[str, Any]:
        key = JobKey("p", create_job_id())
        asked = {"configuration": configuration, "jobReference": {"projectId": "p", "jobId": key.job_id}}
        await self._respond("POST", "jobs", asked)
        live = self.app.jobs.live(key)
        if live is not None:
            await self.app.jobs.wait(live)
        ended = await self.app.jobs.ended(key)
        return {**ended.resource, "rows": ended.result.rows if ended.result else []}


def _succeeded(job: dict[str, Any]) -> dict[str, Any]:
    error = job["status"].get("errorResult")
    if error is not None:
        raise ApiError(error["reason"], error["message"], location=error.get("location"))
    return job


@contextmanager
def running_in(folder: Path) -> Iterator[Running]:
    """A stand-in on a folder of its own, for as long as the block lasts."""
    running = Running(folder)
    try:
        yield running
    finally:
        running.app.jobs.close()
        running.database.close()
