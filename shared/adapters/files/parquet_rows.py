"""Rows of Parquet. Slow to import, for Arrow is."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import IO

import pyarrow
import pyarrow.parquet
from pyarrow import types
from pydantic import JsonValue

from shared.adapters.files.arrow_times import ColumnError
from shared.adapters.files.arrow_values import Values, column_values
from shared.adapters.files.contents import Contents
from shared.adapters.files.problems import named_twice, reading, unreadable
from shared.adapters.files.written_rows import Row, some_at_once
from shared.domain.errors import StepError
from shared.domain.json_lines import RowOrLines

_BATCH_ROWS = 10_000
_BATCH_BYTES = 32_000_000
"""Of what the columns hold; as Python's values they take several times as much."""


def parquet_lines(contents: Contents) -> Iterator[RowOrLines]:
    """The rows, several at once.

    Raises StepError for what is no Parquet, and for a value that JSON can't say, with row and column.
    """
    for names, batch in _batches(contents):
        yield from some_at_once(
            (dict(zip(names, row, strict=False)) for row in batch), fields=frozenset(names)
        )


def parquet_rows(contents: Contents) -> Iterator[Row]:
    """The rows, as `parquet_lines`, one by one."""
    for names, batch in _batches(contents):
        for row in batch:
            yield dict(zip(names, row, strict=False))


def _batches(contents: Contents) -> Iterator[tuple[list[str], Iterator[tuple[JsonValue, ...]]]]:
    """The names of the columns, and the values of many rows."""
    name, count = contents.name, 0
    if not contents.head:
        raise StepError(f"{name} has no bytes, so it is cut off: Parquet without rows has some")
    with _translated(name), _seekable(contents) as binary:
        file = pyarrow.parquet.ParquetFile(
            binary,
            # As nanoseconds, which is how they are read otherwise, years after 2262 would become others.
            coerce_int96_timestamp_unit="us",
            page_checksum_verification=True,
        )
        fields = list(file.schema_arrow)
        _require_each_once(fields, name)
        names = [field.name for field in fields]
        for batch in _each_batch(file):
            columns = [
                _values(column, name, path=column_name, rows_before=count)
                for column_name, column in zip(names, batch.columns, strict=True)
            ]
            count += batch.num_rows
            yield names, zip(*columns, strict=True)
        if count != file.metadata.num_rows or (count and not names):
            raise unreadable(name, "it holds other rows than it says")


def _each_batch(file: pyarrow.parquet.ParquetFile) -> Iterator[pyarrow.RecordBatch]:
    """Group by group: asked for all of them, Arrow keeps a part of each until the last was read."""
    rows_at_once = _rows_at_once(file.metadata)
    for group in range(file.metadata.num_row_groups):
        yield from file.iter_batches(batch_size=rows_at_once, row_groups=[group])


def _rows_at_once(metadata: pyarrow.parquet.FileMetaData) -> int:
    """As many rows as are held in memory at once, by the largest average row of any group."""
    groups = [metadata.row_group(index) for index in range(metadata.num_row_groups)]
    row_bytes = max((group.total_byte_size // max(group.num_rows, 1) for group in groups), default=0)
    return max(1, min(_BATCH_ROWS, _BATCH_BYTES // max(row_bytes, 1)))


def _values(column: pyarrow.Array, name: str, *, path: str, rows_before: int) -> Values:
    try:
        return column_values(column)
    except ColumnError as error:
        index, first = _first_problem(column, error)
        where = ".".join((path, *first.path))
        raise StepError(f"{name}: row {rows_before + index + 1}: '{where}' {first.problem}") from error


def _first_problem(column: pyarrow.Array, known: ColumnError) -> tuple[int, ColumnError]:
    for index in range(len(column)):
        try:
            column_values(column.slice(index, 1))
        except ColumnError as error:
            return index, error
    return 0, known


def _require_each_once(fields: Iterable[pyarrow.Field], name: str, *, inside: str = "") -> None:
    """Names that are there twice: a row would keep one of the two values."""
    found = list(fields)
    twice = named_twice(field.name for field in found)
    if twice is not None:
        raise StepError(f"{name}: the schema has '{inside}{twice}' twice")
    for field in found:
        _require_each_once(_fields_below(field.type), name, inside=f"{inside}{field.name}.")


def _fields_below(kind: pyarrow.DataType) -> list[pyarrow.Field]:
    """The fields that the values of a type have, of a list those of its items."""
    while not types.is_struct(kind):
        if types.is_map(kind):
            kind = kind.item_type
        elif isinstance(getattr(kind, "value_field", None), pyarrow.Field):
            kind = kind.value_field.type
        else:
            return []
    return list(kind)


@contextmanager
def _seekable(contents: Contents) -> Iterator[IO[bytes]]:
    """What one can go back and forth in, as Parquet wants: its table of contents is at the end."""
    if contents.is_plain:
        yield contents.stream
        return
    with TemporaryFile() as copy:
        shutil.copyfileobj(contents.stream, copy)
        yield copy


@contextmanager
def _translated(name: str) -> Iterator[None]:
    try:
        with reading(name):
            yield
    except pyarrow.ArrowNotImplementedError as error:
        raise unreadable(name, "it has a part of Parquet that is not known here") from error
    except pyarrow.ArrowException as error:
        raise unreadable(name, "it is no Parquet, or damaged or cut off") from error
