"""Rows of files, those that don't fit among them with where they are."""

from collections.abc import Iterator
from contextlib import closing
from functools import partial

from shared.adapters.files.contents import Contents
from shared.adapters.files.csv_rows import placed_csv_rows
from shared.adapters.files.folder_fields import FolderFields, with_those
from shared.adapters.files.ndjson_rows import placed_ndjson_rows
from shared.adapters.files.readable_file import ReadableFile
from shared.adapters.files.written_rows import Row, several, written_rows
from shared.domain.json_lines import RowOrLines
from shared.domain.row_fit import BrokenRow, Malformed
from shared.domain.shaped_rows import RowShaper
from shared.domain.source import FilesSource

_Placed = tuple[int, Row | Malformed]


def fitted_rows(
    file: ReadableFile, contents: Contents, *, source: FilesSource, shaper: RowShaper, said: FolderFields
) -> Iterator[RowOrLines]:
    """The rows, shaped, and those that don't fit, with what the folders `said`.

    Raises StepError for what is no row that could be set aside: where a quote is never closed, bytes are no text of the
    encoding, or all rows lack a field.
    """
    name = file.told_name
    if source.format == "xlsx":
        # Few read it.
        from shared.adapters.files.xlsx.rows import placed_xlsx_rows

        with closing(placed_xlsx_rows(contents, source)) as rows:
            for place, number, row in rows:
                at, row_of_file = partial(_at, place), with_those(row, said, contents.name)
                yield shaper.shaped_one(row_of_file, number, at=at, have_all_fields=True, file=name)
        return
    placed = (
        _with_fields(_placed(contents, source), said, contents.name) if said else _placed(contents, source)
    )
    yield from _fitted_lines(placed, contents.name, name, source=source, shaper=shaper)


def _with_fields(placed: Iterator[_Placed], said: FolderFields, name: str) -> Iterator[_Placed]:
    for number, row in placed:
        yield number, row if isinstance(row, Malformed) else with_those(row, said, name)


def _at(place: str, _number: int) -> str:
    return place


def _fitted_lines(
    placed: Iterator[_Placed], shown: str, name: str, *, source: FilesSource, shaper: RowShaper
) -> Iterator[RowOrLines]:
    word = "row" if source.format == "parquet" else "line"

    def at(number: int) -> str:
        return f"{shown}: {word} {number}"

    for some in several(placed):
        rows = [row for _, row in some if not isinstance(row, Malformed)]
        if len(rows) == len(some) and shaper.are_plain(rows):
            yield from written_rows(rows, fields=frozenset().union(*rows))
            continue
        for number, row in some:
            if isinstance(row, Malformed):
                yield BrokenRow(row.found, row.reason, None, at(number), number, name)
            else:
                all_fields = source.format != "ndjson"
                yield shaper.shaped_one(row, number, at=at, have_all_fields=all_fields, file=name)


def _placed(contents: Contents, source: FilesSource) -> Iterator[_Placed]:
    match source.format:
        case "csv":
            return placed_csv_rows(contents, source)
        case "ndjson":
            return placed_ndjson_rows(contents, source)
        case "parquet":
            # Its library is slow to import, and only needed here.
            from shared.adapters.files.parquet_rows import parquet_rows

            return enumerate(parquet_rows(contents), start=1)
        case "xlsx":
            raise AssertionError("its rows are told by their sheet")
