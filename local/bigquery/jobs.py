"""All jobs: accepting one under an id nobody used before, carrying it out, finding it again."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, NamedTuple

from local.bigquery.database import AbandonedError, Database
from local.bigquery.job import Execute, Job, JobKey, child_resources, stopped
from local.bigquery.problem import ApiError
from local.bigquery.records import Ended, JobRecords
from local.bigquery.session import AgainError, Session

_INTERRUPT_SECONDS = 0.05
_FLUSH_SECONDS = 2.0
_CANCELLED = "User requested cancellation"


class _Done(NamedTuple):
    """What became of one transaction of a job: its record, whether that was written, and what is to follow."""

    ended: Ended
    is_written: bool
    then: Callable[[], Execute] | None = None


class Jobs:
    """The job id is a lock: BigQuery carries out one job under an id and refuses every other one.

    A job's effect and its record are one commit, so a job is DONE without an error exactly if its effect is there,
    whenever the process was killed. A job that runs when the process stops leaves nothing, not even its id: who
    submits it again has it carried out. BigQuery does not stop.
    """

    def __init__(self, database: Database, *, records: JobRecords) -> None:
        self._database = database
        self._records = records
        self._live: dict[JobKey, Job] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_ending = False
        self._flush: asyncio.TimerHandle | None = None
        database.jobs = self.all

    def submit(self, job: Job, execute: Execute) -> None:
        """Accept `job` and start carrying it out. Raises ApiError `duplicate` if its id was used before."""
        if not self._records.take_id(job.key):
            raise _duplicate(job)
        self._live[job.key] = job
        self._start(self._carry_out(job, execute))
        if job.timeout_seconds is not None:
            self._start(self._stop_overdue(job, job.timeout_seconds))

    async def wait(self, job: Job, *, seconds: float | None = None) -> bool:
        """Wait for the job's end, or the server's; whether the job has ended."""
        if not job.is_done:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await job.news.wait()
        return job.is_done

    def end_waiting(self) -> None:
        """Let nobody wait any longer: the server is about to stop."""
        self._is_ending = True
        for job in self._live.values():
            job.news.set()

    def live(self, key: JobKey) -> Job | None:
        """The job if it has not ended."""
        return self._live.get(key)

    async def find(self, key: JobKey) -> dict[str, Any]:
        """The `Job` resource. Raises ApiError `notFound`."""
        job = self._live.get(key)
        return job.unfinished_resource if job is not None else (await self.ended(key)).resource

    async def ended(self, key: JobKey) -> Ended:
        """The record of a job that has ended. Raises ApiError `notFound`."""
        found = self._records.at_hand(key) or await asyncio.to_thread(self._records.find, key)
        if found is None:
            raise ApiError("notFound", f"Not found: Job {key.project}:{key.job_id}")
        return found

    async def newest(self, project: str, *, limit: int, offset: int) -> list[dict[str, Any]]:
        """`Job` resources: first those that run, then the recorded ones, newest first."""
        running = self._running(project) if offset == 0 else []
        recorded = await asyncio.to_thread(self._records.newest, project, limit=limit, offset=offset)
        return (running + self._ended_ones(recorded))[:limit]

    async def children(self, parent: JobKey) -> list[dict[str, Any]]:
        """`Job` resources of the statements of a script that has ended and changed something."""
        return await asyncio.to_thread(self._records.children, parent)

    def all(self, project: str) -> list[dict[str, Any]]:
        """Every `Job` resource of the project. For use on any thread but the server's."""
        running = self._running(project)
        return running + self._ended_ones(self._records.newest(project, limit=1_000_000, offset=0))

    async def cancel(self, key: JobKey) -> dict[str, Any]:
        """Ask the job to stop and answer it as it is now. Raises ApiError `notFound`."""
        job = self._live.get(key)
        if job is not None:
            job.request_stop(_CANCELLED)
            self._start(self._insist(job, _CANCELLED))
        return await self.find(key)

    def close(self) -> None:
        """Write the records that wait for it. To be called before the database is closed."""
        self._records.close()

    def _running(self, project: str) -> list[dict[str, Any]]:
        live = list(self._live.items())
        return [job.unfinished_resource for key, job in reversed(live) if key.project == project]

    def _ended_ones(self, recorded: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Without those that have a record only for the case that the process ends before they do."""
        live = {key.job_id for key, job in list(self._live.items()) if job.has_begun}
        return [one for one in recorded if one["jobReference"]["jobId"] not in live] if live else recorded

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _stop_overdue(self, job: Job, seconds: float) -> None:
        if not await self.wait(job, seconds=seconds):
            reason = f"Job timed out after {seconds:g} s"
            job.request_stop(reason)
            await self._insist(job, reason)

    async def _insist(self, job: Job, reason: str) -> None:
        # DuckDB forgets an interrupt that comes between two of a job's statements.
        while not self._is_ending and not await self.wait(job, seconds=_INTERRUPT_SECONDS):
            job.request_stop(reason)

    async def _carry_out(self, job: Job, execute: Execute) -> None:
        try:
            ended, is_written = await self._all_steps(job, execute)
            self._note(ended, is_written=is_written)
        except Exception as error:  # noqa: BLE001 - the boundary: whatever happened is the end of the job
            if not self._database.is_closing or job.stop_reason:
                job.fail(_failure(job, error))
                await self._note_failure(job)
        finally:
            del self._live[job.key]
            job.is_done = True
            job.news.set()

    async def _all_steps(self, job: Job, execute: Execute) -> tuple[Ended, bool]:
        """Carry out the job, each step of it in a transaction; its record, and whether that is in the database."""
        while True:
            done = await self._database.run(
                partial(self._run, job=job, execute=execute), abandoned=job.abandoned
            )
            if done.then is None:
                return done.ended, done.is_written
            job.has_begun = job.has_begun or done.is_written
            execute = done.then()

    async def _note_failure(self, job: Job) -> None:
        ended = Ended(job.resource)
        if job.has_begun:
            await self._database.run(lambda session: self._records.replace(session, ended))
        self._note(ended, is_written=job.has_begun)

    def _run(self, session: Session, *, job: Job, execute: Execute) -> _Done:
        job.start(session.interrupt)
        try:
            outcome = execute(session, job)
        except AgainError:
            raise
        except BaseException:
            job.settle()
            raise
        job.settle()
        if outcome.then is not None:
            ended = Ended(job.interrupted_resource)
            if outcome.changes and not job.has_begun:
                self._records.append(session, ended)
            return _Done(ended, outcome.changes, outcome.then)
        job.succeed(outcome)
        ended = Ended(job.resource, outcome.result)
        if job.has_begun:
            self._records.replace(session, ended)
        elif outcome.changes:
            self._records.append(session, ended)
        is_written = outcome.changes or job.has_begun
        if is_written:
            self._records.append_children(session, child_resources(job, outcome))
        return _Done(ended, is_written)

    def _note(self, ended: Ended, *, is_written: bool) -> None:
        self._records.note(ended, is_written=is_written)
        if not is_written and self._flush is None:
            self._flush = asyncio.get_running_loop().call_later(_FLUSH_SECONDS, self._flush_now)

    def _flush_now(self) -> None:
        self._flush = None
        self._start(asyncio.to_thread(self._records.flush))


def _duplicate(job: Job) -> ApiError:
    return ApiError("duplicate", f"Already Exists: Job {job.key.project}:{job.location}.{job.key.job_id}")


def _failure(job: Job, error: Exception) -> ApiError:
    if job.stop_reason:
        return stopped(job)
    if isinstance(error, AbandonedError):
        raise AssertionError("only a job that is to stop abandons its locks") from error
    if isinstance(error, ApiError):
        return error
    print(f"bigquery: job {job.key.job_id}: {type(error).__name__}", file=sys.stderr)
    return ApiError("internalError", f"An internal error occurred ({type(error).__name__}).")
