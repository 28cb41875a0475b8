"""Sources outside BigQuery."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from pydantic import JsonValue

from shared.domain.errors import StepError, TransientError
from shared.domain.json_lines import RowOrLines
from shared.domain.loadable import LoadableColumn, LoadableObjects, LoadableText
from shared.domain.parameter import ParameterValue
from shared.domain.progress import FileVersion, Memory
from shared.domain.row_fit import RowFit
from shared.domain.source import FilesSource, RowSource
from tests.fakes.reader import MemoryReader
from tests.fakes.warehouse import ROWS
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
        self._file_count = 0
        self.rows_by_version: dict[str, list[dict[str, JsonValue]]] = {}
        self._version = 1

    def read(
        self,
        source: RowSource,
        *,
        tenant_id: str,
        parameters: tuple[ParameterValue, ...],
        look: Callable[[], None] = lambda: None,
        memory: Memory | None = None,
        fit: RowFit | None = None,
    ) -> Iterator[RowOrLines]:
        timeline, rng = self._timeline, self._timeline.rng
        timeline.before("read the source")
        if memory is not None and source.needs.goes_on:
            self._grow()
        elif memory is not None:
            self._change_files()
        yield from self._kept.read(source, tenant_id=tenant_id, parameters=parameters, memory=memory, fit=fit)
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

    def objects(
        self,
        source: RowSource,
        *,
        tenant_id: str,
        parameters: tuple[ParameterValue, ...],
        known: LoadableObjects | None = None,
        most: int | None = None,
        look: Callable[[], None] = lambda: None,
    ) -> LoadableObjects | str:
        timeline = self._timeline
        timeline.before("look at the objects")
        if timeline.chance(timeline.faults.source_passing):
            raise TransientError("Cloud Storage answers 503")
        if timeline.chance(timeline.faults.source_failing):
            raise StepError("No file matches")
        if timeline.chance(timeline.faults.objects_changing):
            timeline.count["objects changed"] += 1
            self._version += 1
        timeline.after("look at the objects")
        if timeline.chance(timeline.faults.objects_unlike):
            return "they have a type that JSON may write in several ways"
        uris, version = ("gs://exports/1", "gs://exports/2"), f"v{self._version}"
        if isinstance(source, FilesSource) and source.format == "ndjson":
            text = LoadableText(byte_count=ROWS, is_packed=False, end_bytes=1)
            return LoadableObjects(uris=uris, version=version, texts=(text, text))
        columns = (LoadableColumn(name="data", type="STRING"),)
        return LoadableObjects(uris=uris, version=version, columns=columns, row_count=2 * ROWS)

    def find_files(
        self, source: RowSource, *, tenant_id: str, parameters: tuple[ParameterValue, ...]
    ) -> tuple[FileVersion, ...]:
        return self._kept.find_files(source, tenant_id=tenant_id, parameters=parameters)

    def _change_files(self) -> None:
        """Put a file there, or another version of one."""
        rng, files = self._timeline.rng, self._kept.files
        if not files or rng.random() < 0.4:
            name = rng.choice(("a.csv", "b.csv"))
            self._file_count += 1
            for file in [file for file in files if file.name == name]:
                del files[file]
            rows: list[dict[str, JsonValue]] = [{"data": self._file_count}] * rng.choice((0, 1, 1, 2))
            files[FileVersion(name=name, size=1, version=str(self._file_count))] = rows
            self.rows_by_version[str(self._file_count)] = rows

    def _grow(self) -> None:
        """Add a row, or change one, which has a greater cursor then than any."""
        rng, rows = self._timeline.rng, self.cursor_by_key
        if not rows or rng.random() < 0.6:
            rows[rng.choice("abcd")] = max(rows.values(), default=0) + 1

    @property
    def cursor_by_key(self) -> dict[str, int]:
        """The rows of the source that goes on by a cursor, as they are now."""
        return self._kept.cursor_by_key

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
