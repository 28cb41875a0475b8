"""BigQuery's jobs: an id is used once for ever, a job runs for a while and then has its effect, or doesn't."""

import re
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime

from pydantic import JsonValue

from shared.domain.errors import (
    AttemptError,
    LostTurnError,
    NotDirectlyError,
    StepError,
    StillRunningError,
    TransientKind,
)
from shared.domain.estimate import Estimate
from shared.domain.ids import JobId, TenantId
from shared.domain.job import OBJECTS_LABEL, Job, JobHandle, JobOutcome, QueryJob
from shared.domain.table import Purpose, Table
from tests.fakes.warehouse import MemoryWarehouse, OutcomeOf, succeeded, whole
from tests.simulation.timeline import Timeline

_PASSING: tuple[TransientKind, ...] = ("conflict", "quota", "rate_limit", "unavailable")
_LONG = (100, 400, 900, 4000)
_LOCK = re.compile(r"BEGIN TRANSACTION;\nUPDATE `\w+`\.`\w+`")
"""What a statement is that lets BigQuery carry out one of several transactions at a time: it changes the same rows."""


class SimulatedWarehouse:
    """The jobs in memory, far away. Each job's end is drawn when it begins; only a cancel changes it.

    `watch` is told of every job that is asked for. `outcome_of` says what comes of one that nothing befalls.
    """

    def __init__(
        self, timeline: Timeline, watch: Callable[[Job], None], *, outcome_of: OutcomeOf = succeeded
    ) -> None:
        self._timeline = timeline
        self._watch = watch
        self._outcome_of = outcome_of
        self._kept = MemoryWarehouse(self._begun)
        self._begins_at: dict[JobId, float] = {}
        self._ends_at: dict[JobId, float] = {}
        self._in_turn: defaultdict[str, list[JobId]] = defaultdict(list)

    def require_table(self, tenant_id: TenantId, table: Table, *, purpose: Purpose, anew: bool) -> bool:
        # Every instance has looked at the tables before.
        if anew:
            self._timeline.before("require_table")
            self._timeline.after("require_table")
        return False

    def created_at(self, tenant_id: TenantId, table: str) -> datetime | None:
        self._timeline.before("created_at")
        found = self._kept.created_at(tenant_id, table)
        self._timeline.after("created_at")
        return found

    def estimate(self, job: QueryJob) -> Estimate:
        self._timeline.before("estimate")
        found = self._kept.estimate(job)
        self._timeline.after("estimate")
        return found

    def submit(self, job: Job) -> JobHandle:
        timeline = self._timeline
        asked = whole(job)
        timeline.before("submit")
        self._watch(job)
        is_known = job.job_id in self._ends_at
        if not is_known:
            self._maybe_refuse(job)
        handle = self._kept.submit(asked)
        if timeline.tell is not None:
            ends_in = self._ends_at[job.job_id] - timeline.now
            timeline.say(f"{'adopt' if is_known else 'submit'} {_short(job.job_id)}, ends in {ends_in:.0f} s")
        timeline.after("submit")
        return handle

    def find(self, handle: JobHandle) -> JobHandle | None:
        self._timeline.before("find")
        found = self._kept.find(handle)
        self._timeline.say(f"find {_short(handle.job_id)}: {'there' if found else 'nothing'}")
        self._timeline.after("find")
        return found

    def wait(self, handle: JobHandle, *, until: datetime) -> JobOutcome:
        timeline = self._timeline
        timeline.before("wait")
        latest = timeline.seconds(until) - timeline.task.skew
        while timeline.now < min(self._end(handle), latest):
            timeline.sleep(min(self._end(handle), latest, timeline.now + 120.0))
        self._let_end()
        answer = self._answer(handle, until=until)
        timeline.say(f"wait {_short(handle.job_id)}: {type(answer).__name__}")
        timeline.after("wait")
        if isinstance(answer, Exception):
            raise answer
        return answer

    def void(self, handle: JobHandle) -> bool:
        timeline = self._timeline
        timeline.before("void")
        timeline.count["voids"] += handle.job_id not in self._ends_at
        is_void = self._kept.void(handle)
        self._ends_at.setdefault(handle.job_id, timeline.now)
        timeline.say(f"void {_short(handle.job_id)}: {is_void}")
        timeline.after("void")
        return is_void

    def cancel(self, handle: JobHandle) -> None:
        timeline = self._timeline
        timeline.before("cancel")
        self._let_end()
        is_late = timeline.chance(timeline.faults.late_cancel)
        if not is_late and handle.job_id in self._kept.running:
            self._kept.cancel(handle)
            self._go_on(handle.job_id, seconds=min(self._left(handle), timeline.rng.choice((0.0, 1.0, 30.0))))
            timeline.count["jobs stopped"] += 1
        timeline.say(f"cancel {_short(handle.job_id)}{' too late' if is_late else ''}")
        timeline.after("cancel")

    def effects(self) -> list[Job]:
        """The jobs that are done without error."""
        self._let_end()
        return list(self._kept.effects.values())

    def loaded(self, job_id: JobId) -> list[dict[str, JsonValue]]:
        """The rows that a load job has loaded."""
        return self._kept.loaded[job_id]

    def began_at(self, job_id: JobId) -> float:
        """When a job looked at the tables that it changed."""
        return self._begins_at[job_id]

    def ended_at(self, job_id: JobId) -> float:
        """When a job ended."""
        return self._ends_at[job_id]

    def _maybe_refuse(self, job: Job) -> None:
        # BigQuery refuses what it can't read, or what names a table that isn't there, without making a job; the next
        # request of the same job may be taken.
        if self._timeline.chance(self._timeline.faults.job_refused):
            self._timeline.count["jobs refused"] += 1
            self._timeline.say(f"submit {_short(job.job_id)}: refused")
            raise StepError("Syntax error")

    def _begun(self, job: Job, rows: list[dict[str, JsonValue]]) -> JobOutcome:
        """What will come of a job, once it ends."""
        timeline, rng, faults = self._timeline, self._timeline.rng, self._timeline.faults
        is_slow = timeline.chance(faults.slow_job)
        seconds = float(rng.choice(_LONG)) if is_slow else rng.choice((0.1, 2.0, 30.0))
        error = self._drawn_error()
        waits, conflict = self._turn(job)
        seconds, error = seconds + waits, conflict or error
        self._begins_at[job.job_id] = timeline.now + waits
        if seconds > job.timeout_seconds and rng.random() < 0.8:
            seconds, error = float(job.timeout_seconds), _passing("timeout")
        self._go_on(job.job_id, seconds=seconds)
        timeline.count["jobs"] += 1
        if error is not None:
            timeline.count["jobs passing" if isinstance(error, AttemptError) else "jobs failing"] += 1
            if isinstance(error, StepError) and OBJECTS_LABEL in job.labels:
                raise NotDirectlyError(error)
            raise error
        outcome = self._outcome_of(job, rows)
        if outcome.rows and timeline.chance(faults.rule_broken):
            return outcome.model_copy(update={"rows": ({**outcome.rows[0], "rows_checked": 0},)})
        return outcome

    def _turn(self, job: Job) -> tuple[float, AttemptError | None]:
        """For how many seconds the job waits while others hold its lock, or that it is cancelled because they do."""
        timeline = self._timeline
        lock = _LOCK.search(job.sql) if isinstance(job, QueryJob) else None
        if lock is None:
            return 0.0, None
        others = self._in_turn[lock.group()]
        free_at = max((self._ends_at[other] for other in others), default=0.0)
        if free_at > timeline.now and timeline.rng.random() < 0.4:
            timeline.count["jobs in conflict"] += 1
            return 0.0, LostTurnError("Transaction is aborted due to concurrent update")
        others.append(job.job_id)
        timeline.count["jobs in turn"] += free_at > timeline.now
        return max(0.0, free_at - timeline.now), None

    def _drawn_error(self) -> StepError | AttemptError | None:
        timeline = self._timeline
        if timeline.chance(timeline.faults.job_passing):
            return _passing(timeline.rng.choice(_PASSING))
        if timeline.chance(timeline.faults.job_failing):
            return StepError("Division by zero")
        return None

    def _answer(self, handle: JobHandle, *, until: datetime) -> JobOutcome | Exception:
        try:
            return self._kept.wait(handle, until=until)
        except (StepError, AttemptError, StillRunningError) as error:
            return error

    def _go_on(self, job_id: JobId, *, seconds: float) -> None:
        self._kept.running.add(job_id)
        self._ends_at[job_id] = self._timeline.now + seconds

    def _let_end(self) -> None:
        now = self._timeline.now
        self._kept.running -= {job_id for job_id in self._kept.running if self._ends_at[job_id] <= now}

    def _end(self, handle: JobHandle) -> float:
        return self._ends_at.get(handle.job_id, 0.0)

    def _left(self, handle: JobHandle) -> float:
        return self._end(handle) - self._timeline.now


def _passing(kind: TransientKind) -> AttemptError:
    return AttemptError(f"The job failed: {kind}", kind=kind)


def _short(job_id: JobId) -> str:
    _, run_id, *rest = job_id.split("_")
    return "_".join((run_id[-6:], *rest))


def is_main(job: Job) -> bool:
    """Whether the job is the one that changes the tenant's table."""
    return job.job_id.count("_") == 3
