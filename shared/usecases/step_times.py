"""How long what may last, when a step is carried out."""

from dataclasses import dataclass, field
from datetime import timedelta

from shared.domain.retry import Pauses
from shared.steps.watch import WatchTimes

CALL_BUDGET = timedelta(seconds=500)


@dataclass(frozen=True)
class StepTimes:
    """How long a call waits for jobs, how a source is watched while it is read, and when a failed attempt is followed.

    A push is answered within 600 s or delivered again (Pub/Sub's longest deadline): the budget is less than that.
    """

    budget: timedelta = CALL_BUDGET
    reading: WatchTimes = field(default_factory=WatchTimes)
    pauses: Pauses = field(default_factory=Pauses)


STEP_TIMES = StepTimes()
