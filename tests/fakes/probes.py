"""A table of events that may refuse rows, lose them, or show them late."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from shared.domain.errors import TransientError
from shared.domain.ids import RunId
from tests.fakes.clock import NOON, SetClock


class MemoryProbes:
    """What becomes of a row, `fate` says by its number, from 1: "kept", "lost" or "refused".

    Kept ones can be read after `lag`.
    """

    def __init__(
        self,
        clock: SetClock,
        *,
        fate: Callable[[int], str] = lambda _: "kept",
        lag: timedelta = timedelta(0),
        created_at: datetime = NOON,
    ) -> None:
        self.count = 0
        self._clock = clock
        self._fate = fate
        self._lag = lag
        self._created_at = created_at
        self._kept: dict[RunId, datetime] = {}

    def created_at(self) -> datetime:
        return self._created_at

    def send(self, probe_id: RunId, *, at: datetime) -> None:
        self.count += 1
        fate = self._fate(self.count)
        if fate == "refused":
            raise TransientError("Could not append to run_events: not found")
        if fate == "kept":
            self._kept[probe_id] = at

    def find(self, probe_ids: Sequence[RunId]) -> set[RunId]:
        now = self._clock.now()
        return {each for each, at in self._kept.items() if each in probe_ids and at + self._lag <= now}
