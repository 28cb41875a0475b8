"""The same files read twice: as rows, with care, and as lines that are written where they are read."""

import gzip
from collections.abc import Iterable
from pathlib import Path

from shared.adapters.files.disk_files import DiskFiles
from shared.adapters.files.readable_file import FoundFiles
from shared.adapters.files.rows import read_files, read_written_files
from shared.domain.errors import StepError
from shared.domain.json_lines import JsonLines, RowOrLines
from shared.domain.progress import FileBegun
from shared.domain.source import FilesSource
from shared.steps.row_lines import RowShape, zipped_lines

WHOLE = RowShape(given={"tenant_id": "acme", "at": None}, columns=None)
_SHAPES = (
    WHOLE,
    RowShape(given={"tenant_id": "acme"}, columns=frozenset({"a", "b", "c"})),
    RowShape(given={}, columns=frozenset({"a", "b"})),
)
Told = tuple[list[str], str | None]


class Written:
    """A file in a folder, and the source that names it."""

    def __init__(self, folder: Path, body: bytes, kind: str, **settings: object) -> None:
        (folder / "acme").mkdir(exist_ok=True)
        (folder / "acme" / f"some.{kind}").write_bytes(body)
        settings = {"type": "files", "path": f"some.{kind}", "format": kind, **settings}
        self.source = FilesSource.model_validate(settings)
        self._folder = folder

    def found(self) -> FoundFiles:
        """The file, for one reading."""
        return DiskFiles(self._folder, None).find("acme", (self.source.path,))

    def require_same(self) -> Told:
        """The rows one by one, which are the same in both ways, as are the bytes for an upload and the errors."""
        found = told(read_written_files(self.source, self.found()))
        assert found == told(read_files(self.source, self.found()))
        for shape in _SHAPES:
            lines, rows = (read(self.source, self.found()) for read in (read_written_files, read_files))
            assert loaded(lines, shape) == loaded(rows, shape)
        return found


def told(rows: Iterable[RowOrLines]) -> Told:
    """The rows one by one, their numbers with their kinds, and what ended the reading."""
    found: list[str] = []
    try:
        for each in rows:
            if isinstance(each, FileBegun):
                continue
            assert not isinstance(each, JsonLines) or each.count == len(each.rows())
            found += [repr(row) for row in (each.rows() if isinstance(each, JsonLines) else [each])]
    except StepError as error:
        return found, str(error)
    return found, None


def loaded(rows: Iterable[RowOrLines], shape: RowShape) -> tuple[bytes, int] | str:
    """What an upload is given and of how many rows it tells, or what ends it."""
    numbers = [0]
    try:
        content = b"".join(zipped_lines(rows, shape=shape, at_row=numbers.append))
    except StepError as error:
        return str(error)
    return gzip.decompress(content), numbers[-1]
