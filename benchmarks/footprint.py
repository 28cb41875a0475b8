"""What `make run` needs before anybody uses it: seconds until it is ready, and memory."""

import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figure import Aim, Figure
from benchmarks.processes import cpu_seconds, held_mb
from benchmarks.stage import Stage, running_platform

GROUP = "`make run`, before anybody uses it"
_READY = Aim(3)
_HELD = Aim(300)
_QUIET_SECONDS = 1.0
_MOST_QUIET_SECONDS = 30.0
_QUIET_SHARE = 0.05


def footprint(data_dir: Path, *, configs: Path) -> Iterator[Figure]:
    """Started in an empty folder, left until it rests, stopped; then started again in the same folder."""
    with running_platform(data_dir, configs=configs) as first:
        yield Figure(GROUP, "ready, in an empty folder", first.ready_seconds, "s", _READY)
        _await_rest(first.pid)
        yield from held(first, group=GROUP)
    with running_platform(data_dir, configs=configs) as second:
        yield Figure(GROUP, "ready, in the folder of last time", second.ready_seconds, "s", _READY)


def held(stage: Stage, *, group: str) -> Iterator[Figure]:
    """The memory of all processes and of each, shared pages divided among those that share them (PSS)."""
    shares = held_mb(stage.pid)
    yield Figure(group, "memory", sum(shares.values()), "MB", _HELD)
    for name, megabytes in sorted(shares.items(), key=lambda item: -item[1]):
        yield Figure(group, f"– of which {name}", megabytes, "MB")


def _await_rest(pid: int) -> None:
    """Until a second goes by in which next to nothing is computed: all processes have loaded what they load."""
    give_up_at = time.monotonic() + _MOST_QUIET_SECONDS
    used = sum(cpu_seconds(pid).values())
    while time.monotonic() < give_up_at:
        time.sleep(_QUIET_SECONDS)
        before, used = used, sum(cpu_seconds(pid).values())
        if used - before < _QUIET_SHARE * _QUIET_SECONDS:
            return
