"""Who reads a step's source: what the log says of the deliveries that do, or did."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from shared.domain.event import Event, ReadingContinued, StepStarted
from shared.domain.model import Model, UtcTime


class Reading(Model):
    """One delivery's reading of a step's source, named by when the delivery began."""

    step_number: int
    attempt: int
    began_at: UtcTime
    seen_at: UtcTime
    """Its last sign of life."""
    is_over: bool
    """Whether it said that it reads no more."""


def readings_of(events: Iterable[Event]) -> tuple[Reading, ...]:
    """The readings that the events tell of, oldest first.

    A delivery that has only started may be reading: its first sign of life comes later.
    """
    found: dict[tuple[int, int, datetime], tuple[datetime, bool]] = {}
    for event in events:
        if isinstance(event, ReadingContinued):
            began_at, is_over = event.began_at, event.is_over
        elif isinstance(event, StepStarted) and event.step_type == "ingest":
            began_at, is_over = event.occurred_at, False
        else:
            continue
        key = (event.step_number, event.attempt, began_at)
        seen_at, was_over = found.get(key, (event.occurred_at, False))
        found[key] = (max(seen_at, event.occurred_at), was_over or is_over)
    return tuple(
        Reading(step_number=number, attempt=attempt, began_at=began_at, seen_at=seen_at, is_over=is_over)
        for (number, attempt, began_at), (seen_at, is_over) in sorted(found.items())
    )


def live_reading(
    readings: Sequence[Reading],
    *,
    step_number: int,
    attempt: int,
    alive_since: datetime,
    before: datetime | None = None,
) -> Reading | None:
    """A reading for the attempt that gave a sign of life since then; with `before`, only one that began earlier."""
    return next(
        (
            reading
            for reading in readings
            if (reading.step_number, reading.attempt) == (step_number, attempt)
            and not reading.is_over
            and reading.seen_at >= alive_since
            and (before is None or reading.began_at < before)
        ),
        None,
    )
