"""From events to the run that they add up to.

`fold` is the one definition of a run's status. The views in `shared/sql/` say the same in SQL, and a property
test holds the two equal. Both are independent of the order of the events and of duplicates.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from shared.domain.event import (
    Event,
    ForcedEnding,
    RunCancelled,
    RunQueued,
    Sign,
    StepEvent,
    StepStarted,
    earliest,
    event_id,
)
from shared.domain.reading import readings_of
from shared.domain.run import Run, RunStatus
from shared.domain.step_record import StepRecord, record_of


def fold(events: Iterable[Event]) -> Run | None:
    """The run that the events add up to; None as long as its RunQueued is not among them."""
    seen = list(events)
    facts = distinct(event for event in seen if not isinstance(event, Sign))
    queued = next((fact for fact in facts if isinstance(fact, RunQueued)), None)
    if queued is None:
        return None
    stop = earliest(fact for fact in facts if isinstance(fact, ForcedEnding))
    steps = tuple(record_of(step, facts, forced=False) for step in queued.plan.steps)
    natural_end = _natural_end(steps)
    forced = stop if stop is not None and (natural_end is None or stop.occurred_at < natural_end) else None
    completed_at = natural_end
    if forced is not None:
        steps = tuple(record_of(step, facts, forced=True) for step in queued.plan.steps)
        completed_at = forced.occurred_at
    starts = [fact.occurred_at for fact in facts if isinstance(fact, StepStarted)]
    return Run(
        run_id=queued.run_id,
        tenant_id=queued.tenant_id,
        pipeline_id=queued.pipeline_id,
        status=_status(facts, steps, forced=forced, ended=completed_at is not None),
        trigger=queued.trigger,
        triggered_by=queued.triggered_by,
        request_hash=queued.request_hash,
        rerun_of=queued.rerun_of,
        backfill=queued.backfill,
        plan=queued.plan,
        created_at=queued.occurred_at,
        updated_at=max(fact.occurred_at for fact in facts),
        last_seen_at=max(event.occurred_at for event in seen),
        started_at=min(starts, default=None),
        completed_at=completed_at,
        was_stopped=stop is not None,
        error_message=_error_message(steps, forced=forced, ended=completed_at is not None),
        steps=steps,
        facts=facts,
        readings=readings_of(seen),
    )


def extended(run: Run, events: Iterable[Event]) -> Run:
    """The run with these facts added; its readings are those that the facts and these events tell of."""
    return fold([*run.facts, *events]) or run


def distinct(events: Iterable[Event]) -> tuple[Event, ...]:
    """Each fact once, as it was first recorded, oldest first."""
    first: dict[str, Event] = {}
    for event in events:
        key = event_id(event)
        if key not in first or event.occurred_at < first[key].occurred_at:
            first[key] = event
    in_order = sorted(first.items(), key=lambda item: (item[1].occurred_at, item[0]))
    return tuple(event for _, event in in_order)


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
