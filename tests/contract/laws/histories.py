"""Histories of runs: what the platform writes, and what it should survive if it ever found it."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from hypothesis import strategies as st

from shared.domain.event import (
    BackfillPart,
    Event,
    Metrics,
    ReadingContinued,
    RunCancelled,
    RunQueued,
    RunTimedOut,
    SourceRead,
    StepEvent,
    StepFailed,
    StepRetried,
    StepSkipped,
    StepStarted,
    StepSucceeded,
    event_id,
)
from shared.domain.ids import run_id_at
from shared.domain.plan import Plan, PlannedStep
from shared.domain.progress import Progress
from shared.domain.rule_result import RuleResult
from tests.contract.laws.plans import plans

FIRST_DAY = datetime(2025, 11, 1, 23, 59, 59, 999_000, tzinfo=UTC)
TEXTS = st.text(max_size=12)
COUNTS = st.integers(0, 2**53)
EARLIER_RUN = run_id_at(FIRST_DAY - timedelta(hours=1))


class History(NamedTuple):
    """The events of one run; `repeated` are some of them, recorded again later by somebody else."""

    events: list[Event]
    repeated: list[Event]


# Few distinct moments, so that things often happen at the same microsecond.
MOMENTS = st.one_of(
    st.integers(0, 6).map(lambda steps: timedelta(microseconds=steps * 400)),
    st.integers(0, 10**9).map(lambda count: timedelta(microseconds=count)),
)
METRICS = st.builds(
    Metrics,
    rows_in=st.none() | COUNTS,
    rows_out=st.none() | COUNTS,
    quality_passed=st.none() | st.booleans(),
    bytes_processed=COUNTS,
    bytes_billed=COUNTS,
    slot_ms=COUNTS,
    job_ids=st.lists(st.sampled_from(("cdp_a", "cdp_b")), max_size=2).map(tuple),
)
RESULTS = st.builds(
    RuleResult,
    rule_id=st.sampled_from(("present", "unique", "fresh")),
    rule_type=st.sampled_from(("not_null", "unique", "freshness")),
    severity=st.sampled_from(("error", "warn")),
    evaluated=st.booleans(),
    passed=st.booleans(),
    rows_checked=COUNTS,
    rows_failed=st.none() | COUNTS,
    message=TEXTS,
    figure=st.none() | st.sampled_from(("0", "-1.5", "12345678901234567890123456789.123456789")),
    figure_of=st.none() | st.just("0123456789abcdef"),
)
RESULT_LISTS = st.lists(RESULTS, max_size=2)
RETRIED_AFTER = st.none() | MOMENTS
RERUNS = st.none() | st.just(EARLIER_RUN)
CONCURRENT_RUNS = st.none() | st.integers(1, 50)
PLANS = plans()


@st.composite
def histories(draw: st.DrawFn) -> History:
    """A run as it may go, or any facts about it in any order; now and then without the one that began it."""
    plan = draw(PLANS)
    begun_at = FIRST_DAY + timedelta(milliseconds=draw(st.integers(0, 3 * 24 * 3600 * 1000)))
    run = {
        "tenant_id": plan.tenant_id,
        "pipeline_id": plan.pipeline_id,
        "run_id": run_id_at(begun_at),
        "occurred_at": begun_at,
    }
    queued = RunQueued(
        **run,
        trigger=draw(st.sampled_from(("api", "schedule", "backfill", "cli"))),
        triggered_by=draw(TEXTS),
        request_hash="0" * 64,
        plan=plan,
        rerun_of=draw(RERUNS),
        backfill=_backfill_part(draw(CONCURRENT_RUNS)),
    )
    steps = draw(st.one_of(_plausible(plan, run), _adversarial(plan, run)))
    forced = draw(st.lists(_forced(run), max_size=2, unique_by=lambda event: event.event_type))
    signs = draw(st.lists(_sign(plan, run), max_size=3, unique_by=event_id))
    events = [*([queued] if draw(st.integers(0, 19)) else []), *steps, *forced, *signs]
    return History(draw(st.permutations(events)), draw(_repeated(events)))


def _backfill_part(concurrent_runs: int | None) -> BackfillPart | None:
    if concurrent_runs is None:
        return None
    return BackfillPart(backfill_id=EARLIER_RUN, concurrent_runs=concurrent_runs)


@st.composite
def _plausible(draw: st.DrawFn, plan: Plan, run: dict[str, Any]) -> list[Event]:
    """Steps in order: each tried until it ended, or the run stopped half-way, also within a step."""
    events: list[Event] = []
    now = run["occurred_at"]
    failed: set[str] = set()
    for step in plan.steps[: draw(st.integers(0, len(plan.steps)))]:
        if failed & set(step.needs):
            failed.add(step.id)
            events.append(_of(StepSkipped, step, run, at=now, error_message="step 'x' failed"))
            continue
        attempts = draw(st.integers(1, 3))
        for attempt in range(1, attempts + 1):
            now += draw(MOMENTS)
            events.append(_of(StepStarted, step, run, at=now, attempt=attempt))
            now += draw(MOMENTS)
            if attempt < attempts:
                events.append(draw(_retried(step, run, now=now, attempt=attempt)))
        if not draw(st.integers(0, 3)):
            return draw(st.sampled_from((events, events[:-1])))
        ending = draw(_ending(step, run, now=now, attempt=attempts))
        events.append(ending)
        if isinstance(ending, StepFailed):
            failed.add(step.id)
    return events


@st.composite
def _adversarial(draw: st.DrawFn, plan: Plan, run: dict[str, Any]) -> list[Event]:
    """Any facts about any steps at any time, each fact once."""
    facts = draw(
        st.lists(
            st.tuples(
                st.sampled_from(plan.steps),
                st.integers(1, 11),
                st.sampled_from(("started", "retried", "ended", "ended", "skipped")),
            ),
            max_size=14,
            unique_by=lambda fact: (fact[0].id, *fact[1:]),
        )
    )
    return [
        draw(_fact(step, run, kind=kind, now=run["occurred_at"] + draw(MOMENTS), attempt=attempt))
        for step, attempt, kind in facts
    ]


def _fact(
    step: PlannedStep, run: dict[str, Any], *, kind: str, now: datetime, attempt: int
) -> st.SearchStrategy[Event]:
    match kind:
        case "started":
            return st.just(_of(StepStarted, step, run, at=now, attempt=attempt))
        case "retried":
            return _retried(step, run, now=now, attempt=attempt)
        case "skipped":
            return TEXTS.map(
                lambda text: _of(StepSkipped, step, run, at=now, attempt=attempt, error_message=text)
            )
        case _:
            return _ending(step, run, now=now, attempt=attempt)


@st.composite
def _retried(
    draw: st.DrawFn, step: PlannedStep, run: dict[str, Any], *, now: datetime, attempt: int
) -> Event:
    told = {"error_message": draw(TEXTS), "retry_at": _retry_at(draw, now)}
    return _of(StepRetried, step, run, at=now, attempt=attempt, **told)


def _retry_at(draw: st.DrawFn, now: datetime) -> datetime | None:
    after = draw(RETRIED_AFTER)
    return None if after is None else now + after


@st.composite
def _ending(draw: st.DrawFn, step: PlannedStep, run: dict[str, Any], *, now: datetime, attempt: int) -> Event:
    results = draw(RESULT_LISTS) if step.type == "dq" else []
    told = {"metrics": draw(METRICS), "results": tuple(results)}
    if draw(st.integers(0, 3)):
        return _of(StepSucceeded, step, run, at=now, attempt=attempt, **told)
    return _of(StepFailed, step, run, at=now, attempt=attempt, error_message=draw(TEXTS), **told)


@st.composite
def _forced(draw: st.DrawFn, run: dict[str, Any]) -> Event:
    fields = {**run, "occurred_at": run["occurred_at"] + draw(MOMENTS)}
    if draw(st.booleans()):
        return RunCancelled(**fields, cancelled_by="key 12345678")
    return RunTimedOut(**fields, error_message=draw(TEXTS))


@st.composite
def _sign(draw: st.DrawFn, plan: Plan, run: dict[str, Any]) -> Event:
    step = draw(st.sampled_from(plan.steps))
    began_at = run["occurred_at"] + draw(MOMENTS)
    if draw(st.integers(0, 3)) == 0:
        return SourceRead(
            **{**run, "occurred_at": began_at + draw(MOMENTS)},
            step_number=step.number,
            attempt=draw(st.integers(1, 3)),
            reading_id=draw(st.sampled_from("ab")),
            part=draw(st.integers(0, 1)),
            began_at=began_at,
            table="raw_data",
            way="w",
            progress=Progress(cursor=draw(TEXTS)),
        )
    return ReadingContinued(
        **{**run, "occurred_at": began_at + draw(MOMENTS)},
        step_number=step.number,
        attempt=draw(st.integers(1, 3)),
        began_at=began_at,
        is_over=draw(st.booleans()),
    )


@st.composite
def _repeated(draw: st.DrawFn, events: list[Event]) -> list[Event]:
    """Later records of the same facts; only the first one counts, whatever the later say."""
    chosen = draw(st.lists(st.sampled_from(events), max_size=3)) if events else []
    return [draw(_later(event)) for event in chosen]


@st.composite
def _later(draw: st.DrawFn, event: Event) -> Event:
    later = event.occurred_at + timedelta(microseconds=draw(st.integers(1, 10**7)))
    changed: dict[str, Any] = {"occurred_at": later}
    if isinstance(event, StepFailed | StepRetried | StepSkipped):
        changed["error_message"] = draw(TEXTS)
    if isinstance(event, StepRetried):
        changed["retry_at"] = _retry_at(draw, later)
    if isinstance(event, StepSucceeded | StepFailed):
        changed["metrics"] = draw(METRICS)
    return event.model_copy(update=changed)


def _of(
    kind: type[StepEvent],
    step: PlannedStep,
    run: dict[str, Any],
    *,
    at: datetime,
    attempt: int = 1,
    **more: Any,
) -> Event:
    fields = {**run, "occurred_at": at, "step_number": step.number, "step_id": step.id}
    return kind(**fields, step_type=step.type, attempt=attempt, **more)
