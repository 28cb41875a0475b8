"""One schedule: drawn from its seed, carried out, and held to the laws."""

import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.simulation.laws import require_laws
from tests.simulation.timeline import Timeline, ViolationError
from tests.simulation.users import Users
from tests.simulation.workers import Workers

_MEMORY = Path("/dev/shm")
_LONGEST_HOURS = 8
_HOUR = 3600.0


class Schedule:
    """A world in which everything goes wrong for a while, and then nothing any more."""

    def __init__(self, seed: int, *, tell: Callable[[str], None] | None = None) -> None:
        if _MEMORY.is_dir():
            # Whatever is written takes longer on a disk.
            tempfile.tempdir = str(_MEMORY)
        self._timeline = timeline = Timeline(seed, tell=tell)
        self._workers = Workers(timeline)
        self._users = Users(self._workers)
        self._period = timeline.rng.choice((60.0, 300.0, 300.0))
        self._calm_at = timeline.rng.choice((300.0, 1200.0, 5000.0))
        self._has_rerun = not timeline.chance(0.3)
        self._is_over = False

    def run(self) -> Counter[str]:
        """How often what happened. Raises ViolationError for a law that was broken."""
        timeline = self._timeline
        timeline.say(f"faults: {timeline.faults.told}")
        timeline.at(self._calm_at, self._calm_down)
        timeline.at(self._period, self._tick)
        try:
            while not self._is_over and timeline.step():
                pass
            require_laws(self._workers)
        finally:
            timeline.end()
        timeline.count["schedules"] += 1
        timeline.count["runs"] += len(self._workers.log.queued)
        return timeline.count

    def _calm_down(self) -> None:
        self._timeline.say("from now on nothing goes wrong")
        self._timeline.faults = self._timeline.faults.calm()

    def _tick(self) -> None:
        timeline = self._timeline
        if self._is_settled():
            self._go_on()
            return
        self._require_progress()
        self._workers.reconcile(period=self._period)
        timeline.at(timeline.now + self._period, self._tick)

    def _go_on(self) -> None:
        """Once all have ended: have the rest of the unlucky ones done, where nothing can go wrong any more."""
        timeline = self._timeline
        if self._has_rerun:
            self._is_over = True
            return
        self._has_rerun = True
        self._calm_down()
        for run_id in list(self._workers.log.queued):
            if self._workers.log.truth(run_id).status != "SUCCESS":
                self._users.ask_for_rest(run_id)
        timeline.at(timeline.now + self._period, self._tick)

    def _is_settled(self) -> bool:
        workers, timeline = self._workers, self._timeline
        log = workers.log
        return (
            self._users.is_idle
            and not timeline.has_tasks
            and not workers.topic.under_way
            and timeline.now >= log.last_append_at + timeline.faults.lag
            and all(log.truth(run_id).has_ended for run_id in log.queued)
        )

    def _require_progress(self) -> None:
        runs = len(self._workers.log.queued)
        if self._timeline.now > self._calm_at + _LONGEST_HOURS * _HOUR * (1 + runs):
            open_runs = [
                run_id for run_id in self._workers.log.queued if not self._workers.log.truth(run_id).has_ended
            ]
            raise ViolationError(f"still not over: {open_runs or 'messages come again and again'}")
