"""The same contest for everybody: runs one after the other, then a burst. Standard library only."""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

from benchmarks.processes import cpu_seconds

Handle = TypeVar("Handle")
POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Counts:
    """How many runs of each kind."""

    warm_up: int
    latency: int
    burst: int


@dataclass(frozen=True)
class Result:
    """Seconds of each run, of the burst, and of the processor in both; counts stand beside them."""

    latencies: list[float]
    latency_cpu_seconds: float
    burst_runs: int
    burst_seconds: float
    burst_cpu_seconds: float


@dataclass(frozen=True)
class Entry:
    """What a peer is told: where to work, with which file, how often."""

    folder: Path
    file: Path
    counts: Counts


def read_entry() -> Entry:
    """From the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--file", type=Path, required=True)
    parser.add_argument("--counts", type=int, nargs=3, required=True, metavar=("WARM_UP", "LATENCY", "BURST"))
    told = parser.parse_args()
    return Entry(told.folder, told.file, Counts(*told.counts))


def play(
    counts: Counts, *, start: Callable[[str], Handle], finish: Callable[[Handle], object], root: int
) -> Result:
    """`start` asks for a run under a name and `finish` waits until it has succeeded; `root` heads all processes."""
    for number in range(counts.warm_up):
        finish(start(f"warm-up-{number}"))
    before, latencies = _cpu(root), []
    for number in range(counts.latency):
        began = time.monotonic()
        finish(start(f"latency-{number}"))
        latencies.append(time.monotonic() - began)
    between, began = _cpu(root), time.monotonic()
    for handle in [start(f"burst-{number}") for number in range(counts.burst)]:
        finish(handle)
    seconds = time.monotonic() - began
    return Result(latencies, between - before, counts.burst, seconds, _cpu(root) - between)


def tell(result: object) -> None:
    """The last line of a peer's output, which the driver reads."""
    print(json.dumps(result if isinstance(result, dict) else asdict(result)), flush=True)  # type: ignore[call-overload]


def _cpu(root: int) -> float:
    return sum(cpu_seconds(root).values())
