"""For every test."""

import gc
import os
import random


def pytest_configure() -> None:
    """Draw the seed of the random schedules once: the workers of a run inherit it, and so can a run that repeats it."""
    os.environ.setdefault("SIMULATION_SEED", str(random.SystemRandom().randrange(10**9)))


def pytest_collection() -> None:
    """Collect without the garbage collector: what is loaded and collected stays until the end."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Have the garbage collector leave alone what is there, each time that it looks at what the tests leave."""
    gc.freeze()
    gc.enable()


def pytest_report_header() -> str:
    """Say with which seed the random schedules can be seen again."""
    return f"simulation: SIMULATION_SEED={os.environ['SIMULATION_SEED']}"


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes don't name a test: workers that collect at different seconds must see the same names (gzip has a clock)."""
    return argname if isinstance(val, bytes) else None
