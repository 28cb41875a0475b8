"""Sources outside BigQuery, in memory."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from pydantic import JsonValue

from shared.domain.errors import StepError
from shared.domain.json_lines import JsonLines, RowOrLines
from shared.domain.parameter import ParameterValue
from shared.domain.source import FilesSource, RowSource


class MemoryReader:
    """Rows by the path of a files source; `error`, if set, is what every read raises."""

    def __init__(self, rows_by_path: Mapping[str, Sequence[dict[str, JsonValue]]]) -> None:
        self.rows_by_path = dict(rows_by_path)
        self.error: Exception | None = None

    def read(
        self,
        source: RowSource,
        *,
        tenant_id: str,
        parameters: tuple[ParameterValue, ...],
        look: Callable[[], None] = lambda: None,
    ) -> Iterator[dict[str, JsonValue]]:
        if self.error is not None:
            raise self.error
        path = source.path if isinstance(source, FilesSource) else "rest"
        if path not in self.rows_by_path:
            raise StepError(f"No file matches '{path}'")
        yield from self.rows_by_path[path]


def one_by_one(rows: Iterable[RowOrLines]) -> Iterator[dict[str, JsonValue]]:
    """The rows, those of lines as well, as they are read."""
    for each in rows:
        yield from each.rows() if isinstance(each, JsonLines) else [each]
