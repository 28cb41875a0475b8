"""Sources outside BigQuery."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from pydantic import JsonValue

from shared.domain.errors import StepError, TransientError
from shared.domain.parameter import ParameterValue
from shared.domain.source import RowSource
from tests.fakes.reader import MemoryReader
from tests.simulation.timeline import Timeline


class UnforeseenError(Exception):
    """What no code of ours knows of."""


class SimulatedReader:
    """A source that takes its time, hiccups, is gone, or holds what nobody foresaw."""

    def __init__(
        self,
        timeline: Timeline,
        rows_by_path: Mapping[str, Sequence[dict[str, JsonValue]]],
        *,
        read_on: Callable[[float], None] | None = None,
    ) -> None:
        """`read_on` is told of each piece of a slow source that is read."""
        self._timeline = timeline
        self._read_on = read_on
        self._kept = MemoryReader(rows_by_path)

    def read(
        self,
        source: RowSource,
        *,
        tenant_id: str,
        parameters: tuple[ParameterValue, ...],
        look: Callable[[], None] = lambda: None,
    ) -> Iterator[dict[str, JsonValue]]:
        timeline, rng = self._timeline, self._timeline.rng
        timeline.before("read the source")
        yield from self._kept.read(source, tenant_id=tenant_id, parameters=parameters)
        if timeline.chance(timeline.faults.slow_source):
            self._read_slowly(rng.choice((20.0, 200.0, 650.0, 2000.0)), look)
        if timeline.chance(timeline.faults.source_passing):
            timeline.count["source failures"] += 1
            timeline.say("the source fails for now")
            wait = rng.choice((None, None, 30, 4000))
            raise TransientError("The source answers 503", kind="unavailable", retry_after_seconds=wait)
        if timeline.chance(timeline.faults.source_failing):
            timeline.count["source failures"] += 1
            timeline.say("the source fails for good")
            raise StepError("No file matches")
        if timeline.chance(timeline.faults.source_breaking):
            timeline.count["sources broken"] += 1
            timeline.say("the source breaks what reads it")
            raise UnforeseenError("password=hunter2")
        timeline.after("read the source")

    def _read_slowly(self, seconds: float, look: Callable[[], None]) -> None:
        timeline = self._timeline
        left = seconds
        while left > 0:
            piece = min(left, timeline.rng.uniform(4.0, 16.0))
            assert self._read_on is not None
            self._read_on(piece)
            left -= piece
            try:
                look()
            except Exception as error:
                timeline.count["readings ended"] += 1
                timeline.say(f"the reading is ended: {error}")
                raise
