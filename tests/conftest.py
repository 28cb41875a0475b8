"""For every test."""

import gc
import os
import random

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

TOGETHER = (
    "tests/crash/",
    "tests/acceptance/",
    "tests/contract/adapters/",
    "tests/contract/bigquery/",
    "tests/contract/laws/",
    "tests/contract/samples/",
    "tests/contract/sources/databases/",
    "tests/architecture/",
)
"""Folders whose files share something that runs, or the code as it was parsed: a worker takes all of one, once.

What takes longest comes first, and all of them before the files of other folders: nobody is to wait for one at the end.
"""


def pytest_configure() -> None:
    """Draw the seed of the random schedules once: the workers of a run inherit it, and so can a run that repeats it."""
    os.environ.setdefault("SIMULATION_SEED", str(random.SystemRandom().randrange(10**9)))


def _place(nodeid: str) -> int:
    return next((n for n, folder in enumerate(TOGETHER) if nodeid.startswith(folder)), len(TOGETHER))


class _Scheduling(LoadFileScheduling):  # type: ignore[misc]
    """Gives a worker file by file, or one of those folders."""

    def _split_scope(self, nodeid: str) -> str:
        place = _place(nodeid)
        return TOGETHER[place] if place < len(TOGETHER) else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling | None:
    """Distribute by files as we understand it."""
    return _Scheduling(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with these folders."""
    items.sort(key=lambda item: _place(item.nodeid))


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
