"""Dry runs: what a query would cost and return, without a trace of it afterwards."""

from __future__ import annotations

from typing import Any

from bqemulator.api.dependencies import AppContext

from local.bigquery.job import Job, Outcome
from local.bigquery.lanes import Lanes
from local.bigquery.problem import ApiError
from local.bigquery.queries import run_query


class _UndoneError(Exception):
    """Ends the transaction of a dry run, so that nothing of it stays."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


async def dry_run(lanes: Lanes, job: Job) -> dict[str, Any]:
    """The `Job` resource BigQuery answers to a dry run; errors of the statement are raised.

    The statement is carried out and undone: DuckDB has no way to analyse one without its tables' locks.
    """
    if "query" not in job.configuration:
        raise ApiError("invalid", "Only query jobs can be dry-run here")

    async def undo(storage: AppContext) -> None:
        raise _UndoneError(await run_query(storage, job))

    try:
        await lanes.commit(undo)
    except _UndoneError as undone:
        outcome = undone.outcome
        outcome.statistics["query"] |= {"schema": {"fields": outcome.schema}, "totalBytesBilled": "0"}
        job.succeed(outcome)
        resource = job.resource
        del resource["jobReference"]["jobId"]
        return resource
    raise AssertionError("a dry run always ends by being undone")
