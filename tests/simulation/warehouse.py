"""BigQuery's jobs: an id is used once for ever, a job runs for a while and then has its effect, or doesn't."""

from dataclasses import dataclass
from datetime import datetime

from shared.domain.errors import (
    AttemptError,
    GivenUpError,
    StepError,
    StillRunningError,
    TransientError,
    TransientKind,
)
from shared.domain.ids import JobId
from shared.domain.job import Job, JobHandle, JobOutcome, QueryJob
from tests.simulation.timeline import Timeline, ViolationError

_PASSING: tuple[TransientKind, ...] = ("conflict", "quota", "rate_limit", "unavailable")
_LONG = (100, 400, 900, 4000)


@dataclass
class SimulatedJob:
    """A job, or a void one, which has no `run_id` and has failed since it began."""

    job_id: JobId
    run_id: str | None
    ends_at: float
    result: str
    kind: TransientKind = "unavailable"
    is_check: bool = False
    rows: int = 1

    @property
    def is_void(self) -> bool:
        return self.run_id is None


class SimulatedWarehouse:
    """`jobs` by their ids. Each job's end is drawn when it begins; only a cancel changes it."""

    def __init__(self, timeline: Timeline, tenants_by_run: dict[str, str]) -> None:
        self._timeline = timeline
        self._tenants_by_run = tenants_by_run
        self.jobs: dict[JobId, SimulatedJob] = {}

    def submit(self, job: Job) -> JobHandle:
        timeline = self._timeline
        timeline.before("submit")
        self._require_own(job)
        if job.job_id not in self.jobs:
            self._maybe_refuse(job)
            self.jobs[job.job_id] = begun = self._begun(job)
            timeline.count["jobs"] += 1
            if timeline.tell is not None:
                timeline.say(
                    f"submit {_short(job.job_id)}: {begun.result} in {begun.ends_at - timeline.now:.0f} s"
                )
        else:
            timeline.say(f"adopt {_short(job.job_id)}")
        timeline.after("submit")
        return JobHandle.model_construct(job_id=job.job_id, location=job.location)

    def find(self, handle: JobHandle) -> JobHandle | None:
        self._timeline.before("find")
        found = handle if handle.job_id in self.jobs else None
        self._timeline.say(f"find {_short(handle.job_id)}: {'there' if found else 'nothing'}")
        self._timeline.after("find")
        return found

    def wait(self, handle: JobHandle, *, until: datetime) -> JobOutcome:
        timeline = self._timeline
        timeline.before("wait")
        job = self.jobs.get(handle.job_id)
        if job is None:
            raise TransientError(f"Could not wait for job {handle.job_id}: Not found")
        latest = timeline.seconds(until) - timeline.task.skew
        while timeline.now < min(job.ends_at, latest):
            timeline.sleep(min(job.ends_at, latest, timeline.now + 120.0))
        is_done = timeline.now >= job.ends_at
        timeline.say(f"wait {_short(job.job_id)}: {job.result if is_done else 'goes on'}")
        timeline.after("wait")
        if not is_done:
            raise StillRunningError(f"Job {job.job_id} still runs")
        return _outcome(job)

    def void(self, handle: JobHandle) -> bool:
        timeline = self._timeline
        timeline.before("void")
        if handle.job_id not in self.jobs:
            self.jobs[handle.job_id] = SimulatedJob(handle.job_id, None, timeline.now, "void")
            timeline.count["voids"] += 1
        is_void = self.jobs[handle.job_id].is_void
        timeline.say(f"void {_short(handle.job_id)}: {is_void}")
        timeline.after("void")
        return is_void

    def cancel(self, handle: JobHandle) -> None:
        timeline = self._timeline
        timeline.before("cancel")
        job = self.jobs.get(handle.job_id)
        is_late = timeline.chance(timeline.faults.late_cancel)
        if job is not None and not is_late and timeline.now < job.ends_at:
            job.ends_at = min(job.ends_at, timeline.now + timeline.rng.choice((0.0, 1.0, 30.0)))
            job.result, job.kind = "stopped", "stopped"
            timeline.count["jobs stopped"] += 1
        timeline.say(f"cancel {_short(handle.job_id)}{' too late' if is_late else ''}")
        timeline.after("cancel")

    def ping(self) -> None:
        return

    def effects(self) -> list[SimulatedJob]:
        """The jobs that are done without error."""
        return [
            job for job in self.jobs.values() if job.result == "done" and job.ends_at <= self._timeline.now
        ]

    def _require_own(self, job: Job) -> None:
        run_id = job.labels["run_id"]
        owner = self._tenants_by_run[run_id]
        rows_of = job.job_id.split("_")[1]
        if {job.tenant_id, job.labels["tenant_id"], self._tenants_by_run[rows_of]} != {owner}:
            raise ViolationError(f"a job of run {run_id} of {owner} is another tenant's: {job.tenant_id}")

    def _maybe_refuse(self, job: Job) -> None:
        # BigQuery refuses what it can't read, or what names a table that isn't there, without making a job; the next
        # request of the same job may be taken.
        if self._timeline.chance(self._timeline.faults.job_refused):
            self._timeline.count["jobs refused"] += 1
            self._timeline.say(f"submit {_short(job.job_id)}: refused")
            raise StepError("Syntax error")

    def _begun(self, job: Job) -> SimulatedJob:
        timeline, rng = self._timeline, self._timeline.rng
        faults = timeline.faults
        seconds = (
            float(rng.choice(_LONG)) if timeline.chance(faults.slow_job) else rng.choice((0.1, 2.0, 30.0))
        )
        result, kind = "done", rng.choice(_PASSING)
        if timeline.chance(faults.job_passing):
            result = "passing"
        elif timeline.chance(faults.job_failing):
            result = "failing"
        if seconds > job.timeout_seconds and rng.random() < 0.8:
            seconds, result, kind = float(job.timeout_seconds), "passing", "timeout"
        if result != "done":
            timeline.count[f"jobs {result}"] += 1
        return SimulatedJob(
            job.job_id,
            job.labels["run_id"],
            timeline.now + seconds,
            result,
            kind,
            is_check=isinstance(job, QueryJob) and "figure_0" in job.sql,
            rows=0 if timeline.chance(faults.rule_broken) else 1,
        )


def _outcome(job: SimulatedJob) -> JobOutcome:
    match job.result:
        case "done":
            rows = ({"rows_checked": job.rows, "figure_0": job.rows},) if job.is_check else ()
            return JobOutcome.model_construct(
                job_id=job.job_id,
                rows_written=job.rows,
                bytes_processed=1,
                bytes_billed=1,
                slot_ms=1,
                rows=rows,
            )
        case "failing":
            raise StepError("Division by zero")
        case "void":
            raise GivenUpError
        case _:
            raise AttemptError(f"The job failed: {job.kind}", kind=job.kind)


def _short(job_id: JobId) -> str:
    _, run_id, *rest = job_id.split("_")
    return "_".join((run_id[-6:], *rest))


def is_main(job: SimulatedJob) -> bool:
    """Whether the job is the one that changes the tenant's table."""
    return job.job_id.count("_") == 3
