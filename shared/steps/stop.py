"""Stops attempts: what they have submitted is cancelled, what they haven't can't be submitted any more."""

from datetime import datetime

from shared.domain.run import Run
from shared.ports import Warehouse
from shared.steps.attempt import Attempt, attempt_at


def stop(attempt: Attempt, *, warehouse: Warehouse) -> None:
    """Keep the attempt from changing any table, unless its job is done already. May be called again."""
    for handle in attempt.handles:
        if not warehouse.void(handle):
            warehouse.cancel(handle)


def stop_live_steps(run: Run, *, now: datetime, warehouse: Warehouse) -> None:
    """Stop every step of the run that may be under way. May be called again."""
    for step in run.live_steps:
        stop(attempt_at(run, step, now=now, until=now), warehouse=warehouse)
