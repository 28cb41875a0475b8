"""How often a step is tried, after which failures, and after what pause."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, get_args

from pydantic import Field

from shared.domain.errors import AttemptError, GivenUpError, TransientKind
from shared.domain.model import Model, WholeNumber

TRANSIENT_KINDS: tuple[TransientKind, ...] = get_args(TransientKind)
MOST_ATTEMPTS = 10
LONGEST_WAIT_SECONDS = 3600
"""A source that asks for a longer pause than this is asked again after this."""
_LONGEST_IN_FIRST_ONES = 60


@dataclass(frozen=True)
class Pauses:
    """How long a step is left alone after an attempt that failed for now: the first pause, doubled after each."""

    first: timedelta = timedelta(seconds=10)

    def after(self, attempt: int, *, asked_seconds: int | None) -> timedelta:
        """The pause after an attempt, from 1; what a source asked for counts in its place."""
        if asked_seconds:
            return timedelta(seconds=min(asked_seconds, LONGEST_WAIT_SECONDS))
        doubled = min(1 << (attempt - 1), _LONGEST_IN_FIRST_ONES)
        return self.first * doubled


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

    def allows(self, error: AttemptError, *, attempt: int) -> bool:
        """Whether another attempt may follow the failure of this one.

        A voided attempt may always be retried: the reason may not be visible yet, so `on` can't apply.
        """
        return attempt < self.attempts and (isinstance(error, GivenUpError) or error.kind in self.on)
