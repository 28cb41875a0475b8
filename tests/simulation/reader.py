"""Sources outside BigQuery."""

from collections.abc import Iterator, Mapping, Sequence

from pydantic import JsonValue

from shared.domain.errors import StepError, TransientError
from shared.domain.parameter import ParameterValue
from shared.domain.source import FilesSource, RestApiSource
from tests.fakes.reader import MemoryReader
from tests.simulation.timeline import Timeline


class SimulatedReader:
    """A source that takes its time, hiccups, or is gone."""

    def __init__(
        self, timeline: Timeline, rows_by_path: Mapping[str, Sequence[dict[str, JsonValue]]]
    ) -> None:
        self._timeline = timeline
        self._kept = MemoryReader(rows_by_path)

    def read(
        self,
        source: FilesSource | RestApiSource,
        *,
        tenant_id: str,
        parameters: tuple[ParameterValue, ...],
    ) -> Iterator[dict[str, JsonValue]]:
        timeline, rng = self._timeline, self._timeline.rng
        timeline.before("read the source")
        yield from self._kept.read(source, tenant_id=tenant_id, parameters=parameters)
        if timeline.chance(timeline.faults.slow_source):
            timeline.sleep(timeline.now + rng.choice((20.0, 200.0, 650.0, 2000.0)))
        if timeline.chance(timeline.faults.source_passing):
            timeline.count["source failures"] += 1
            timeline.say("the source fails for now")
            wait = rng.choice((None, None, 30, 4000))
            raise TransientError("The source answers 503", kind="unavailable", retry_after_seconds=wait)
        if timeline.chance(timeline.faults.source_failing):
            timeline.count["source failures"] += 1
            timeline.say("the source fails for good")
            raise StepError("No file matches")
        timeline.after("read the source")
