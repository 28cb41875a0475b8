"""Random schedules: whatever happens, the laws hold."""

import contextlib
import io
import os

from tests.simulation.schedule import Schedule
from tests.simulation.timeline import ViolationError

SEED_VARIABLE = "SIMULATION_SEED"
"""The first schedule's. tests/conftest.py draws one for each test run."""
COUNT = int(os.environ.get("SCHEDULES", "300"))
"""Each run tries other ones; `make simulate` tries as many as one has patience for."""


def test_whatever_happens_every_run_ends_and_nothing_is_done_twice() -> None:
    first = int(os.environ[SEED_VARIABLE])
    for seed in range(first, first + COUNT):
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                Schedule(seed).run()
        except ViolationError as violation:
            raise AssertionError(
                f"{violation}\nSee it again: make simulate SEED={seed} COUNT=1"
            ) from violation
