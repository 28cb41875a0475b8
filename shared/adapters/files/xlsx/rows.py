"""Rows of workbooks of Excel: below the header of one sheet, its values as text."""

import shutil
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from io import BufferedReader
from itertools import islice
from tempfile import TemporaryFile
from typing import cast

from shared.adapters.files.contents import Contents
from shared.adapters.files.problems import named_twice, reading
from shared.adapters.files.written_rows import Row, some_at_once
from shared.adapters.files.xlsx.sheet import SheetRow, column_letters
from shared.adapters.files.xlsx.workbook import opened_workbook, place_of_sheet
from shared.domain.errors import StepError
from shared.domain.json_lines import RowOrLines
from shared.domain.source import FilesSource

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
"""What begins so is a container of older Office programs ([MS-CFB], section 2.2), or holds what is encrypted."""


def xlsx_lines(contents: Contents, source: FilesSource) -> Iterator[RowOrLines]:
    """The rows below the header, several at once; rows without values are none.

    Raises StepError for what is no workbook, and for a cell without a value to be sure of, with sheet and cell.
    """
    with closing(placed_xlsx_rows(contents, source)) as rows:
        first = next(rows, None)
        if first is None:
            return
        yield from some_at_once([first[2]], fields=frozenset(first[2]))
        yield from some_at_once((row for *_, row in rows), fields=frozenset(first[2]))


def xlsx_rows(contents: Contents, source: FilesSource) -> Iterator[Row]:
    """The rows, as `xlsx_lines`, one by one."""
    with closing(placed_xlsx_rows(contents, source)) as rows:
        for *_, row in rows:
            yield row


def xlsx_place(contents: Contents, number: int, source: FilesSource) -> str:
    """`costs.xlsx: sheet 'May', row 7`, of the row of that number, from 1, below the header."""
    with closing(placed_xlsx_rows(contents, source)) as rows:
        place, *_ = next(islice(rows, number - 1, None))
    return place


def placed_xlsx_rows(contents: Contents, source: FilesSource) -> Generator[tuple[str, int, Row], None, None]:
    """The rows, each with where it is in words, and the sheet's number of it."""
    _require_workbook(contents)
    nulls = frozenset(source.null_values)
    with (
        reading(contents.name),
        _seekable(contents) as file,
        opened_workbook(file, contents.name) as workbook,
    ):
        sheet = workbook.sheet(source.sheet)
        where = place_of_sheet(contents.name, sheet)
        with closing(workbook.rows(sheet)) as rows:
            header = _header(rows, where)
            empty: Row = dict.fromkeys(header.values())
            for number, cells in rows:
                row = empty.copy()
                row.update(_named(header, cells, nulls, at=(where, number)))
                yield f"{where}, row {number}", number, row


def _named(
    header: dict[int, str], cells: list[tuple[int, str]], nulls: frozenset[str], *, at: tuple[str, int]
) -> Row:
    """The values of one row by the names of their columns, without those that mean NULL."""
    try:
        return {header[column]: text for column, text in cells if text not in nulls}
    except KeyError:
        pass
    nameless = next((column for column, text in cells if column not in header and text not in nulls))
    letters, (where, number) = column_letters(nameless), at
    raise StepError(
        f"{where}, cell {letters}{number} has a value, but column {letters} has no name; "
        "the first row that is not empty is the header"
    )


def _header(rows: Iterator[SheetRow], where: str) -> dict[int, str]:
    """The names of columns, by the columns' numbers."""
    _, cells = next(rows, (0, []))
    names = {column: text for column, text in cells if text.strip()}
    twice = named_twice(names.values())
    if twice is not None:
        raise StepError(f"{where}: the header has '{twice}' twice")
    return names


def _require_workbook(contents: Contents) -> None:
    if not contents.head:
        raise StepError(f"{contents.name} has no bytes, so it is cut off: a workbook without rows has some")
    if contents.head.startswith(_OLE):
        raise StepError(
            f"{contents.name} is an old workbook (.xls), or is encrypted; save it as .xlsx without a password"
        )
    if not contents.head.startswith(_ZIP):
        raise StepError(f"{contents.name} is no workbook of Excel (.xlsx)")


@contextmanager
def _seekable(contents: Contents) -> Iterator[BufferedReader]:
    """What one can go back and forth in, as archives want."""
    if contents.is_plain:
        yield contents.stream
        return
    with TemporaryFile() as copy:
        shutil.copyfileobj(contents.stream, copy)
        yield cast(BufferedReader, copy)
