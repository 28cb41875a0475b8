"""Rows of CSV, NDJSON and Parquet files, packed or not, one at a time."""

from collections.abc import Iterator
from contextlib import closing
from functools import partial
from itertools import chain

from pydantic import JsonValue

from shared.adapters.files.contents import Contents, contents_of
from shared.adapters.files.csv_rows import csv_rows
from shared.adapters.files.ndjson_rows import ndjson_rows
from shared.adapters.files.readable_file import FoundFiles, ReadableFile
from shared.adapters.files.row_place import row_place
from shared.domain.shaped_rows import RowShaper
from shared.domain.source import FilesSource
from shared.log import add_file


def read_files(source: FilesSource, files: FoundFiles) -> Iterator[dict[str, JsonValue]]:
    """The rows of the files, one file after the other; closes `files` at the end.

    Raises StepError for a file that isn't what the source's format says, or that changes while it is read, naming the
    file and the line or row, never its contents.
    """
    shaper = RowShaper(source.columns)
    with closing(files):
        for file in files:
            with _Within(file.name), file.opened() as binary, closing(contents_of(file, binary)) as parts:
                yield from chain.from_iterable(
                    _shaped(contents, source, file=file, shaper=shaper) for contents in parts
                )
    shaper.require_seen()


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
    contents: Contents, source: FilesSource, *, file: ReadableFile, shaper: RowShaper
) -> Iterator[dict[str, JsonValue]]:
    rows = _rows(contents, source)
    if not source.columns:
        return rows
    at = partial(row_place, file, contents.name, source=source)
    return shaper.shaped(rows, at=at, have_all_fields=source.format != "ndjson")


def _rows(contents: Contents, source: FilesSource) -> Iterator[dict[str, JsonValue]]:
    match source.format:
        case "csv":
            return csv_rows(contents, source)
        case "ndjson":
            return ndjson_rows(contents, source)
        case "parquet":
            # Its library is slow to import, and only needed here.
            from shared.adapters.files.parquet_rows import parquet_rows

            return parquet_rows(contents)
