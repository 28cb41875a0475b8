"""The simulation itself: it can be replayed, and it reaches what it is meant to reach."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

from tests.simulation.schedule import Schedule

ROOT = Path(__file__).parents[2]
TROUBLE = {
    "answers lost",
    "cancels",
    "dead letters",
    "duplicates",
    "jobs failing",
    "jobs in conflict",
    "jobs in turn",
    "jobs passing",
    "jobs refused",
    "jobs stopped",
    "kills",
    "messages lost",
    "pauses",
    "readings beside another",
    "readings ended",
    "redeliveries",
    "refused by Google",
    "requests lost",
    "reruns",
    "source failures",
    "sources broken",
    "unwanted readings",
    "voids",
}


def trace_of(seed: int) -> list[str]:
    lines: list[str] = []
    Schedule(seed, tell=lines.append).run()
    return lines


def test_the_same_seed_gives_the_same_schedule() -> None:
    first = [trace_of(seed) for seed in range(20)]

    assert [trace_of(seed) for seed in range(20)] == first


def test_another_process_gives_the_same_schedule() -> None:
    command = [sys.executable, "-m", "tests.simulation", "--seed", "7", "--count", "1"]

    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)

    expected = trace_of(7)
    assert done.stdout.splitlines()[: len(expected)] == expected


def test_every_kind_of_trouble_happens() -> None:
    count: Counter[str] = Counter()
    for seed in range(1000):
        count += Schedule(seed).run()
        if count.keys() >= TROUBLE:
            return

    assert TROUBLE - count.keys() == set()
