"""Where in a file a row is, found by reading the file once more: only what is wrong with a row asks for it."""

import csv
from contextlib import closing

from shared.adapters.files.contents import Contents, contents_of
from shared.adapters.files.readable_file import ReadableFile
from shared.adapters.files.text import codec_of, text_of
from shared.domain.source import FilesSource


def row_place(file: ReadableFile, name: str, number: int, *, source: FilesSource) -> str:
    """`exports/day.csv: line 4`, of the row of that number, from 1, in what the file holds by the name.

    A row that takes several lines is where it begins. Parquet has no lines: `exports/day.parquet: row 3`.
    Of Excel it is the sheet's row: `exports/day.xlsx: sheet 'May', row 7`.
    """
    if source.format == "parquet":
        return f"{name}: row {number}"
    are_workbooks = source.format == "xlsx"
    with (
        file.opened() as binary,
        closing(contents_of(file, binary, are_workbooks=are_workbooks)) as parts,
    ):
        contents = next(part for part in parts if part.name == name)
        match source.format:
            case "csv":
                return f"{name}: line {_csv_line(contents, number, source)}"
            case "ndjson":
                return f"{name}: line {_line(contents, number, source)}"
            case "xlsx":
                # As where the rows are read.
                from shared.adapters.files.xlsx.rows import xlsx_place

                return xlsx_place(contents, number, source)


def _csv_line(contents: Contents, number: int, source: FilesSource) -> int:
    text = text_of(contents, codec_of(contents, source.encoding), newline="")
    reader = csv.reader(text, delimiter=source.delimiter, strict=True)
    next(cells for cells in reader if "".join(cells).strip())
    lines_before = reader.line_num
    for cells in reader:
        number -= bool(cells)
        if number == 0:
            break
        lines_before = reader.line_num
    return lines_before + 1


def _line(contents: Contents, number: int, source: FilesSource) -> int:
    text = text_of(contents, codec_of(contents, source.encoding), newline="")
    for line, row in enumerate(text, start=1):
        number -= not row.isspace()
        if number == 0:
            return line
    raise AssertionError("the row was there a moment ago")
