"""Stops an attempt: what it has submitted is cancelled, what it hasn't can't be submitted any more."""

from shared.ports import Warehouse
from shared.steps.attempt import Attempt


def stop(attempt: Attempt, *, warehouse: Warehouse) -> None:
    """Keep the attempt from changing any table, unless its job is done already. May be called again."""
    for handle in attempt.handles:
        if not warehouse.void(handle):
            warehouse.cancel(handle)
