"""All jobs: accepting one under an id nobody used before, carrying it out, finding it again."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from bqemulator.api.dependencies import AppContext
from bqemulator.domain.errors import DomainError

from local.bigquery.job import Job, JobKey, Outcome
from local.bigquery.lane import Lane
from local.bigquery.lanes import Lanes
from local.bigquery.problem import ApiError, api_error
from local.bigquery.records import JobRecords, append_record
from local.bigquery.results import Results
from local.bigquery.transactions import ConflictError

Execute = Callable[[AppContext, Job], Awaitable[Outcome]]
_INTERRUPT_SECONDS = 0.1
_CANCELLED = "User requested cancellation"


class Jobs:
    """The job id is a lock: BigQuery carries out one job under an id and refuses every other one.

    Upstream 1.4.0 carries out the second one too. Here a job's effect and its record are one commit, so a
    job is DONE without an error exactly if its effect is there, whenever the process was killed. A job that runs when
    the process stops leaves nothing, not even its id: who submits it again has it carried out. BigQuery does not stop.
    """

    def __init__(self, lanes: Lanes, *, records: JobRecords, results: Results) -> None:
        self._lanes = lanes
        self._records = records
        self._results = results
        self._live: dict[JobKey, Job] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def submit(self, job: Job, execute: Execute, *, short: bool = False) -> None:
        """Accept `job` and start carrying it out. Raises ApiError `duplicate` if its id was used before.

        A `short` one only reads, and does not wait for those that are not.
        """
        if job.key in self._live:
            raise _duplicate(job)
        # Reserved before the first await, so that of two at the same moment exactly one goes on.
        self._live[job.key] = job
        if await asyncio.to_thread(self._records.find, job.key) is not None:
            del self._live[job.key]
            raise _duplicate(job)
        self._start(self._carry_out(job, execute, short=short))
        self._start(self._stop_overdue(job))

    async def wait(self, job: Job, *, seconds: float) -> bool:
        """Wait for the job's end; whether it has ended."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(job.done.wait(), seconds)
        return job.done.is_set()

    def live(self, key: JobKey) -> Job | None:
        """The job if it has not ended."""
        return self._live.get(key)

    async def find(self, key: JobKey) -> dict[str, Any]:
        """The `Job` resource. Raises ApiError `notFound`."""
        job = self._live.get(key)
        if job is not None and not job.done.is_set():
            return job.unfinished_resource
        recorded = await asyncio.to_thread(self._records.find, key)
        if recorded is None:
            raise ApiError("notFound", f"Not found: Job {key.project}:{key.job_id}")
        return recorded

    async def newest(self, project: str, *, limit: int, offset: int) -> list[dict[str, Any]]:
        """`Job` resources: first those that run, then the recorded ones, newest first."""
        running = [job.unfinished_resource for key, job in self._live.items() if key.project == project]
        recorded = await asyncio.to_thread(self._records.newest, project, limit=limit, offset=offset)
        return (running + recorded)[:limit] if offset == 0 else recorded

    async def cancel(self, key: JobKey) -> dict[str, Any]:
        """Ask the job to stop and answer it as it is now. Raises ApiError `notFound`."""
        job = self._live.get(key)
        if job is not None:
            job.request_stop(_CANCELLED)
            self._start(self._insist(job, _CANCELLED))
        return await self.find(key)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _stop_overdue(self, job: Job) -> None:
        seconds = job.timeout_seconds
        if seconds is not None and not await self.wait(job, seconds=seconds):
            reason = f"Job timed out after {seconds:g} s"
            job.request_stop(reason)
            await self._insist(job, reason)

    async def _insist(self, job: Job, reason: str) -> None:
        # DuckDB forgets an interrupt that comes between two of a job's statements.
        while not await self.wait(job, seconds=_INTERRUPT_SECONDS):
            job.request_stop(reason)

    async def _carry_out(self, job: Job, execute: Execute, *, short: bool) -> None:
        try:
            await self._lanes.run(lambda lane: self._run(lane, job, execute), short=short)
        finally:
            job.done.set()
            del self._live[job.key]

    def _run(self, lane: Lane, job: Job, execute: Execute) -> None:
        async def succeed(storage: AppContext) -> None:
            job.start(lane.interrupt)
            try:
                outcome = await execute(storage, job)
            finally:
                job.settle()
            if outcome.rows is not None:
                self._results.save(job.key, outcome.rows, schema=outcome.schema)
            job.succeed(outcome)
            append_record(storage.engine.connection, job.resource)

        async def fail(storage: AppContext) -> None:
            append_record(storage.engine.connection, job.resource)

        try:
            lane.commit(succeed)
        # The boundary: whatever happened is the end of the job.
        except Exception as error:
            if isinstance(error, ConflictError) and not lane.changes:
                raise
            if lane.is_stopping and not job.stop_reason:
                return
            job.fail(_failure(job, error))
            lane.commit(fail)


def _duplicate(job: Job) -> ApiError:
    return ApiError("duplicate", f"Already Exists: Job {job.key.project}:{job.location}.{job.key.job_id}")


def _failure(job: Job, error: Exception) -> ApiError:
    if job.stop_reason:
        return ApiError("stopped", f"Job execution was cancelled: {job.stop_reason}")
    if isinstance(error, ApiError):
        return error
    if isinstance(error, DomainError):
        return api_error(error)
    print(f"bigquery: job {job.key.job_id}: {type(error).__name__}", file=sys.stderr)
    return ApiError("internalError", f"An internal error occurred ({type(error).__name__}).")
