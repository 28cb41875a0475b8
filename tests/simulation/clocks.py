"""What time it is, in truth and for each worker."""

from datetime import datetime, timedelta

from tests.simulation.timeline import Timeline


class TrueClock:
    """Virtual time itself, by which rows come into sight."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline

    def now(self) -> datetime:
        return self._timeline.moment()

    def sleep(self, pause: timedelta) -> None:
        self._timeline.sleep(self._timeline.now + pause.total_seconds())


class SimulatedClock:
    """Each worker's own, which may be off a little. No two readings are the same microsecond, as in life."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._readings = 0

    def now(self) -> datetime:
        self._readings += 1
        return self._timeline.moment(skew=self._timeline.task.skew + self._readings * 1e-6)

    def sleep(self, pause: timedelta) -> None:
        self._timeline.sleep(self._timeline.now + max(pause.total_seconds(), 0.0))
        self._timeline.maybe_die("sleep", "in")
