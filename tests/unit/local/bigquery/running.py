"""Statements carried out as the stand-in does it, without a server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.bigquery.app import App
from local.bigquery.catalog import Dataset
from local.bigquery.database import Database
from local.bigquery.job import Job, JobKey, create_job_id
from local.bigquery.problem import ApiError

EMAIL = "someone@example.com"


class Running:
    """Runs query jobs in the dataset `d`."""

    def __init__(self, folder: Path) -> None:
        self.database = Database(folder, project="p")
        self.app = App(self.database)
        with self.database.session() as session:
            session.put_dataset(Dataset("p", "d", {}))

    def job(self, sql: str, **query: Any) -> dict[str, Any]:
        """The ended job's resource, with the rows of a query as `rows`."""
        return asyncio.run(self._job({"query": sql, "useLegacySql": False, **query}))

    def rows(self, sql: str, **query: Any) -> list[list[Any]]:
        """The rows of the last statement, as REST has their values. Raises ApiError for a job that failed."""
        ended = self.job(sql, **query)
        error = ended["status"].get("errorResult")
        if error is not None:
            raise ApiError(error["reason"], error["message"], location=error.get("location"))
        rows: list[list[Any]] = ended["rows"]
        return rows

    async def _job(self, query: dict[str, Any]) -> dict[str, Any]:
        key = JobKey("p", create_job_id())
        job = Job(key, {"query": query}, user_email=EMAIL)
        self.app.jobs.submit(job, self.app.queries.run)
        await self.app.jobs.wait(job)
        ended = await self.app.jobs.ended(key)
        return {**ended.resource, "rows": ended.result.rows if ended.result else []}


@contextmanager
def running_in(folder: Path) -> Iterator[Running]:
    """A stand-in on a folder of its own, for as long as the block lasts."""
    running = Running(folder)
    try:
        yield running
    finally:
        running.app.jobs.close()
        running.database.close()
