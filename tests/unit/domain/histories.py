"""Plausible histories of runs: what a real log may hold, with all that at-least-once brings."""

from datetime import datetime, timedelta

from hypothesis import strategies as st

from shared.domain.destination import TransformDestination
from shared.domain.event import (
    Event,
    Metrics,
    RunCancelled,
    RunQueued,
    RunTimedOut,
    StepFailed,
    StepRetried,
    StepSkipped,
    StepStarted,
    StepSucceeded,
)
from shared.domain.ids import pipeline_id, run_id_for_key
from shared.domain.plan import Plan, PlannedStep, PlannedTransform
from shared.domain.table import Column, Table
from tests.fakes.clock import NOON

TENANT = "acme"
PIPELINE = pipeline_id(TENANT, "demo", "cost", "daily")
RUN = run_id_for_key(pipeline=PIPELINE, key="monday", day=NOON.date())
TABLE = Table(name="daily", columns=(Column(name="day", type="DATE"),))


def at(seconds: int) -> dict[str, object]:
    """What every event of the run says, that many seconds after it was accepted."""
    return {
        "tenant_id": TENANT,
        "pipeline_id": PIPELINE,
        "run_id": RUN,
        "occurred_at": NOON + timedelta(seconds=seconds),
    }


def of_step(number: int, *, attempt: int = 1, seconds: int = 0) -> dict[str, object]:
    """What every event of a step says."""
    return at(seconds) | {
        "step_number": number,
        "step_id": f"step_{number}",
        "step_type": "transform",
        "attempt": attempt,
    }


def plan_of(*needs: tuple[int, ...]) -> Plan:
    """A plan with a step for each of `needs`: the numbers of the steps that it needs."""
    return Plan(
        tenant_id=TENANT,
        pipeline_id=PIPELINE,
        location="US",
        timeout_seconds=3600,
        max_bytes_billed=10**9,
        parameters=(),
        steps=tuple(_step(number, needed) for number, needed in enumerate(needs, start=1)),
    )


def _step(number: int, needs: tuple[int, ...]) -> PlannedStep:
    return PlannedTransform(
        number=number,
        id=f"step_{number}",
        needs=tuple(f"step_{need}" for need in needs),
        sql_name="daily",
        sql="SELECT 1 AS day",
        destination=TransformDestination(table="daily", mode="append"),
        table=TABLE,
    )


CHAIN = plan_of((), (1,), (2,))
DIAMOND = plan_of((), (1,), (1,), (2, 3))


def queued(plan: Plan = CHAIN, *, seconds: int = 0) -> RunQueued:
    """The run was accepted."""
    return RunQueued(
        **at(seconds), trigger="api", triggered_by="key 12345678", request_hash="0" * 64, plan=plan
    )


def started(number: int, *, attempt: int = 1, seconds: int = 0) -> StepStarted:
    return StepStarted(**of_step(number, attempt=attempt, seconds=seconds))


def succeeded(number: int, *, attempt: int = 1, seconds: int = 0, rows: int = 1) -> StepSucceeded:
    return StepSucceeded(
        **of_step(number, attempt=attempt, seconds=seconds), metrics=Metrics(rows_out=rows, bytes_billed=10)
    )


def failed(number: int, *, attempt: int = 1, seconds: int = 0) -> StepFailed:
    return StepFailed(**of_step(number, attempt=attempt, seconds=seconds), error_message="it broke")


def retried(
    number: int, *, attempt: int = 1, seconds: int = 0, retry_at: datetime | None = None
) -> StepRetried:
    fields = of_step(number, attempt=attempt, seconds=seconds)
    return StepRetried(**fields, error_message="try again", retry_at=retry_at)


def skipped(number: int, *, seconds: int = 0) -> StepSkipped:
    return StepSkipped(**of_step(number, seconds=seconds), error_message="step 'step_1' failed")


def cancelled(*, seconds: int = 0) -> RunCancelled:
    return RunCancelled(**at(seconds), cancelled_by="key 12345678")


def timed_out(*, seconds: int = 0) -> RunTimedOut:
    return RunTimedOut(**at(seconds), error_message="took longer than 1h")


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Chains, graphs, and steps that need nothing."""
    size = draw(st.integers(1, 5))
    needs = [
        tuple(sorted(draw(st.sets(st.integers(1, number - 1), max_size=2)))) if number > 1 else ()
        for number in range(1, size + 1)
    ]
    return plan_of(*needs)


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """What an executor may have recorded of a run up to some moment, oldest first, each fact once."""
    plan = draw(plans())
    events: list[Event] = [queued(plan)]
    ended: dict[str, bool] = {}
    seconds = 0
    for step in plan.steps:
        if len(events) > 1 and draw(st.integers(0, 5)) == 0:
            break
        seconds += draw(st.integers(0, 3))
        if any(not ended.get(need, False) for need in step.needs):
            events.append(skipped(step.number, seconds=seconds))
            ended[step.id] = False
            continue
        own, is_success = draw(_attempts(step.number, seconds))
        events += own
        seconds += 10
        if is_success is not None:
            ended[step.id] = is_success
    for forced in (cancelled, timed_out):
        if draw(st.integers(0, 3)) == 0:
            events.append(forced(seconds=draw(st.integers(0, 40))))
    return events


@st.composite
def _attempts(draw: st.DrawFn, number: int, seconds: int) -> tuple[list[Event], bool | None]:
    retries = draw(st.integers(0, 2))
    own: list[Event] = []
    for attempt in range(1, retries + 1):
        own += [
            started(number, attempt=attempt, seconds=seconds),
            retried(number, attempt=attempt, seconds=seconds + 1),
        ]
        seconds += 2
    if draw(st.booleans()):
        own.append(started(number, attempt=retries + 1, seconds=seconds))
    ending = draw(st.sampled_from([succeeded, succeeded, failed, None]))
    if ending is None:
        return own, None
    own.append(ending(number, attempt=retries + 1, seconds=seconds + draw(st.integers(0, 3))))
    return own, ending is succeeded


@st.composite
def deliveries(draw: st.DrawFn, events: list[Event]) -> list[Event]:
    """The same facts in any order, some of them recorded again, then or later."""
    again = draw(st.lists(st.sampled_from(events), max_size=5))
    later = [
        event.model_copy(
            update={"occurred_at": event.occurred_at + timedelta(seconds=draw(st.integers(0, 100)))}
        )
        for event in again
    ]
    return draw(st.permutations([*events, *later]))
