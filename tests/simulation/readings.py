"""Who reads which step's source at what time, and the laws about it."""

from collections import defaultdict

from tests.simulation.log import SimulatedLog
from tests.simulation.timeline import Task, Timeline, ViolationError

_LONGEST_UNWANTED = 240.0
"""How many seconds a source may be read of which nobody wants the rows any more: what happened may be out of sight for
60 s, a reader looks into the log every 20 s, and may see nothing for 120 s before it stops."""
_LONGEST_BESIDE = 360.0
"""How many seconds a source may be read by a second reader. It may have been started because the first one could show
itself no more for 120 s, and then could again."""


class Readings:
    """Reading is time in which a reader does nothing else: neither looks nor waits for anybody's answer."""

    def __init__(self, timeline: Timeline, log: SimulatedLog) -> None:
        self._timeline = timeline
        self._log = log
        self._readers: dict[Task, None] = {}
        self._unwanted: defaultdict[Task, float] = defaultdict(float)
        self._beside: defaultdict[Task, float] = defaultdict(float)

    def read_on(self, seconds: float) -> None:
        """Let whoever is at work read for so long, unless it is killed meanwhile."""
        timeline, task = self._timeline, self._timeline.task
        self._require_wanted(task, seconds)
        self._require_alone(task, seconds)
        self._readers[task] = None
        try:
            timeline.sleep(timeline.now + seconds)
            timeline.maybe_die("read", "during")
        finally:
            self._readers.pop(task, None)

    def _require_wanted(self, task: Task, seconds: float) -> None:
        if not self._is_wanted(task):
            self._timeline.count["unwanted readings"] += self._unwanted[task] == 0.0
            self._unwanted[task] += seconds
        if self._unwanted[task] > _LONGEST_UNWANTED:
            raise ViolationError(
                f"{task.name} reads on for {self._unwanted[task]:.0f} s though nobody wants it"
            )

    def _is_wanted(self, task: Task) -> bool:
        assert task.run_id is not None
        assert task.step_id is not None
        run = self._log.truth(task.run_id)
        step = run.plan.step(task.step_id)
        assert step is not None
        now, deadline = self._timeline.moment(skew=-self._timeline.faults.skew), run.step_deadline(step)
        has_ended = run.was_stopped or run.step(step.id).status in {"SUCCESS", "FAILED"}
        return not has_ended and now < run.deadline and (deadline is None or now < deadline)

    def _require_alone(self, task: Task, seconds: float) -> None:
        others = [
            other for other in self._readers if (other.run_id, other.step_id) == (task.run_id, task.step_id)
        ]
        if others:
            self._timeline.count["readings beside another"] += self._beside[task] == 0.0
            self._beside[task] += seconds
        if self._beside[task] > _LONGEST_BESIDE:
            raise ViolationError(
                f"{task.name} reads on for {self._beside[task]:.0f} s beside {others[0].name}"
            )
