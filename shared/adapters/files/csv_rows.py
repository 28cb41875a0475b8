"""Rows of CSV."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice, takewhile
from typing import TYPE_CHECKING

from shared.adapters.files.contents import Contents
from shared.adapters.files.problems import named_twice, reading
from shared.adapters.files.text import LINE_END, codec_of, text_of, undecodable
from shared.adapters.files.written_rows import ROWS_AT_ONCE, Row, written_rows
from shared.domain.errors import StepError
from shared.domain.json_lines import RowOrLines
from shared.domain.row_fit import Malformed
from shared.domain.source import FilesSource

if TYPE_CHECKING:
    from _csv import Reader

_LONGEST_VALUE = 10_000_000
"""BigQuery takes rows of up to 10 MB or so; the csv module's own limit is 131,072 characters."""


@dataclass(slots=True)
class _Table:
    """What is read, and how many lines of the file the rows before the present ones took."""

    reader: "Reader"
    lines_before: int = 0


def csv_lines(contents: Contents, source: FilesSource) -> Iterator[RowOrLines]:
    """The rows below the header, several at once; blank lines are none, and a file without lines has no rows.

    Raises StepError for what is no CSV, with the line of the file on which the row begins.
    """
    for header, rows in _blocks(contents, source):
        yield from written_rows(rows, fields=frozenset(header))


def csv_rows(contents: Contents, source: FilesSource) -> Iterator[Row]:
    """The rows, as `csv_lines`, one by one."""
    return chain.from_iterable(rows for _, rows in _blocks(contents, source))


def placed_csv_rows(contents: Contents, source: FilesSource) -> Iterator[tuple[int, Row | Malformed]]:
    """The rows, each with the line on which it begins; one of another length is given as its cells."""
    name, nulls = contents.name, frozenset(source.null_values)
    with reading(name), _table(contents, source) as table:
        header = _header(table.reader, name)
        table.lines_before = table.reader.line_num
        for cells in table.reader:
            line, table.lines_before = table.lines_before + 1, table.reader.line_num
            if len(cells) == len(header):
                yield line, _row(header, cells, nulls)
            elif cells:
                yield line, Malformed(list(cells), _wrong_count(cells, header))


def _blocks(contents: Contents, source: FilesSource) -> Iterator[tuple[list[str], list[Row]]]:
    name, nulls = contents.name, frozenset(source.null_values)
    with reading(name), _table(contents, source) as table:
        header = _header(table.reader, name)
        for line, some in _several(table):
            yield from _checked(some, header, nulls, name=name, line=line)


def _checked(
    some: list[list[str]], header: list[str], nulls: frozenset[str], *, name: str, line: int
) -> Iterator[tuple[list[str], list[Row]]]:
    """The rows, the first of which begins on `line`; those before one of another length, then its error."""
    width = len(header)
    if set(map(len, some)) == {width}:
        yield header, [_row(header, cells, nulls) for cells in some]
        return
    sound = list(takewhile(lambda cells: not cells or len(cells) == width, some))
    yield header, [_row(header, cells, nulls) for cells in sound if cells]
    if len(sound) < len(some):
        at = line + sum(map(_line_count, sound))
        raise StepError(f"{name}: line {at} {_wrong_count(some[len(sound)], header)}")


def _several(table: _Table) -> Iterator[tuple[int, list[list[str]]]]:
    """The cells of several rows and the line on which the first begins; those before an error, then the error."""
    reader, some = table.reader, [[""]]
    while some:
        some = []
        before = reader.line_num
        try:
            some.extend(islice(reader, ROWS_AT_ONCE))
        finally:
            if len(some) < ROWS_AT_ONCE:
                table.lines_before = before + sum(map(_line_count, some))
            yield before + 1, some


def _row(header: list[str], cells: list[str], nulls: frozenset[str]) -> Row:
    if nulls.isdisjoint(cells):
        return dict(zip(header, cells, strict=False))
    return {key: None if cell in nulls else cell for key, cell in zip(header, cells, strict=False)}


def _line_count(cells: list[str]) -> int:
    return 1 + sum(len(LINE_END.findall(cell)) for cell in cells)


@contextmanager
def _table(contents: Contents, source: FilesSource) -> Iterator[_Table]:
    csv.field_size_limit(_LONGEST_VALUE)
    name, codec = contents.name, codec_of(contents, source.encoding)
    reader = csv.reader(text_of(contents, codec, newline=""), delimiter=source.delimiter, strict=True)
    table = _Table(reader)
    try:
        yield table
    except csv.Error as error:
        raise _malformed(name, error, begins=table.lines_before + 1, ends=reader.line_num) from error
    except UnicodeDecodeError as error:
        raise undecodable(name, error, codec=codec, lines_before=reader.line_num) from error


def _header(reader: Iterator[list[str]], name: str) -> list[str]:
    names = next((cells for cells in reader if "".join(cells).strip()), [])
    twice = named_twice(names)
    unnamed = next((number for number, each in enumerate(names, start=1) if not each.strip()), None)
    if unnamed is not None:
        raise StepError(f"{name}: the header has no name for column {unnamed}")
    if twice is not None:
        raise StepError(f"{name}: the header has '{twice}' twice")
    if any("\0" in each for each in names):
        raise StepError(
            f"{name}: the header has characters of no text; is it CSV, and in the encoding that is set?"
        )
    return names


def _wrong_count(cells: list[str], header: list[str]) -> str:
    values = f"{len(cells)} value{'' if len(cells) == 1 else 's'}"
    return f"has {values}, the header has {len(header)}"


def _malformed(name: str, error: csv.Error, *, begins: int, ends: int) -> StepError:
    # The module tells its errors apart by their texts alone.
    text = str(error)
    if text.startswith("unexpected end"):
        return StepError(f"{name}: the row that begins on line {begins} has a quote that is never closed")
    if text.startswith("field larger"):
        return StepError(
            f"{name}: the row that begins on line {begins} has a value of more than {_LONGEST_VALUE:,} characters; "
            "is a quote never closed?"
        )
    if "expected after" in text:
        return StepError(
            f"{name}: line {ends} has a quoted value that goes on after its quote; "
            "a quote within quotes is written twice"
        )
    return StepError(f"{name}: line {ends} is not well-formed CSV")
