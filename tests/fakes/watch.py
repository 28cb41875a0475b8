"""The watch over a reading, for tests of what reads."""

from shared.domain.event import RunQueued
from shared.ports import Clock, EventLog, Warehouse
from shared.steps.attempt import Attempt
from shared.steps.watch import Watch, WatchTimes
from tests.fakes.clock import SetClock
from tests.fakes.log import MemoryLog
from tests.fakes.runs import folded


def watch_over(
    attempt: Attempt, warehouse: Warehouse, *, log: EventLog | None = None, clock: Clock | None = None
) -> Watch:
    """A watch over the attempt; where no clock is given, time stands still and it never looks."""
    queued = RunQueued(
        tenant_id=attempt.plan.tenant_id,
        pipeline_id=attempt.plan.pipeline_id,
        run_id=attempt.run_id,
        occurred_at=attempt.now,
        trigger="api",
        triggered_by="somebody",
        request_hash="0",
        plan=attempt.plan,
    )
    clock = clock or SetClock(attempt.now)
    return Watch(
        attempt,
        run=folded([queued, attempt.started()]),
        times=WatchTimes(),
        log=log or MemoryLog(clock),
        warehouse=warehouse,
        clock=clock,
    )
