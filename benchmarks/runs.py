"""Runs of three steps: how long one takes, what it costs the processor, and how many go through at once."""

import time
from collections.abc import Iterator
from datetime import datetime

from benchmarks.figure import Aim, Figure, percentile
from benchmarks.processes import cpu_seconds, spent
from benchmarks.sizes import Sizes
from benchmarks.stage import Caller, Stage
from benchmarks.tenant import THREE_STEPS

LATENCY = "A run of three steps, one at a time"
BURST = "A burst of runs of three steps"
_POLL_SECONDS = 0.02
_LOOK_AGAIN_SECONDS = 0.1


def warm_up(caller: Caller, sizes: Sizes) -> None:
    """Runs that count for nothing: each process has loaded what it needs when they are over."""
    for _ in range(sizes.warm_up_runs):
        caller.finish(caller.post(THREE_STEPS), every=_POLL_SECONDS)


def latency(stage: Stage, caller: Caller, sizes: Sizes) -> Iterator[Figure]:
    """From the POST until a poll, every 20 ms, says SUCCESS; the polls' share of the processor is counted in."""
    count = sizes.latency_runs
    before, taken, posts = cpu_seconds(stage.pid), [], []
    for _ in range(count):
        began = time.monotonic()
        run_id = caller.post(THREE_STEPS)
        posts.append(time.monotonic() - began)
        caller.finish(run_id, every=_POLL_SECONDS)
        taken.append(time.monotonic() - began)
    note = f"{count} runs"
    yield Figure(LATENCY, "until SUCCESS, p50", percentile(taken, 50) * 1e3, "ms", Aim(300), note)
    yield Figure(LATENCY, "until SUCCESS, p95", percentile(taken, 95) * 1e3, "ms", note=note)
    yield Figure(LATENCY, "the POST, p50", percentile(posts, 50) * 1e3, "ms", note=note)
    yield from _processor(LATENCY, stage, before, count=count, note="with its polls")


def burst(stage: Stage, caller: Caller, sizes: Sizes) -> Iterator[Figure]:
    """Asked for one after the other as fast as they are accepted; nobody polls until the last one was."""
    count = sizes.burst_runs
    before, posts, run_ids = cpu_seconds(stage.pid), [], []
    began = time.time()
    for _ in range(count):
        asked = time.monotonic()
        run_ids.append(caller.post(THREE_STEPS))
        posts.append(time.monotonic() - asked)
    runs = [caller.finish(run_id, every=_LOOK_AGAIN_SECONDS) for run_id in run_ids]
    ended = max(datetime.fromisoformat(run["completed_at"]).timestamp() for run in runs)
    note = f"{count} runs, {ended - began:.1f} s in all"
    yield Figure(BURST, "throughput", count / (ended - began), "runs/s", Aim(8, "at least"), note)
    yield Figure(BURST, "a POST, p50", percentile(posts, 50) * 1e3, "ms")
    yield Figure(BURST, "a POST, p95", percentile(posts, 95) * 1e3, "ms")
    yield from _processor(BURST, stage, before, count=count, note="each looked at once or a few times")


def _processor(
    group: str, stage: Stage, before: dict[str, float], *, count: int, note: str
) -> Iterator[Figure]:
    shares = spent(before, cpu_seconds(stage.pid))
    total = sum(shares.values()) / count
    yield Figure(group, "processor, a run", total, "CPU s", Aim(0.2), note)
    for name, seconds in shares.items():
        yield Figure(group, f"– of which {name}", seconds / count, "CPU s")
