"""What it costs to look at runs, to ask for one and to do a step when the log is long."""

import random
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from benchmarks.figure import Aim, Figure, middle
from benchmarks.meter import ACTIONS, read_bytes
from benchmarks.past import add_past
from benchmarks.report import number
from benchmarks.sizes import Sizes
from benchmarks.stage import Caller, Stage
from benchmarks.tenant import TENANT, THREE_STEPS, Tenant
from shared.domain.ids import RunId

PAGE = 50
_FEW, _MANY, _MOST_TIMES = 100, 100_000, 2
_LIMIT = 1_000
_PATIENCE_PARTS = 10
T = TypeVar("T")


def history(stage: Stage, caller: Caller, tenant: Tenant, *, sizes: Sizes) -> Iterator[Figure]:
    """The log grows from size to size; at each, every action is timed over HTTP and its reads are counted."""
    client = stage.client()
    like = caller.finish(caller.post(THREE_STEPS), every=0.02)["run_id"]
    there: list[RunId] = []
    page_with_few: float | None = None
    for count in sizes.history_runs:
        began = time.monotonic()
        there += add_past(client, like=like, count=count - len(there))
        took = time.monotonic() - began
        group = f"With {count:,} runs of history"
        yield Figure(
            group, "loading the last of them", took, "s", note="copies of a real run's events, 30 days"
        )
        taken = _times(caller, tenant, there, sizes=sizes)
        if count == _FEW:
            page_with_few = taken["list"]
        for action in ACTIONS:
            read = read_bytes(client, action, tenant_id=TENANT, run_id=there[len(there) // 2])
            note = f"{number(read.processed / 1e6)} MB processed, {number(read.billed / 1e6)} MB billed"
            aim = _aim(action, count, page_with_few)
            yield Figure(group, _NAMES[action], taken[action] * 1e3, "ms", aim, note)


_NAMES = {
    "get": "get a run",
    "list": f"list {PAGE} runs",
    "trigger": "ask for a run (POST)",
    "trigger within a limit": "ask for a run, with a limit of concurrent runs",
    "step": "a step, the mean of three",
}


def _aim(action: str, count: int, page_with_few: float | None) -> Aim | None:
    if action == "get":
        return Aim(10)
    if action == "list" and count == _MANY and page_with_few is not None:
        return Aim(_MOST_TIMES * page_with_few * 1e3)
    return None


def _times(caller: Caller, tenant: Tenant, there: list[RunId], *, sizes: Sizes) -> dict[str, float]:
    """Seconds of each action: the median of its calls."""
    dice = random.Random(len(there))
    taken = {
        "get": middle(list(_repeated(lambda: _seconds(lambda: caller.get(dice.choice(there))), sizes))),
        "list": middle(list(_repeated(lambda: _seconds(lambda: caller.page(limit=PAGE)), sizes))),
    }
    taken["trigger"], taken["step"] = _trigger(caller, sizes)
    tenant.limit(_LIMIT)
    taken["trigger within a limit"], _ = _trigger(caller, sizes)
    tenant.limit(None)
    return taken


def _trigger(caller: Caller, sizes: Sizes) -> tuple[float, float]:
    """Seconds of a POST and of a step of the run that it asks for."""
    posts, steps = zip(*_repeated(lambda: _run(caller), sizes), strict=True)
    return middle(posts), middle(steps)


def _run(caller: Caller) -> tuple[float, float]:
    began = time.monotonic()
    run_id = caller.post(THREE_STEPS)
    posted = time.monotonic() - began
    run = caller.finish(run_id, every=0.05)
    return posted, sum(step["duration_ms"] for step in run["steps"]) / len(run["steps"]) / 1e3


def _repeated(act: Callable[[], T], sizes: Sizes) -> Iterator[T]:
    """What each of the calls gave; fewer of them where they take long, but one at least."""
    give_up_at = time.monotonic() + sizes.patience_seconds / _PATIENCE_PARTS
    for done in range(sizes.history_calls):
        if done and time.monotonic() > give_up_at:
            return
        yield act()


def _seconds(act: Callable[[], object]) -> float:
    began = time.monotonic()
    act()
    return time.monotonic() - began
