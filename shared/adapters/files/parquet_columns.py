"""The columns of a Parquet file, by its end alone, where BigQuery reads their values as we do."""

import re
from typing import IO

import pyarrow
import pyarrow.parquet
from pyarrow import types

from shared.domain.loadable import LoadableColumn

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,127}")
"""A column's name that BigQuery keeps as it is; it has meanings of its own for some that begin with `_`."""
_PACKINGS = frozenset({"UNCOMPRESSED", "SNAPPY", "GZIP", "ZSTD"})
_MOST_SCALE, _MOST_WHOLE_DIGITS = 9, 29
"""Of a NUMERIC."""


def parquet_columns(file: IO[bytes]) -> tuple[tuple[LoadableColumn, ...], int] | str:
    """The columns, by name, and how many rows there are; or why the file is to be read here."""
    try:
        found = pyarrow.parquet.ParquetFile(pyarrow.PythonFile(file, mode="r"))
        fields, metadata = list(found.schema_arrow), found.metadata
    except (pyarrow.ArrowException, EOFError):
        return "it is not plain Parquet"
    names = [field.name for field in fields]
    if len({name.lower() for name in names}) < len(names) or not all(map(_NAME.fullmatch, names)):
        return "it has columns that BigQuery would call otherwise"
    if not names or len(names) != metadata.num_columns:
        return "it has columns within columns, or none"
    if not _packings(metadata) <= _PACKINGS:
        return "it is packed in a way that BigQuery may not read"
    columns = [_column(field) for field in fields]
    unlike = next((field for field, column in zip(fields, columns, strict=True) if column is None), None)
    if unlike is not None:
        return f"'{unlike.name}' has the type {unlike.type}"
    found_columns = (column for column in columns if column is not None)
    return tuple(sorted(found_columns, key=lambda column: column.name)), metadata.num_rows


def _packings(metadata: pyarrow.parquet.FileMetaData) -> set[str]:
    if metadata.num_row_groups == 0:
        return set()
    group = metadata.row_group(0)
    return {group.column(place).compression for place in range(group.num_columns)}


def _column(field: pyarrow.Field) -> LoadableColumn | None:
    name, kind = field.name, field.type
    if types.is_string(kind) or types.is_large_string(kind):
        return LoadableColumn(name=name, type="STRING")
    if types.is_signed_integer(kind):
        return LoadableColumn(name=name, type="INTEGER")
    if types.is_float32(kind) or types.is_float64(kind):
        return LoadableColumn(name=name, type="FLOAT")
    if types.is_boolean(kind):
        return LoadableColumn(name=name, type="BOOLEAN")
    if types.is_date32(kind):
        return LoadableColumn(name=name, type="DATE")
    if types.is_timestamp(kind) and kind.tz is not None and kind.unit in ("ms", "us"):
        return LoadableColumn(name=name, type="TIMESTAMP")
    if types.is_decimal128(kind) and 0 <= kind.scale <= min(_MOST_SCALE, kind.precision):
        whole = kind.precision - kind.scale
        return (
            LoadableColumn(name=name, type="NUMERIC", scale=kind.scale)
            if whole <= _MOST_WHOLE_DIGITS
            else None
        )
    return None
