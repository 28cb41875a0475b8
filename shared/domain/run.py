"""A run is what its events add up to; what is to be done about it follows from them.

`shared/domain/fold.py` adds them up.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from shared.domain.command import RunStep, Stance
from shared.domain.event import BackfillPart, Event, RunQueued, StepRetried
from shared.domain.ids import PipelineId, RunId
from shared.domain.model import Model, UtcTime
from shared.domain.plan import Plan, PlannedStep, StepType
from shared.domain.reading import Reading
from shared.domain.step_record import StepRecord, milliseconds_between

RunStatus = Literal["QUEUED", "RUNNING", "SUCCESS", "FAILED", "CANCELLED"]
RUN_STATUSES: tuple[RunStatus, ...] = ("QUEUED", "RUNNING", "SUCCESS", "FAILED", "CANCELLED")

LOG_LAG = timedelta(seconds=60)
"""How long an appended event may stay out of sight of a reader of the log."""

READER_LOST_AFTER = LOG_LAG + timedelta(seconds=60)
"""How long a reader of which the log shows nothing may still be alive: its last sign may be as old as the log's lag."""

LONGEST_QUEUEING = timedelta(days=30)
"""How long a run may wait for its first step's start: long enough for a year of days, two at once, an hour each."""


class Totals(Model):
    """What a run's steps did, added up. None where no step has said anything."""

    rows_ingested: int | None
    rows_transformed: int | None
    quality_passed: bool | None
    bytes_processed: int
    bytes_billed: int
    slot_ms: int


class Run(Model):
    """One carrying-out of a plan."""

    run_id: RunId
    tenant_id: str
    pipeline_id: PipelineId
    status: RunStatus
    trigger: str
    triggered_by: str
    request_hash: str
    rerun_of: RunId | None
    backfill: BackfillPart | None
    plan: Plan
    created_at: UtcTime
    updated_at: UtcTime
    last_seen_at: UtcTime
    """When anything was last recorded about it, what was known already included: a sign of life."""
    started_at: UtcTime | None
    completed_at: UtcTime | None
    was_stopped: bool
    """Whether a cancel or a time-out was recorded, also one that came when all its steps had ended.

    Nothing starts after it: not even a step that was skipped because its need seemed to have failed.
    """
    error_message: str | None
    steps: tuple[StepRecord, ...]
    facts: tuple[Event, ...]
    readings: tuple[Reading, ...]
    """Who reads its steps' sources, or did."""

    @property
    def duration_ms(self) -> int | None:
        """From the first step's start to the end."""
        return milliseconds_between(self.started_at, self.completed_at)

    @property
    def has_ended(self) -> bool:
        """Whether the run came to one of its endings."""
        return self.status in {"SUCCESS", "FAILED", "CANCELLED"}

    @property
    def totals(self) -> Totals:
        """What the steps that ended did, added up."""
        metrics = [step.metrics for step in self.steps]
        verdicts = [each.quality_passed for each in metrics if each.quality_passed is not None]
        return Totals(
            rows_ingested=_rows_out(self.steps, "ingest"),
            rows_transformed=_rows_out(self.steps, "transform"),
            quality_passed=all(verdicts) if verdicts else None,
            bytes_processed=sum(each.bytes_processed for each in metrics),
            bytes_billed=sum(each.bytes_billed for each in metrics),
            slot_ms=sum(each.slot_ms for each in metrics),
        )

    @property
    def warnings(self) -> tuple[str, ...]:
        """The rules of severity `warn` that did not hold, as `step.rule`."""
        return tuple(
            f"{step.id}.{result.rule_id}"
            for step in sorted(self.steps, key=lambda step: step.number)
            for result in step.warnings
        )

    def step(self, step_id: str) -> StepRecord:
        """The record of a step of the plan."""
        return next(step for step in self.steps if step.id == step_id)

    def attempt(self, step_id: str) -> int:
        """Which attempt at the step is the current one, from 1."""
        retried = [
            fact.attempt for fact in self.facts if isinstance(fact, StepRetried) and fact.step_id == step_id
        ]
        return max(retried, default=0) + 1

    def turns_lost(self, step_id: str) -> int:
        """How many attempts at the step lost their turn to others that wrote its table."""
        retried = (fact for fact in self.facts if isinstance(fact, StepRetried) and fact.step_id == step_id)
        return len({fact.attempt for fact in retried if fact.lost_turn})

    @property
    def is_limited(self) -> bool:
        """Whether it may have to wait for others before it starts."""
        return self.plan.concurrent_runs is not None or self.backfill is not None

    @property
    def deadline(self) -> datetime:
        """When the run has to have ended: its timeout counts from its first step's start."""
        if self.started_at is None:
            return self.created_at + LONGEST_QUEUEING
        return self.started_at + timedelta(seconds=self.plan.timeout_seconds)

    def is_overdue(self, now: datetime) -> bool:
        """Whether the run should have ended and has not."""
        return not self.has_ended and now >= self.deadline

    def step_deadline(self, step: PlannedStep) -> datetime | None:
        """When the step is past its own timeout; None where it has none or hasn't started."""
        started_at = self.step(step.id).started_at
        if step.timeout_seconds is None or started_at is None:
            return None
        return started_at + timedelta(seconds=step.timeout_seconds)

    def is_step_overdue(self, step: PlannedStep, now: datetime) -> bool:
        """Whether the step is past its own timeout."""
        deadline = self.step_deadline(step)
        return deadline is not None and now >= deadline

    @property
    def acceptance(self) -> RunQueued:
        """The fact that the run was accepted, as far as is known."""
        return next(fact for fact in self.facts if isinstance(fact, RunQueued))

    @property
    def resume_at(self) -> datetime | None:
        """When the first of its steps that pause between two attempts is due again."""
        pausing = [step.retry_at for step in self.steps if step.status == "RETRYING" and step.retry_at]
        return min(pausing, default=None)

    @property
    def live_steps(self) -> tuple[PlannedStep, ...]:
        """The steps that may have jobs under way: they have what they need, and have neither succeeded nor failed."""
        return tuple(
            step
            for step in self.plan.steps
            if self._has_what_it_needs(step) and self.step(step.id).status not in {"SUCCESS", "FAILED"}
        )

    def stance(self, step: PlannedStep, *, now: datetime) -> Stance:
        """What to make of a command to carry out the step.

        Where a need's success is not in sight, either it hasn't ended (and will itself publish the command when it
        does) or the log lags: then waiting pays, but only for as long as the log can lag.
        """
        record = self.step(step.id)
        if self.was_stopped or record.status in {"SUCCESS", "FAILED"}:
            return Stance.SKIP
        if record.retry_at is not None and now < record.retry_at:
            return Stance.WAIT
        statuses = {self.step(need).status for need in step.needs}
        if statuses <= {"SUCCESS"}:
            return Stance.DO
        if statuses & {"FAILED", "SKIPPED", "CANCELLED"}:
            return Stance.SKIP
        return Stance.WAIT if now - self.updated_at < LOG_LAG else Stance.SKIP

    def is_wanted(self, step_id: str, *, attempt: int) -> bool:
        """Whether the attempt at the step may still have its effect."""
        has_ended = self.was_stopped or self.step(step_id).status in {"SUCCESS", "FAILED"}
        return not has_ended and self.attempt(step_id) == attempt

    def next_commands(self, *, after: str | None) -> tuple[RunStep, ...]:
        """Commands for the steps that may start now that `after` has ended, or for the first steps.

        A step with several needs gets a command from each of them as it ends; `stance` lets one through.
        """
        if self.was_stopped:
            return ()
        if after is None:
            candidates = tuple(step for step in self.plan.steps if not step.needs)
        elif self.step(after).status == "SUCCESS":
            candidates = self.plan.dependents(after)
        else:
            candidates = ()
        return tuple(self.command(step) for step in candidates if self._may_start(step))

    def commands_to_stop(self) -> tuple[RunStep, ...]:
        """Commands for the steps that may have jobs under way: what a run needs that was ended from outside.

        Whoever carries one out finds the run ended and stops the step's jobs.
        """
        return tuple(self.command(step) for step in self.live_steps)

    def command(self, step: PlannedStep) -> RunStep:
        """The command to carry out the step, with all that is known of the run."""
        return RunStep(tenant_id=self.tenant_id, run_id=self.run_id, step_id=step.id, facts=self.facts)

    def _may_start(self, step: PlannedStep) -> bool:
        status = self.step(step.id).status
        was_skipped_too_soon = status == "SKIPPED" and self._has_what_it_needs(step)
        return status == "PENDING" or was_skipped_too_soon

    def _has_what_it_needs(self, step: PlannedStep) -> bool:
        return all(self.step(need).status == "SUCCESS" for need in step.needs)


def _rows_out(steps: Sequence[StepRecord], step_type: StepType) -> int | None:
    counts = [
        step.metrics.rows_out
        for step in steps
        if step.type == step_type and step.metrics.rows_out is not None
    ]
    return sum(counts) if counts else None
