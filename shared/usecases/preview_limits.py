"""What a tenant's limits would say to a run that is asked for now."""

from collections.abc import Iterator, Sequence

from shared.domain.day_use import DayUse, day_begin
from shared.domain.ids import RunId
from shared.domain.plan import Plan
from shared.domain.run_preview import LimitPreview, StepPreview
from shared.domain.slots import OpenRun, wait_of
from shared.domain.tenant import Limits
from shared.ports import Clock, EventLog
from shared.usecases.require_limits import limit_problem


def preview_limits(
    made: Plan,
    limits: Limits,
    steps: Sequence[StepPreview],
    *,
    run_id: RunId,
    log: EventLog,
    clock: Clock,
) -> tuple[LimitPreview, ...]:
    """Each limit that there is. The log is asked only for those that it knows of."""
    billed = {step.id: step.query.bytes_billed or 0 for step in steps if step.query is not None}
    found = [_of_jobs(limits, billed), *_of_steps(made, billed)]
    if made.bytes_billed_per_run is not None:
        found.append(_of_the_run(made.bytes_billed_per_run, sum(billed.values())))
    if limits.has_days:
        use = log.read_day_use(made.tenant_id, since=day_begin(clock.now()), besides=[run_id])
        problem = limit_problem(made.tenant_id, limits, use, now=clock.now())
        found += _of_the_day(limits, use, asked=sum(billed.values()), problem=problem)
    if limits.concurrent_runs is not None:
        found.append(_of_slots(made, limits.concurrent_runs, run_id=run_id, log=log, clock=clock))
    return tuple(found)


def _of_jobs(limits: Limits, billed: dict[str, int]) -> LimitPreview:
    allowed = limits.bytes_billed_per_job
    over = [step_id for step_id, count in billed.items() if count > allowed]
    problem = f"BigQuery would refuse the job of step '{over[0]}', at no cost" if over else None
    return LimitPreview(
        limit="bytes_billed_per_job", allowed=allowed, asked=max(billed.values(), default=0), problem=problem
    )


def _of_steps(made: Plan, billed: dict[str, int]) -> Iterator[LimitPreview]:
    for step in made.steps:
        allowed = step.bytes_billed_per_step
        if allowed is not None:
            asked = billed.get(step.id, 0)
            problem = f"step '{step.id}' would fail, at no cost" if asked > allowed else None
            yield LimitPreview(
                limit=f"{step.id}: bytes_billed_per_step", allowed=allowed, asked=asked, problem=problem
            )


def _of_the_run(allowed: int, asked: int) -> LimitPreview:
    problem = "the run would fail at the first step that goes beyond it" if asked > allowed else None
    return LimitPreview(limit="bytes_billed_per_run", allowed=allowed, asked=asked, problem=problem)


def _of_the_day(limits: Limits, use: DayUse, *, asked: int, problem: str | None) -> Iterator[LimitPreview]:
    runs, bytes_billed = limits.runs_per_day, limits.bytes_billed_per_day
    is_about_runs = runs is not None and use.runs + 1 > runs
    if runs is not None:
        told = problem if is_about_runs else None
        yield LimitPreview(limit="runs_per_day", allowed=runs, used=use.runs, asked=1, problem=told)
    if bytes_billed is not None:
        told = None if is_about_runs else problem
        if told is None and use.bytes_billed + asked > bytes_billed:
            told = "the run would fail at the first step that goes beyond what is left of the day"
        yield LimitPreview(
            limit="bytes_billed_per_day",
            allowed=bytes_billed,
            used=use.bytes_billed,
            asked=asked,
            problem=told,
        )


def _of_slots(made: Plan, allowed: int, *, run_id: RunId, log: EventLog, clock: Clock) -> LimitPreview:
    now, open_runs = clock.now(), log.list_open_runs(made.tenant_id)
    asked = OpenRun(
        tenant_id=made.tenant_id,
        run_id=run_id,
        status="QUEUED",
        created_at=now,
        started_at=None,
        updated_at=now,
        last_seen_at=now,
        timeout_seconds=made.timeout_seconds,
        concurrent_runs=allowed,
        backfill=None,
    )
    wait = wait_of(asked, open_runs)
    return LimitPreview(
        limit="concurrent_runs",
        allowed=allowed,
        used=sum(each.status == "RUNNING" for each in open_runs),
        asked=1,
        wait=wait.reason if wait else None,
    )
