"""Sources outside BigQuery, in memory."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from pydantic import JsonValue

from shared.domain.errors import StepError
from shared.domain.json_lines import JsonLines, RowOrLines
from shared.domain.loadable import LoadableObjects
from shared.domain.parameter import ParameterValue
from shared.domain.progress import FileBegun, FileVersion, Memory, Progress
from shared.domain.row_fit import RowFit
from shared.domain.source import FilesSource, RowSource


class MemoryReader:
    """Rows by the path of a files source; `error`, if set, is what every read raises.

    `objects_by_path` are what BigQuery may load by itself, `files` what sources find that remember what they loaded,
    `cursor_by_key` the rows of one that goes on by a cursor.
    """

    def __init__(self, rows_by_path: Mapping[str, Sequence[dict[str, JsonValue]]]) -> None:
        self.rows_by_path = dict(rows_by_path)
        self.error: Exception | None = None
        self.objects_by_path: dict[str, LoadableObjects] = {}
        self.files: dict[FileVersion, Sequence[dict[str, JsonValue]]] = {}
        self.cursor_by_key: dict[str, int] = {}

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
        if self.error is not None:
            raise self.error
        path = source.path if isinstance(source, FilesSource) else "rest"
        if memory is not None and isinstance(source, FilesSource):
            yield from self._due_rows(source, memory)
            return
        if memory is not None:
            yield from self._rows_from(memory)
            return
        if path not in self.rows_by_path:
            raise StepError(f"No file matches '{path}'")
        if isinstance(source, FilesSource):
            yield FileBegun(path)
        yield from self.rows_by_path[path]

    def find_files(
        self, source: RowSource, *, tenant_id: str, parameters: tuple[ParameterValue, ...]
    ) -> tuple[FileVersion, ...]:
        return tuple(self.files)

    def _due_rows(self, source: FilesSource, memory: Memory) -> Iterator[RowOrLines]:
        if not self.files:
            raise StepError(f"No file matches '{source.path}'")
        due = source.due(tuple(self.files), memory.known)
        rows_by_file = dict(self.files)
        for file in due:
            yield FileBegun(file.name)
            yield from rows_by_file[file]
        memory.keep(Progress(files=due))

    def _rows_from(self, memory: Memory) -> Iterator[RowOrLines]:
        start = int(memory.known.cursor or 0)
        rows = {key: cursor for key, cursor in self.cursor_by_key.items() if cursor >= start}
        for key, cursor in rows.items():
            yield {"key": key, "cursor": cursor}
        memory.keep(Progress(cursor=str(max([start, *rows.values()]))))

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
        path = source.path if isinstance(source, FilesSource) else "rest"
        found = self.objects_by_path.get(path)
        if found is None or (most is not None and len(found.uris) > most):
            return "they are none, or too many"
        return found


def one_by_one(rows: Iterable[RowOrLines]) -> Iterator[dict[str, JsonValue]]:
    """The rows, those of lines as well, as they are read."""
    for some in rows:
        if isinstance(some, JsonLines):
            yield from some.rows()
        elif isinstance(some, dict):
            yield some
