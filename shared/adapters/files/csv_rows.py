"""Rows of CSV."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import JsonValue

from shared.adapters.files.contents import Contents
from shared.adapters.files.problems import reading
from shared.adapters.files.text import codec_of, text_of, undecodable
from shared.domain.errors import StepError
from shared.domain.source import FilesSource

if TYPE_CHECKING:
    from _csv import Reader

_LONGEST_VALUE = 10_000_000
"""BigQuery takes rows of up to 10 MB or so; the csv module's own limit is 131,072 characters."""


@dataclass(slots=True)
class _Table:
    """What is read, and how many lines of the file the rows before the present one took."""

    reader: "Reader"
    lines_before: int = 0


def csv_rows(contents: Contents, source: FilesSource) -> Iterator[dict[str, JsonValue]]:
    """The rows below the header; blank lines are none, and a file without lines has no rows.

    Raises StepError for what is no CSV, with the line of the file on which the row begins.
    """
    name, nulls = contents.name, frozenset(source.null_values)
    with reading(name), _table(contents, source) as table:
        reader = table.reader
        header = _header(reader, name)
        table.lines_before = reader.line_num
        for cells in reader:
            if len(cells) == len(header):
                yield (
                    dict(zip(header, cells, strict=False))
                    if nulls.isdisjoint(cells)
                    else {
                        key: None if cell in nulls else cell for key, cell in zip(header, cells, strict=False)
                    }
                )
            elif cells:
                raise _wrong_count(name, cells, header, line=table.lines_before + 1)
            table.lines_before = reader.line_num


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
    twice = sorted({each for each in names if names.count(each) > 1})
    unnamed = next((number for number, each in enumerate(names, start=1) if not each.strip()), None)
    if unnamed is not None:
        raise StepError(f"{name}: the header has no name for column {unnamed}")
    if twice:
        raise StepError(f"{name}: the header has '{twice[0]}' twice")
    if any("\0" in each for each in names):
        raise StepError(
            f"{name}: the header has characters of no text; is it CSV, and in the encoding that is set?"
        )
    return names


def _wrong_count(name: str, cells: list[str], header: list[str], *, line: int) -> StepError:
    values = f"{len(cells)} value{'' if len(cells) == 1 else 's'}"
    return StepError(f"{name}: line {line} has {values}, the header has {len(header)}")


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
