"""Runs, made of their events."""

from collections.abc import Iterable, Sequence

from shared.domain.event import Event, RunQueued
from shared.domain.fold import fold
from shared.domain.run import Run


def folded(events: Iterable[Event]) -> Run:
    """The run of events among which is the one that began it."""
    run = fold(events)
    assert run is not None
    return run


def sole_acceptance(events: Sequence[Event]) -> RunQueued:
    """The only event that there is, by which a run was accepted."""
    [queued] = events
    assert isinstance(queued, RunQueued)
    return queued


def acceptances(events: Iterable[Event]) -> list[RunQueued]:
    """The runs that were accepted, as they were recorded."""
    return [event for event in events if isinstance(event, RunQueued)]
