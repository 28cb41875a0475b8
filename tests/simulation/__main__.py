"""`make simulate`: many schedules on all cores, or one of them told step by step."""

import argparse
import contextlib
import io
import multiprocessing
import random
import sys
import time
from collections import Counter
from functools import partial

from shared.log import set_level
from tests.simulation.schedule import Schedule
from tests.simulation.timeline import ViolationError

_A_BATCH = 200
_MOST_SHOWN = 10
_EVERY_SECONDS = 10.0

Batch = tuple[Counter[str], list[tuple[int, str]]]


def main() -> int:
    """0 when every schedule kept the laws."""
    parser = argparse.ArgumentParser(description="Random schedules of everything that can go wrong")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    parser.add_argument("--count", type=int, default=1_000_000)
    asked = parser.parse_args()
    return _tell(asked.seed) if asked.count == 1 else _search(asked.seed, asked.count)


def _tell(seed: int) -> int:
    _be_quiet()
    try:
        # What is logged as an error is what the schedule has happen.
        with contextlib.redirect_stdout(io.StringIO()):
            count = Schedule(seed, tell=partial(print, file=sys.__stdout__)).run()
    except ViolationError as violation:
        print(f"VIOLATION: {violation}")
        return 1
    print(_told(count))
    return 0


def _search(seed: int, schedules: int) -> int:
    print(f"{schedules} schedules from seed {seed}", flush=True)
    batches = [
        range(first, min(first + _A_BATCH, seed + schedules))
        for first in range(seed, seed + schedules, _A_BATCH)
    ]
    total: Counter[str] = Counter()
    found: list[tuple[int, str]] = []
    told_at = began = time.monotonic()
    with multiprocessing.Pool(initializer=_be_quiet) as pool:
        for count, violations in pool.imap_unordered(_carry_out, batches):
            total += count
            _show(violations[: max(0, _MOST_SHOWN - len(found))])
            found += violations
            if time.monotonic() - told_at > _EVERY_SECONDS:
                told_at = time.monotonic()
                print(f"{total['schedules']} schedules, {len(found)} violations", flush=True)
    print(f"{_told(total)}\n{len(found)} violations in {time.monotonic() - began:.0f} s")
    return 1 if found else 0


def _be_quiet() -> None:
    set_level("ERROR")


def _carry_out(seeds: range) -> Batch:
    total: Counter[str] = Counter()
    found = []
    for seed in seeds:
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                total += Schedule(seed).run()
        except ViolationError as violation:
            total["schedules"] += 1
            found.append((seed, str(violation)))
    return total, found


def _show(violations: list[tuple[int, str]]) -> None:
    for seed, violation in violations:
        print(f"{violation}\n  make simulate SEED={seed} COUNT=1", flush=True)


def _told(count: Counter[str]) -> str:
    return "\n".join(f"{times:>10}  {kind}" for kind, times in sorted(count.items()))


if __name__ == "__main__":
    sys.exit(main())
