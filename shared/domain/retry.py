"""How often a step is tried, after which failures, and after what pause."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, get_args

from pydantic import Field

from shared.domain.errors import AttemptError, GivenUpError, LostTurnError, TransientKind
from shared.domain.model import Model, WholeNumber

TRANSIENT_KINDS: tuple[TransientKind, ...] = get_args(TransientKind)
MOST_ATTEMPTS = 10
MOST_TURNS_LOST = 20
"""How many attempts may lose their turn to others that write the table, besides those that `retry` allows."""
LONGEST_WAIT_SECONDS = 3600
"""A source that asks for a longer pause than this is asked again after this."""
_LONGEST_IN_FIRST_ONES = 60


@dataclass(frozen=True)
class Pauses:
    """How long a step is left alone after an attempt that failed for now: the first pause, doubled after each."""

    first: timedelta = timedelta(seconds=10)

    def after(self, attempt: int, *, asked_seconds: int | None, longer_by: float = 0.0) -> timedelta:
        """The pause after an attempt, from 1; what a source asked for counts in its place.

        `longer_by` a share of it, where others would otherwise come again at the same moment.
        """
        if asked_seconds:
            return timedelta(seconds=min(asked_seconds, LONGEST_WAIT_SECONDS))
        doubled = min(1 << (attempt - 1), _LONGEST_IN_FIRST_ONES)
        return self.first * doubled * (1 + longer_by)


class Retry(Model):
    """`retry` of a step. An attempt is one try at all of the step: a source that was read, a job that was done."""

    attempts: Annotated[
        WholeNumber,
        Field(ge=1, le=MOST_ATTEMPTS, description="how often the step is tried in all; 1 means never again"),
    ] = 3
    on: Annotated[
        tuple[TransientKind, ...],
        Field(min_length=1, description="the failures after which it is tried again; left out, all of them"),
    ] = TRANSIENT_KINDS

    def allows(self, error: AttemptError, *, attempt: int, turns_lost: int = 0) -> bool:
        """Whether another attempt may follow the failure of this one, before which `turns_lost` lost their turns.

        A voided attempt may always be retried: the reason may not be visible yet, so `on` can't apply. Nor does it to
        one that lost its turn, which says something of others and nothing of the step.
        """
        if isinstance(error, LostTurnError):
            return turns_lost < MOST_TURNS_LOST
        is_left = attempt - turns_lost < self.attempts
        return is_left and (isinstance(error, GivenUpError) or error.kind in self.on)
