"""Rows of CSV, NDJSON, Parquet and Excel files, packed or not."""

from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from itertools import chain
from typing import TypeVar

from shared.adapters.files.contents import Contents, contents_of
from shared.adapters.files.csv_rows import csv_lines, csv_rows
from shared.adapters.files.fitted_rows import fitted_rows
from shared.adapters.files.folder_fields import FolderFields, folder_fields, with_fields
from shared.adapters.files.ndjson_rows import ndjson_lines, ndjson_rows
from shared.adapters.files.readable_file import FoundFiles, ReadableFile
from shared.adapters.files.row_place import row_place
from shared.adapters.files.written_rows import Row
from shared.domain.json_lines import RowOrLines
from shared.domain.progress import FileBegun
from shared.domain.row_fit import RowFit
from shared.domain.shaped_rows import RowShaper
from shared.domain.source import FilesSource
from shared.log import add_file

_Read = TypeVar("_Read")


def read_files(source: FilesSource, files: FoundFiles) -> Iterator[Row]:
    """The rows of the files, one file after the other; closes `files` at the end.

    Raises StepError for a file that isn't what the source's format says, or that changes while it is read, naming the
    file and the line or row, never its contents.
    """
    shaper = RowShaper(source.columns)
    with closing(files):
        for file in files:
            said = _said_by_folders(file, source)
            yield from _read_one(
                file, source, partial(_shaped, file, source=source, shaper=shaper, said=said)
            )
    shaper.require_seen()


def read_written_files(
    source: FilesSource, files: FoundFiles, *, fit: RowFit | None = None
) -> Iterator[RowOrLines]:
    """The rows, as `read_files`, written as JSON where that is quick; those of each file after its name.

    With `fit`, broken ones are among them.
    """
    shaper = RowShaper(source.columns, fit)
    with closing(files):
        for file in files:
            yield FileBegun(file.told_name)
            yield from _read_one(file, source, _way_to_read(file, source=source, shaper=shaper))
    shaper.require_seen()


def _way_to_read(
    file: ReadableFile, *, source: FilesSource, shaper: RowShaper
) -> Callable[[Contents], Iterator[RowOrLines]]:
    said = _said_by_folders(file, source)
    if shaper.sets_aside:
        return partial(fitted_rows, file, source=source, shaper=shaper, said=said)
    if source.columns or said:
        return partial(_shaped, file, source=source, shaper=shaper, said=said)
    return partial(_lines, source=source)


def _said_by_folders(file: ReadableFile, source: FilesSource) -> FolderFields:
    return folder_fields(file.told_name, source.folders, is_address=source.path.startswith("https://"))


def _read_one(
    file: ReadableFile, source: FilesSource, read: Callable[[Contents], Iterator[_Read]]
) -> Iterator[_Read]:
    are_workbooks = source.format == "xlsx"
    with (
        _Within(file.name),
        file.opened() as binary,
        closing(contents_of(file, binary, are_workbooks=are_workbooks)) as parts,
    ):
        yield from chain.from_iterable(map(read, parts))


class _Within:
    """Notes on whatever breaks here in which file it was, for whoever tells of what nobody foresaw."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        return

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if error is not None:
            add_file(error, self._name)


def _shaped(
    file: ReadableFile, contents: Contents, *, source: FilesSource, shaper: RowShaper, said: FolderFields
) -> Iterator[Row]:
    rows = with_fields(_rows(contents, source), said, contents.name) if said else _rows(contents, source)
    if not source.columns:
        return rows
    at = partial(row_place, file, contents.name, source=source)
    shaped = shaper.shaped(rows, at=at, have_all_fields=source.format != "ndjson")
    return (row for row in shaped if isinstance(row, dict))


def _rows(contents: Contents, source: FilesSource) -> Iterator[Row]:
    match source.format:
        case "csv":
            return csv_rows(contents, source)
        case "ndjson":
            return ndjson_rows(contents, source)
        case "parquet":
            # Its library is slow to import, and only needed here.
            from shared.adapters.files.parquet_rows import parquet_rows

            return parquet_rows(contents)
        case "xlsx":
            # Few read it.
            from shared.adapters.files.xlsx.rows import xlsx_rows

            return xlsx_rows(contents, source)


def _lines(contents: Contents, source: FilesSource) -> Iterator[RowOrLines]:
    match source.format:
        case "csv":
            return csv_lines(contents, source)
        case "ndjson":
            return ndjson_lines(contents, source)
        case "parquet":
            # As above.
            from shared.adapters.files.parquet_rows import parquet_lines

            return parquet_lines(contents)
        case "xlsx":
            # As above.
            from shared.adapters.files.xlsx.rows import xlsx_lines

            return xlsx_lines(contents, source)
