"""The schedules of one test: there are several of these, so that they run side by side."""

import contextlib
import io
import os
from collections import Counter

from tests.simulation.schedule import Schedule
from tests.simulation.timeline import ViolationError

SEED_VARIABLE = "SIMULATION_SEED"
SCHEDULES_AN_ITEM = int(os.environ.get("SCHEDULES_AN_ITEM", "750"))


def base_seed() -> int:
    """The first schedule's seed. tests/conftest.py draws one for each test run, the same for all its workers."""
    return int(os.environ[SEED_VARIABLE])


def require_schedules(item: int) -> None:
    """Carry out the item's schedules; the first that breaks a law fails the test and says how to see it again."""
    count: Counter[str] = Counter()
    first = base_seed() + item * SCHEDULES_AN_ITEM
    for seed in range(first, first + SCHEDULES_AN_ITEM):
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                count += Schedule(seed).run()
        except ViolationError as violation:
            raise AssertionError(
                f"{violation}\nSee it again: make simulate SEED={seed} COUNT=1"
            ) from violation
    idle = [
        kind
        for kind in (
            "kills",
            "duplicates",
            "cancels",
            "reruns",
            "dead letters",
            "readings ended",
            "readings beside another",
        )
        if not count[kind]
    ]
    assert idle == [], "nothing of this kind happened"
