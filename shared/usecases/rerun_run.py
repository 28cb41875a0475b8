"""Do a run again, from its start or from where it failed."""

from typing import Literal

from shared.domain.errors import ConflictError
from shared.domain.event import RunQueued, TriggerKind
from shared.domain.ids import RunId, run_id_at, run_id_for_key
from shared.domain.plan import Plan
from shared.domain.planning import plan_of_rest
from shared.domain.run import Run
from shared.ports import Clock, EventLog, Publisher
from shared.usecases.read_runs import read_run, read_runs
from shared.usecases.start_run import (
    Accepted,
    find_by_key,
    record,
    require_yesterday_in_sight,
    start_or_wait,
)

RerunFrom = Literal["failed", "start"]


def rerun_run(
    run_id: str,
    *,
    start: RerunFrom,
    tenant_id: str,
    trigger: TriggerKind,
    triggered_by: str,
    key: str | None = None,
    log: EventLog,
    publisher: Publisher,
    clock: Clock,
) -> Accepted:
    """A new run with the old one's plan and parameters: all of it, or only the steps that didn't succeed.

    The rest of a run is done by one run, however often it is asked for; from the start there is a new run each time,
    but for the same idempotency `key`. A backfill's run stays part of it. Raises NotFoundError for a run that isn't
    there, NotYetError for an unknown key just after midnight, ConflictError for a run that goes on or has no rest.
    """
    old = read_run(run_id, tenant_id=tenant_id, log=log)
    if not old.has_ended:
        raise ConflictError(f"The run has not ended: {old.status}", code="run_not_ended", run_id=old.run_id)
    if start == "failed":
        _require_rest(old)
    key = _key(old, key, start=start)
    run = _earlier(old, key, start=start, log=log, clock=clock)
    if run is None:
        queued = RunQueued(
            tenant_id=old.tenant_id,
            pipeline_id=old.pipeline_id,
            run_id=_run_id(old, key, clock=clock),
            occurred_at=clock.now(),
            trigger=trigger,
            triggered_by=triggered_by,
            request_hash=old.request_hash,
            plan=plan_of_rest(old) if start == "failed" else _whole_plan(old, log=log),
            rerun_of=old.run_id,
            backfill=old.backfill,
        )
        run = record(queued, log=log)
    return Accepted(run, start_or_wait(run, log=log, publisher=publisher))


def _require_rest(old: Run) -> None:
    if all(step.status == "SUCCESS" for step in old.steps):
        raise ConflictError(
            "Every step of the run succeeded: nothing of it is left to do",
            code="nothing_failed",
            run_id=old.run_id,
        )


def _key(old: Run, key: str | None, *, start: RerunFrom) -> str | None:
    # No header can hold the line end that it begins with: a caller's own key never finds these runs.
    if start == "failed":
        return f"\nrest of {old.run_id}"
    return f"\nrerun of {old.run_id} {key}" if key is not None else None


def _whole_plan(old: Run, *, log: EventLog) -> Plan:
    """The plan of the run, or of the one whose rest it did: its own job ids are used up."""
    first = old.plan.rows_of
    return old.plan if first is None else read_run(first, tenant_id=old.tenant_id, log=log).plan


def _earlier(old: Run, key: str | None, *, start: RerunFrom, log: EventLog, clock: Clock) -> Run | None:
    """The run that was already made for this request."""
    if key is None:
        return None
    now = clock.now()
    found = find_by_key(old.tenant_id, old.pipeline_id, key, today=now.date(), log=log)
    if start == "start":
        if found is None:
            require_yesterday_in_sight(now)
        return found
    reruns = read_runs(old.tenant_id, log.list_reruns(old.tenant_id, old.run_id), log=log)
    of_rest = [run for run in reruns if run.plan.rows_of is not None]
    latest = found or (of_rest[-1] if of_rest else None)
    if latest is not None and latest.has_ended and latest.status != "SUCCESS":
        raise ConflictError(
            f"Run {latest.run_id} did the rest of this run and has ended: {latest.status}. Rerun that one",
            code="already_rerun",
            run_id=latest.run_id,
        )
    return latest


def _run_id(old: Run, key: str | None, *, clock: Clock) -> RunId:
    now = clock.now()
    return run_id_for_key(pipeline=old.pipeline_id, key=key, day=now.date()) if key else run_id_at(now)
