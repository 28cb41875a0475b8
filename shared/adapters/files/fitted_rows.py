"""Rows of files one by one, those that don't fit among them with where they are."""

from collections.abc import Iterator
from contextlib import closing
from functools import partial

from shared.adapters.files.contents import Contents
from shared.adapters.files.csv_rows import placed_csv_rows
from shared.adapters.files.ndjson_rows import placed_ndjson_rows
from shared.adapters.files.readable_file import ReadableFile
from shared.adapters.files.written_rows import Row
from shared.domain.row_fit import BrokenRow, Malformed
from shared.domain.shaped_rows import RowShaper
from shared.domain.source import FilesSource


def fitted_rows(
    file: ReadableFile, contents: Contents, *, source: FilesSource, shaper: RowShaper
) -> Iterator[Row | BrokenRow]:
    """The rows, shaped, and those that don't fit.

    Raises StepError for what is no row that could be set aside: where a quote is never closed, bytes are no text of the
    encoding, or all rows lack a field.
    """
    name = file.version.name if file.version else file.name
    if source.format == "xlsx":
        # Few read it.
        from shared.adapters.files.xlsx.rows import placed_xlsx_rows

        with closing(placed_xlsx_rows(contents, source)) as rows:
            for place, number, row in rows:
                at = partial(_said, place)
                yield shaper.shaped_one(row, number, at=at, have_all_fields=True, file=name)
        return
    yield from _fitted_lines(contents, name, source=source, shaper=shaper)


def _said(place: str, _number: int) -> str:
    return place


def _fitted_lines(
    contents: Contents, name: str, *, source: FilesSource, shaper: RowShaper
) -> Iterator[Row | BrokenRow]:
    word = "row" if source.format == "parquet" else "line"

    def at(number: int) -> str:
        return f"{contents.name}: {word} {number}"

    for number, row in _placed(contents, source):
        if isinstance(row, Malformed):
            yield BrokenRow(row.found, row.reason, None, at(number), number, name)
            continue
        yield shaper.shaped_one(row, number, at=at, have_all_fields=source.format != "ndjson", file=name)


def _placed(contents: Contents, source: FilesSource) -> Iterator[tuple[int, Row | Malformed]]:
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
