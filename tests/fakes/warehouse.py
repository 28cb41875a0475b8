"""BigQuery's jobs in memory: a job's id can be used once, and whoever comes second gets the first one's job."""

import json
import re
import zlib
from collections.abc import Callable
from datetime import UTC, datetime

from pydantic import JsonValue

from shared.domain.errors import AttemptError, GivenUpError, StepError, StillRunningError, TransientError
from shared.domain.estimate import Estimate
from shared.domain.ids import JobId, TenantId
from shared.domain.job import Job, JobHandle, JobOutcome, LoadJob, QueryJob
from shared.domain.table import Purpose, Table

ROWS = 10
"""How many rows every query job finds or writes, unless a test says otherwise."""


Outcome = JobOutcome | StepError | AttemptError
OutcomeOf = Callable[[Job, list[dict[str, JsonValue]]], JobOutcome]


def succeeded(job: Job, rows: list[dict[str, JsonValue]]) -> JobOutcome:
    """What comes of a job where nothing goes wrong: a load writes its `rows`, a check finds no row that fails."""
    is_load = isinstance(job, LoadJob)
    sql = job.sql if isinstance(job, QueryJob) else ""
    figures = re.findall(r" AS (figure_\w+)", sql)
    fields = re.findall(r" AS (rows_with_\d+)", sql)
    is_count = " AS rows_fit" in sql
    is_check = is_count or " AS rows_checked" in sql
    answer: dict[str, str | int | bool | None] = {
        "rows_checked": ROWS,
        **dict.fromkeys(figures, 0),
        **dict.fromkeys(fields, ROWS),
    }
    if is_count:
        answer = {"rows_fit": ROWS, "rows_broken": 0, "example": None}
    return JobOutcome(
        job_id=job.job_id,
        rows_written=len(rows) if is_load else None if is_check else ROWS,
        bytes_processed=100,
        bytes_billed=0 if is_load else 1000,
        slot_ms=5,
        rows=(answer,) if is_check else (),
        labels=job.labels,
    )


def estimated(job: QueryJob) -> Estimate:
    """What every query reads, unless a test says otherwise: a little of one table."""
    return Estimate(bytes_processed=100, table_count=1)


class MemoryWarehouse:
    """`jobs` are those that were submitted, in order: each id once; `loaded` are the rows of those that load any.

    `outcome_of` decides what comes of a job, or raises StepError or AttemptError. A job whose id is in `running` goes
    on until a test takes it out or it is cancelled. The ids in `voided` belong to jobs that do nothing but fail.

    Of the tenants' tables those in `missing` are made once they are required; those in `unsound` a person has to mend.
    `required` are the names of those that were looked for, in order.

    `estimates` are the jobs that were asked about, of which `estimate_of` tells.
    """

    def __init__(self, outcome_of: OutcomeOf = succeeded) -> None:
        self.jobs: dict[JobId, Job] = {}
        self.loaded: dict[JobId, list[dict[str, JsonValue]]] = {}
        self.running: set[JobId] = set()
        self.voided: set[JobId] = set()
        self.missing: set[str] = set()
        self.unsound: set[str] = set()
        self.required: list[str] = []
        self.is_reachable = True
        self.tables_made_at = datetime(2020, 1, 1, tzinfo=UTC)
        self.estimates: list[QueryJob] = []
        self.estimate_of: Callable[[QueryJob], Estimate] = estimated
        self._outcome_of = outcome_of
        self._outcomes: dict[JobId, Outcome] = {}

    @property
    def queries(self) -> dict[JobId, QueryJob]:
        """Those of `jobs` that are queries."""
        return {job_id: job for job_id, job in self.jobs.items() if isinstance(job, QueryJob)}

    @property
    def effects(self) -> dict[JobId, Job]:
        """The jobs that are done without error, in the order in which they were submitted."""
        return {
            job_id: job
            for job_id, job in self.jobs.items()
            if job_id not in self.running and isinstance(self._outcomes[job_id], JobOutcome)
        }

    def require_table(self, tenant_id: TenantId, table: Table, *, purpose: Purpose, anew: bool) -> bool:
        self._require_reachable()
        self.required.append(table.name)
        if table.name in self.unsound and purpose == "written":
            raise StepError(f"{tenant_id}.{table.name} differs")
        is_missing = table.name in self.missing
        self.missing.discard(table.name)
        return is_missing

    def created_at(self, tenant_id: TenantId, table: str) -> datetime | None:
        self._require_reachable()
        return None if table in self.missing else self.tables_made_at

    def estimate(self, job: QueryJob) -> Estimate:
        self._require_reachable()
        self.estimates.append(job)
        return self.estimate_of(job)

    def submit(self, job: Job) -> JobHandle:
        rows = _rows(job)
        self._require_reachable()
        if job.job_id not in self._outcomes:
            self.jobs[job.job_id] = job
            self._outcomes[job.job_id] = outcome = self._outcome(job, rows)
            if isinstance(job, LoadJob) and isinstance(outcome, JobOutcome):
                self.loaded[job.job_id] = rows
        return JobHandle(tenant_id=job.tenant_id, job_id=job.job_id, location=job.location)

    def find(self, handle: JobHandle) -> JobHandle | None:
        self._require_reachable()
        return handle if handle.job_id in self._outcomes else None

    def wait(self, handle: JobHandle, *, until: datetime) -> JobOutcome:
        self._require_reachable()
        if handle.job_id in self.running:
            raise StillRunningError(f"Job {handle.job_id} still runs at {until:%H:%M:%S}")
        outcome = self._outcomes.get(handle.job_id)
        if outcome is None:
            raise TransientError(f"Could not wait for job {handle.job_id}: Not found")
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def void(self, handle: JobHandle) -> bool:
        self._require_reachable()
        if handle.job_id not in self._outcomes:
            self.voided.add(handle.job_id)
            self._outcomes[handle.job_id] = GivenUpError()
        return handle.job_id in self.voided

    def cancel(self, handle: JobHandle) -> None:
        self._require_reachable()
        if handle.job_id in self.jobs and handle.job_id in self.running:
            self.running.remove(handle.job_id)
            self.loaded.pop(handle.job_id, None)
            self._outcomes[handle.job_id] = AttemptError("The job was stopped", kind="stopped")

    def _require_reachable(self) -> None:
        if not self.is_reachable:
            raise TransientError("Could not reach BigQuery")

    def _outcome(self, job: Job, rows: list[dict[str, JsonValue]]) -> Outcome:
        try:
            return self._outcome_of(job, rows)
        except (StepError, AttemptError) as error:
            return error


def _rows(job: Job) -> list[dict[str, JsonValue]]:
    if not isinstance(job, LoadJob):
        return []
    file = zlib.decompress(b"".join(job.content), wbits=31)
    return [json.loads(line) for line in file.splitlines()]


def whole(job: Job) -> Job:
    """The job with all its content, which is made now: what is submitted when a request of its submission arrives."""
    return job.model_copy(update={"content": iter(list(job.content))}) if isinstance(job, LoadJob) else job
