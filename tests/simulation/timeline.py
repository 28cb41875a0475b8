"""Virtual time: what happens next, and which of the workers goes on."""

import heapq
import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from shared.domain.errors import ForbiddenError, TransientError
from shared.domain.ids import RunId
from tests.simulation.faults import Faults
from tests.simulation.fibers import Fiber, KilledError

_NOON = datetime(2025, 11, 15, 12, 0, tzinfo=UTC)
_MIDNIGHT = datetime(2025, 11, 16, tzinfo=UTC)
_MOST_HAPPENINGS = 20_000


class ViolationError(BaseException):
    """Something happened that must never happen. Nothing catches this but whoever runs the schedule."""


class Task:
    """One call of a use case by a worker, with a clock of its own and what it has seen so far."""

    def __init__(self, name: str, *, tenant_id: str | None, skew: float) -> None:
        self.name = name
        self.tenant_id = tenant_id
        self.skew = skew
        self.fiber: Fiber | None = None
        self.run_id: RunId | None = None
        self.step_id: str | None = None
        self.listed_at = 0.0
        self.stopped_runs: set[str] = set()
        self.has_met_fault = False
        """Whether a call of a port failed, or Google refused it."""


class Timeline:
    """Seconds since it began, and all that is decided by chance: the same seed gives the same schedule."""

    def __init__(self, seed: int, *, tell: Callable[[str], None] | None = None) -> None:
        self.rng = random.Random(seed)
        self.faults = Faults.drawn(self.rng)
        self.began_at = _NOON if self.rng.random() < 0.8 else _MIDNIGHT - timedelta(seconds=30)
        self.now = 0.0
        self.count: Counter[str] = Counter()
        self.tell = tell
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._happenings = 0
        self._task: Task | None = None
        self._tasks: dict[Task, None] = {}
        self._violation: BaseException | None = None

    @property
    def task(self) -> Task:
        """Who is at work."""
        assert self._task is not None
        return self._task

    @property
    def has_tasks(self) -> bool:
        return bool(self._tasks)

    def moment(self, *, skew: float = 0.0) -> datetime:
        """What a clock says that is off by `skew` seconds."""
        return self.moment_of(self.now + skew)

    def moment_of(self, seconds: float) -> datetime:
        """The moment so long after it began."""
        return self.began_at + timedelta(seconds=seconds)

    def seconds(self, moment: datetime) -> float:
        return (moment - self.began_at).total_seconds()

    def chance(self, rate: float) -> bool:
        return rate > 0.0 and self.rng.random() < rate

    def say(self, text: str) -> None:
        """A line of the trace. Callers that would put it together at a cost ask `tell` first."""
        if self.tell is not None:
            who = self._task.name if self._task else "-"
            self.tell(f"{self.now:>12.3f}  {who:<28} {text}")

    def at(self, when: float, happening: Callable[[], None]) -> None:
        self._happenings += 1
        heapq.heappush(self._heap, (max(when, self.now), self._happenings, happening))

    def step(self) -> bool:
        """Let the next thing happen; False when nothing is left."""
        if not self._heap:
            return False
        if self._happenings > _MOST_HAPPENINGS:
            raise ViolationError(f"it goes on and on: {_MOST_HAPPENINGS} happenings")
        when, _, happening = heapq.heappop(self._heap)
        self.now = max(self.now, when)
        happening()
        if self._violation is not None:
            raise self._violation
        return True

    def spawn(self, task: Task, work: Callable[[], None]) -> None:
        """Begin a task. `work` ends by itself or by KilledError."""
        task.fiber = Fiber(lambda: self._guarded(work))
        self._tasks[task] = None
        self._switch(task, task.fiber.resume)

    def sleep(self, until: float) -> None:
        """From within a task: let time pass, and with it whatever else happens meanwhile."""
        if not self._heap or self._heap[0][0] > until:
            self.now = max(self.now, until)
            return
        task = self.task
        fiber = task.fiber
        assert fiber is not None
        self.at(until, lambda: self._switch(task, fiber.resume))
        fiber.pause()

    def before(self, call: str) -> None:
        """The way of a call to the port: it takes time, it may not arrive, the worker may die."""
        faults, rng = self.faults, self.rng
        self.sleep(self.now + faults.latency(rng))
        if self.chance(faults.pause):
            self.count["pauses"] += 1
            self.sleep(self.now + rng.choice((30, 300, 700, 4000)))
        self.maybe_die(call, "before")
        if self.chance(faults.lost_request):
            self.count["requests lost"] += 1
            self.say(f"{call}: request lost")
            self.task.has_met_fault = True
            raise TransientError(f"Could not {call}: the request was lost")
        if self.chance(faults.forbidden):
            self.count["refused by Google"] += 1
            self.say(f"{call}: forbidden")
            self.task.has_met_fault = True
            raise ForbiddenError(f"Google refused to {call}")

    def after(self, call: str) -> None:
        """The way of the answer back."""
        self.sleep(self.now + self.faults.latency(self.rng))
        self.maybe_die(call, "after")
        if self.chance(self.faults.lost_answer):
            self.count["answers lost"] += 1
            self.say(f"{call}: answer lost")
            self.task.has_met_fault = True
            raise TransientError(f"Could not {call}: the answer was lost")

    def end(self) -> None:
        """Unwind whatever is still under way."""
        while self._tasks:
            task = next(iter(self._tasks))
            assert task.fiber is not None
            self._switch(task, task.fiber.kill)

    def maybe_die(self, call: str, when: str) -> None:
        """The worker may be killed here."""
        if self.chance(self.faults.kill):
            self.count["kills"] += 1
            self.say(f"killed {when} {call}")
            raise KilledError

    def _switch(self, task: Task, move: Callable[[], None]) -> None:
        outer, self._task = self._task, task
        move()
        self._task = outer
        if task.fiber is not None and task.fiber.is_done:
            self._tasks.pop(task, None)
            task.fiber = None

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except KilledError:
            pass
        except BaseException as error:  # noqa: BLE001 - whoever resumed it is no place for it; `step` raises it
            self._violation = error
