"""One try at one step: what its jobs are called and which values its SQL sees."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict, assert_never
from zlib import crc32

from shared.domain.errors import AttemptError, LostTurnError
from shared.domain.event import Metrics, StepFailed, StepRetried, StepSkipped, StepStarted, StepSucceeded
from shared.domain.ids import JobId, PipelineId, RunId, TenantId, job_id, run_date
from shared.domain.job import JobHandle, JobOutcome, QueryJob
from shared.domain.plan import (
    Plan,
    PlannedDq,
    PlannedIngest,
    PlannedStep,
    PlannedTransform,
    StepType,
    reads_source,
)
from shared.domain.retry import Pauses
from shared.domain.rule_result import RuleResult
from shared.domain.run import Run
from shared.domain.sql_parameter import SqlParameter


@dataclass(frozen=True)
class StepResult:
    """What a step that was carried out has to tell. `failure` says why it nevertheless failed.

    `reading_id` names the reading whose rows they are, where what it took is remembered.
    """

    metrics: Metrics
    results: tuple[RuleResult, ...] = ()
    failure: str | None = None
    reading_id: str | None = None


def attempt_at(run: Run, step: PlannedStep, *, now: datetime, until: datetime) -> "Attempt":
    """The attempt at a step that is due, as far as the run's facts tell."""
    number = run.attempt(step.id)
    return Attempt(
        plan=run.plan,
        run_id=run.run_id,
        step=step,
        number=number,
        now=now,
        until=until,
        is_repeated=any(
            isinstance(fact, StepStarted) and (fact.step_id, fact.attempt) == (step.id, number)
            for fact in run.facts
        ),
    )


@dataclass(frozen=True)
class Attempt:
    """The nth try at a step of a run; `now` is when this call of it began, `until` when it has to be over."""

    plan: Plan
    run_id: RunId
    step: PlannedStep
    number: int
    now: datetime
    until: datetime
    is_repeated: bool = False
    """Whether the attempt has been seen to start before: then its jobs may be there already."""

    def job_id(self, part: str = "") -> JobId:
        """The id of the attempt's job, or of one of them."""
        return job_id(
            run_id=self.rows_of, step_number=self.step.number, attempt=self.number_in_all, part=part
        )

    @property
    def rows_of(self) -> RunId:
        """The run whose id the rows carry: this one, or the one whose rest this one does."""
        return self.plan.rows_of or self.run_id

    @property
    def number_in_all(self) -> int:
        """Which try at the step it is, those of the run whose rest this one does included."""
        return self.step.attempts_before + self.number

    @property
    def handles(self) -> tuple[JobHandle, ...]:
        """The jobs without which the attempt changes no table of the tenant, whether they were submitted or not."""
        parts = ("load", "") if loads_into_staging(self.step) else ("",)
        return tuple(self.handle(part) for part in parts)

    @property
    def reads(self) -> bool:
        """Whether the attempt reads a source itself, rather than by a job."""
        return reads_source(self.step)

    @property
    def first_load(self) -> JobHandle:
        """The job that loads what was read: without it none of the attempt's jobs has any effect."""
        return self.handle("load" if loads_into_staging(self.step) else "")

    def handle(self, part: str = "") -> JobHandle:
        """The attempt's job, or one of them, whether it was submitted or not."""
        return JobHandle(tenant_id=self.plan.tenant_id, job_id=self.job_id(part), location=self.plan.location)

    @property
    def labels(self) -> dict[str, str]:
        """What BigQuery's own job lists and bills can be grouped by (lower case, at most 63 characters)."""
        return {
            "tenant_id": self.plan.tenant_id.lower()[:63],
            "run_id": self.run_id,
            "step": self.step.id.lower()[:63],
        }

    @property
    def parameters(self) -> tuple[SqlParameter, ...]:
        """The pipeline's parameters, and those that every SQL text sees."""
        given = (
            SqlParameter(name="run_id", type="STRING", value=self.rows_of),
            SqlParameter(name="tenant_id", type="STRING", value=self.plan.tenant_id),
            SqlParameter(name="pipeline_id", type="STRING", value=self.plan.pipeline_id),
            SqlParameter(name="run_date", type="DATE", value=run_date(self.rows_of).isoformat()),
        )
        own = tuple(sql for value in self.plan.parameters for sql in value.sql_parameters)
        return (*given, *own)

    def query(self, sql: str, *, part: str = "", parameters: tuple[SqlParameter, ...] = ()) -> QueryJob:
        """A query job of this attempt, with `parameters` besides the usual ones."""
        return QueryJob(
            tenant_id=self.plan.tenant_id,
            job_id=self.job_id(part),
            location=self.plan.location,
            sql=sql,
            parameters=(*self.parameters, *parameters),
            max_bytes_billed=self.plan.max_bytes_billed,
            timeout_seconds=self.timeout_seconds,
            labels=self.labels,
        )

    @property
    def timeout_seconds(self) -> int:
        """How long one of its jobs may take before BigQuery itself stops it."""
        return self.step.timeout_seconds or self.plan.timeout_seconds

    def started(self) -> StepStarted:
        """The fact that the attempt began."""
        return StepStarted(**self._identity(self.step), occurred_at=self.now)

    def retried(self, error: AttemptError, *, now: datetime, pauses: Pauses) -> StepRetried:
        """The fact that the attempt failed and another one follows, and when."""
        lost_turn = isinstance(error, LostTurnError)
        # Those that were in each other's way don't come again at one moment, and two deliveries of one say the same.
        share = crc32(self.job_id().encode()) % 100 / 100 if lost_turn else 0.0
        pause = pauses.after(self.number, asked_seconds=error.retry_after_seconds, longer_by=share)
        return StepRetried(
            **self._identity(self.step),
            occurred_at=now,
            error_message=str(error),
            retry_at=now + pause,
            lost_turn=lost_turn,
        )

    def endings(
        self, result: StepResult, *, now: datetime
    ) -> tuple[StepSucceeded | StepFailed | StepSkipped, ...]:
        """The step's end and, when it failed, that of every step that will now never start."""
        identity, metrics, results = self._identity(self.step), result.metrics, result.results
        if result.failure is None:
            succeeded = StepSucceeded(
                **identity, occurred_at=now, metrics=metrics, results=results, reading_id=result.reading_id
            )
            return (succeeded,)
        failed = StepFailed(
            **identity, occurred_at=now, metrics=metrics, results=results, error_message=result.failure
        )
        reason = f"step '{self.step.id}' failed"
        skipped = (
            StepSkipped(**self._identity(step), occurred_at=now, error_message=reason)
            for step in self.plan.all_dependents(self.step.id)
        )
        return (failed, *skipped)

    def _identity(self, step: PlannedStep) -> "_StepIdentity":
        return {
            "tenant_id": self.plan.tenant_id,
            "pipeline_id": self.plan.pipeline_id,
            "run_id": self.run_id,
            "step_number": step.number,
            "step_id": step.id,
            "step_type": step.type,
            "attempt": self.number,
        }


def loads_into_staging(step: PlannedStep) -> bool:
    """Whether the step's rows are loaded into a staging table, from which one statement takes them."""
    if not isinstance(step, PlannedIngest) or not reads_source(step):
        return False
    destination = step.destination
    if destination.mode != "append" or destination.sets_aside:
        return True
    return step.may_be_loaded or step.source.needs.by_file


def writes_in_turn(step: PlannedStep) -> bool:
    """Whether the step's rows take the place of others, so that two that write at once could both add theirs."""
    match step:
        case PlannedDq():
            return False
        case PlannedIngest():
            return step.destination.mode != "append" or step.source.needs.by_file
        case PlannedTransform():
            return step.destination.mode != "append"
        case _:
            assert_never(step)


class _StepIdentity(TypedDict):
    tenant_id: TenantId
    pipeline_id: PipelineId
    run_id: RunId
    step_number: int
    step_id: str
    step_type: StepType
    attempt: int


def metrics_of(
    outcomes: list[JobOutcome],
    *,
    rows_in: int | None,
    rows_out: int | None,
    rows_quarantined: int | None = None,
    quality_passed: bool | None = None,
) -> Metrics:
    """The sum of what the jobs cost."""
    return Metrics(
        rows_in=rows_in,
        rows_out=rows_out,
        rows_quarantined=rows_quarantined,
        quality_passed=quality_passed,
        bytes_processed=sum(outcome.bytes_processed for outcome in outcomes),
        bytes_billed=sum(outcome.bytes_billed for outcome in outcomes),
        slot_ms=sum(outcome.slot_ms for outcome in outcomes),
        job_ids=tuple(outcome.job_id for outcome in outcomes),
    )
