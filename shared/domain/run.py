"""A run is what its events add up to.

`fold` is the one definition of a run's status. The views in `shared/sql/` say the same in SQL, and a property
test holds the two equal. Both are independent of the order of the events and of duplicates.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal

from shared.domain.command import RunStep, Stance
from shared.domain.event import (
    Event,
    ForcedEnding,
    RunCancelled,
    RunQueued,
    StepEvent,
    StepRetried,
    StepStarted,
    earliest,
    event_id,
)
from shared.domain.ids import PipelineId, RunId
from shared.domain.model import Model, UtcTime
from shared.domain.plan import Plan, PlannedStep, StepType
from shared.domain.step_record import StepRecord, milliseconds_between, record_of

RunStatus = Literal["QUEUED", "RUNNING", "SUCCESS", "FAILED", "CANCELLED"]
RUN_STATUSES: tuple[RunStatus, ...] = ("QUEUED", "RUNNING", "SUCCESS", "FAILED", "CANCELLED")

LOG_LAG = timedelta(seconds=60)
"""How long an appended event may stay out of sight of a reader of the log."""


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
    plan: Plan
    created_at: UtcTime
    updated_at: UtcTime
    started_at: UtcTime | None
    completed_at: UtcTime | None
    was_stopped: bool
    """Whether it was ended from outside, by a cancel or a time-out, before all its steps had ended."""
    error_message: str | None
    steps: tuple[StepRecord, ...]
    facts: tuple[Event, ...]

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

    def step(self, step_id: str) -> StepRecord:
        """The record of a step of the plan."""
        return next(step for step in self.steps if step.id == step_id)

    def attempt(self, step_id: str) -> int:
        """Which attempt at the step is the current one, from 1."""
        retried = [
            fact.attempt for fact in self.facts if isinstance(fact, StepRetried) and fact.step_id == step_id
        ]
        return max(retried, default=0) + 1

    def stance(self, step: PlannedStep, *, now: datetime) -> Stance:
        """What to make of a command to carry out the step.

        Where a need's success is not in sight, either it hasn't ended (and will itself publish the command when it
        does) or the log lags: then waiting pays, but only for as long as the log can lag.
        """
        if self.was_stopped or self.step(step.id).status in {"SUCCESS", "FAILED"}:
            return Stance.SKIP
        statuses = {self.step(need).status for need in step.needs}
        if statuses <= {"SUCCESS"}:
            return Stance.DO
        if statuses & {"FAILED", "SKIPPED", "CANCELLED"}:
            return Stance.SKIP
        return Stance.WAIT if now - self.updated_at < LOG_LAG else Stance.SKIP

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
        return tuple(self._command(step) for step in candidates if self._may_start(step))

    def _may_start(self, step: PlannedStep) -> bool:
        status = self.step(step.id).status
        was_skipped_too_soon = status == "SKIPPED" and all(
            self.step(need).status == "SUCCESS" for need in step.needs
        )
        return status == "PENDING" or was_skipped_too_soon

    def _command(self, step: PlannedStep) -> RunStep:
        return RunStep(tenant_id=self.tenant_id, run_id=self.run_id, step_id=step.id, facts=self.facts)


def fold(events: Iterable[Event]) -> Run | None:
    """The run that the events add up to; None as long as its RunQueued is not among them."""
    facts = distinct(events)
    queued = next((fact for fact in facts if isinstance(fact, RunQueued)), None)
    if queued is None:
        return None
    forced = earliest(fact for fact in facts if isinstance(fact, ForcedEnding))
    steps = tuple(record_of(step, facts, forced=False) for step in queued.plan.steps)
    natural_end = _natural_end(steps)
    if forced is not None and (natural_end is None or forced.occurred_at < natural_end):
        steps = tuple(record_of(step, facts, forced=True) for step in queued.plan.steps)
        completed_at: datetime | None = forced.occurred_at
    else:
        completed_at, forced = natural_end, None
    starts = [fact.occurred_at for fact in facts if isinstance(fact, StepStarted)]
    return Run(
        run_id=queued.run_id,
        tenant_id=queued.tenant_id,
        pipeline_id=queued.pipeline_id,
        status=_status(facts, steps, forced=forced, ended=completed_at is not None),
        trigger=queued.trigger,
        triggered_by=queued.triggered_by,
        request_hash=queued.request_hash,
        plan=queued.plan,
        created_at=queued.occurred_at,
        updated_at=max(fact.occurred_at for fact in facts),
        started_at=min(starts, default=None),
        completed_at=completed_at,
        was_stopped=forced is not None,
        error_message=_error_message(steps, forced=forced, ended=completed_at is not None),
        steps=steps,
        facts=facts,
    )


def distinct(events: Iterable[Event]) -> tuple[Event, ...]:
    """Each fact once, as it was first recorded, oldest first."""
    first: dict[str, Event] = {}
    for event in events:
        key = event_id(event)
        if key not in first or event.occurred_at < first[key].occurred_at:
            first[key] = event
    return tuple(sorted(first.values(), key=lambda event: (event.occurred_at, event_id(event))))


def _natural_end(steps: Sequence[StepRecord]) -> datetime | None:
    ends = [step.completed_at for step in steps]
    known = [end for end in ends if end is not None]
    return max(known) if len(known) == len(ends) else None


def _status(
    facts: Sequence[Event], steps: Sequence[StepRecord], *, forced: ForcedEnding | None, ended: bool
) -> RunStatus:
    if forced is not None:
        return "CANCELLED" if isinstance(forced, RunCancelled) else "FAILED"
    if ended:
        return "SUCCESS" if all(step.status == "SUCCESS" for step in steps) else "FAILED"
    return "RUNNING" if any(isinstance(fact, StepEvent) for fact in facts) else "QUEUED"


def _error_message(steps: Sequence[StepRecord], *, forced: ForcedEnding | None, ended: bool) -> str | None:
    if forced is not None:
        return None if isinstance(forced, RunCancelled) else forced.error_message
    failed = [step for step in steps if step.status == "FAILED" and step.completed_at is not None]
    if not ended or not failed:
        return None
    first = min(failed, key=lambda step: (step.completed_at, step.number))
    return f"{first.id}: {first.error_message}"


def _rows_out(steps: Sequence[StepRecord], step_type: StepType) -> int | None:
    counts = [
        step.metrics.rows_out
        for step in steps
        if step.type == step_type and step.metrics.rows_out is not None
    ]
    return sum(counts) if counts else None
