"""The warehouse as an attempt sees it whose bytes are limited: what would bill more than is left is never submitted."""

from datetime import datetime

from shared.domain.day_use import day_begin
from shared.domain.errors import ForbiddenError, OverspentError, StepError, TransientError
from shared.domain.estimate import Estimate
from shared.domain.ids import JobId, TenantId
from shared.domain.job import Job, JobHandle, JobOutcome, QueryJob
from shared.domain.run import Run
from shared.domain.spending import Allowance, left_words, tightest, why_too_dear
from shared.domain.table import Purpose, Table
from shared.domain.tenant import MINIMUM_BYTES_BILLED
from shared.ports import EventLog, Warehouse
from shared.steps.attempt import Attempt

BEYOND = "limit for bytes billed"
"""What BigQuery says of a query that would bill more than its job may."""
_READ_LESS = "read less, such as fewer days, or raise it"
_NEXT_DAY = "run it again tomorrow (UTC), read less, or raise it"


def within_limits(run: Run, attempt: Attempt, *, log: EventLog, warehouse: Warehouse) -> Warehouse:
    """The warehouse, guarded where the plan limits the bytes of a day, of the run or of the step."""
    plan = attempt.plan
    limits = (plan.bytes_billed_per_day, plan.bytes_billed_per_run, attempt.step.bytes_billed_per_step)
    if all(limit is None for limit in limits):
        return warehouse
    return SpendingGuard(run, attempt, log=log, warehouse=warehouse)


class SpendingGuard:
    """A Warehouse. What the day's other steps billed is asked for once, before the first query."""

    def __init__(self, run: Run, attempt: Attempt, *, log: EventLog, warehouse: Warehouse) -> None:
        self._run = run
        self._attempt = attempt
        self._log = log
        self._warehouse = warehouse
        self._billed: dict[JobId, int] = {}
        self._used_today: int | None = None
        self._held_to: dict[JobId, Allowance] = {}

    def require_table(self, tenant_id: TenantId, table: Table, *, purpose: Purpose, anew: bool) -> bool:
        """As the warehouse does."""
        return self._warehouse.require_table(tenant_id, table, purpose=purpose, anew=anew)

    def created_at(self, tenant_id: TenantId, table: str) -> datetime | None:
        """As the warehouse does."""
        return self._warehouse.created_at(tenant_id, table)

    def estimate(self, job: QueryJob) -> Estimate:
        """As the warehouse does."""
        return self._warehouse.estimate(job)

    def find(self, handle: JobHandle) -> JobHandle | None:
        """As the warehouse does."""
        return self._warehouse.find(handle)

    def void(self, handle: JobHandle) -> bool:
        """As the warehouse does."""
        return self._warehouse.void(handle)

    def cancel(self, handle: JobHandle) -> None:
        """As the warehouse does."""
        self._warehouse.cancel(handle)

    def submit(self, job: Job) -> JobHandle:
        """Submit the job, held to what is left. Raises OverspentError for a query that would bill more.

        One that is there already is adopted as it is, whatever is left by now: it counts itself.
        """
        if not isinstance(job, QueryJob):
            return self._warehouse.submit(job)
        handle = JobHandle(tenant_id=job.tenant_id, job_id=job.job_id, location=job.location)
        if self._attempt.is_repeated and self._warehouse.find(handle) is not None:
            return handle
        allowance = tightest(self._allowances(job))
        reason = why_too_dear(self._estimated(job), allowance)
        if reason is not None:
            if self._warehouse.find(handle) is not None:
                return handle
            raise OverspentError(reason)
        self._held_to[job.job_id] = allowance
        most = max(MINIMUM_BYTES_BILLED, min(job.max_bytes_billed, allowance.left))
        return self._warehouse.submit(job.model_copy(update={"max_bytes_billed": most}))

    def wait(self, handle: JobHandle, *, until: datetime) -> JobOutcome:
        """As the warehouse does; what BigQuery refused because of what is left says so."""
        try:
            outcome = self._warehouse.wait(handle, until=until)
        except StepError as error:
            allowance = self._held_to.get(handle.job_id)
            if allowance is None or BEYOND not in str(error):
                raise
            raise OverspentError(f"{error} ({left_words(allowance)})") from error
        self._billed[outcome.job_id] = outcome.bytes_billed
        return outcome

    def _allowances(self, job: QueryJob) -> list[Allowance]:
        plan, step = self._attempt.plan, self._attempt.step
        own = sum(self._billed.values())
        found = [Allowance("limits.bytes_billed_per_job", job.max_bytes_billed, 0, _READ_LESS)]
        if step.bytes_billed_per_step is not None:
            found.append(Allowance("bytes_billed_per_step", step.bytes_billed_per_step, own, _READ_LESS))
        if plan.bytes_billed_per_run is not None:
            used = self._run.totals.bytes_billed + own
            found.append(Allowance("bytes_billed_per_run", plan.bytes_billed_per_run, used, _READ_LESS))
        if plan.bytes_billed_per_day is not None:
            used = self._of_today() + own
            found.append(Allowance("limits.bytes_billed_per_day", plan.bytes_billed_per_day, used, _NEXT_DAY))
        return found

    def _of_today(self) -> int:
        if self._used_today is None:
            since = day_begin(self._attempt.now)
            use = self._log.read_day_use(self._attempt.plan.tenant_id, since=since, besides=[])
            self._used_today = use.bytes_billed
        return self._used_today

    def _estimated(self, job: QueryJob) -> Estimate | None:
        """What BigQuery says that it would read; None where it can't be asked just now, or the plan says not to."""
        if not self._attempt.plan.estimates:
            return None
        try:
            return self._warehouse.estimate(job)
        except (StepError, ForbiddenError, TransientError):
            # What is wrong with the job is told when it is submitted, and BigQuery holds it to what is left.
            return None
