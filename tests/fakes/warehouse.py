"""BigQuery's jobs in memory: a job's id can be used once, and whoever comes second gets the first one's job."""

import gzip
import json
import re
from collections.abc import Callable

from pydantic import JsonValue

from shared.domain.errors import StepError, TransientError
from shared.domain.ids import JobId
from shared.domain.job import Job, JobHandle, JobOutcome, LoadJob, QueryJob

ROWS = 10
"""How many rows every query job finds or writes, unless a test says otherwise."""


def succeeded(job: Job, rows: list[dict[str, JsonValue]]) -> JobOutcome:
    """What comes of a job where nothing goes wrong: a load writes its `rows`, a check finds no row that fails."""
    is_load = isinstance(job, LoadJob)
    figures = re.findall(r" AS (figure_\d+)", job.sql) if isinstance(job, QueryJob) else []
    answer = ({"rows_checked": ROWS, **dict.fromkeys(figures, 0)},) if figures else ()
    return JobOutcome(
        job_id=job.job_id,
        rows_written=len(rows) if is_load else None if figures else ROWS,
        bytes_processed=100,
        bytes_billed=0 if is_load else 1000,
        slot_ms=5,
        rows=answer,
    )


class MemoryWarehouse:
    """`jobs` are the effects, in order: each id once. `outcome_of` decides what comes of a job, or raises StepError."""

    def __init__(
        self, outcome_of: Callable[[Job, list[dict[str, JsonValue]]], JobOutcome] = succeeded
    ) -> None:
        self.jobs: dict[JobId, Job] = {}
        self.loaded: dict[JobId, list[dict[str, JsonValue]]] = {}
        self.running: set[JobId] = set()
        self.is_reachable = True
        self._outcome_of = outcome_of
        self._outcomes: dict[JobId, JobOutcome | StepError] = {}

    def submit(self, job: Job) -> JobHandle:
        self.ping()
        if job.job_id not in self.jobs:
            self.jobs[job.job_id] = job
            if isinstance(job, LoadJob):
                with gzip.open(job.file, "rt", encoding="utf-8") as lines:
                    self.loaded[job.job_id] = [json.loads(line) for line in lines]
            self._outcomes[job.job_id] = self._outcome(job)
        return JobHandle(job_id=job.job_id, location=job.location)

    def find(self, handle: JobHandle) -> JobHandle | None:
        self.ping()
        return handle if handle.job_id in self.jobs else None

    def wait(self, handle: JobHandle) -> JobOutcome:
        if handle.job_id in self.running:
            raise TransientError(f"Job {handle.job_id} still runs")
        outcome = self._outcomes[handle.job_id]
        if isinstance(outcome, StepError):
            raise outcome
        return outcome

    def ping(self) -> None:
        if not self.is_reachable:
            raise TransientError("Could not list datasets: BigQuery is out of reach")

    def _outcome(self, job: Job) -> JobOutcome | StepError:
        try:
            return self._outcome_of(job, self.loaded.get(job.job_id, []))
        except StepError as error:
            return error
