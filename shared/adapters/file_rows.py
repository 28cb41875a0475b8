"""Rows of CSV, NDJSON and Parquet files, gzipped or not, one at a time."""

import csv
import gzip
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import TextIOWrapper
from itertools import chain
from typing import IO, cast

from pydantic import JsonValue

from shared.adapters.exact_json import TwiceError, json_value, parse_json
from shared.adapters.readable_file import FoundFiles, ReadableFile
from shared.domain.errors import StepError
from shared.domain.source import FilesSource

_FIELD_LIMIT = 10_000_000
"""BigQuery takes rows of up to 10 MB or so; the csv module's own limit is 131,072 characters."""
_BATCH_ROWS = 10_000


def read_files(source: FilesSource, files: FoundFiles) -> Iterator[dict[str, JsonValue]]:
    """The rows of the files, one file after the other; closes `files` at the end.

    Raises StepError for a file that isn't what the source's format says, naming the file and the row's number, never
    its contents.
    """
    with closing(files):
        yield from chain.from_iterable(_rows(file, source) for file in files)


def _rows(file: ReadableFile, source: FilesSource) -> Iterator[dict[str, JsonValue]]:
    match source.format:
        case "csv":
            return _csv_rows(file, source)
        case "ndjson":
            return _ndjson_rows(file)
        case "parquet":
            return _parquet_rows(file)


def _open(file: ReadableFile) -> IO[bytes]:
    if file.is_gzipped:
        return cast(IO[bytes], gzip.open(file.path, "rb"))
    return file.path.open("rb")


def _csv_rows(file: ReadableFile, source: FilesSource) -> Iterator[dict[str, JsonValue]]:
    csv.field_size_limit(_FIELD_LIMIT)
    nulls = frozenset(source.null_values)
    with _reading(file), _open(file) as binary:
        reader = csv.reader(
            TextIOWrapper(binary, encoding="utf-8-sig", newline=""), delimiter=source.delimiter, strict=True
        )
        header = _require_header(next(reader, []), file)
        for number, cells in enumerate(reader, start=1):
            if not cells:
                continue
            if len(cells) != len(header):
                raise StepError(
                    f"{file.name}: row {number} has {len(cells)} values, the header has {len(header)}"
                )
            yield {name: None if cell in nulls else cell for name, cell in zip(header, cells, strict=True)}


def _require_header(names: list[str], file: ReadableFile) -> list[str]:
    twice = sorted({name for name in names if names.count(name) > 1})
    if not names:
        raise StepError(f"{file.name} is empty; a CSV file begins with a header line")
    if "" in names or twice:
        wrong = f"'{twice[0]}' twice" if twice else f"no name for column {names.index('') + 1}"
        raise StepError(f"{file.name}: the header has {wrong}")
    return names


def _ndjson_rows(file: ReadableFile) -> Iterator[dict[str, JsonValue]]:
    with _reading(file), _open(file) as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = parse_json(line)
            except TwiceError as error:
                raise StepError(f"{file.name}: line {number} has a field twice") from error
            except (ValueError, RecursionError) as error:
                raise StepError(f"{file.name}: line {number} is not JSON") from error
            if not isinstance(row, dict):
                raise StepError(f"{file.name}: line {number} is not a JSON object")
            yield row


def _parquet_rows(file: ReadableFile) -> Iterator[dict[str, JsonValue]]:
    # Slow to import, and only needed here.
    import pyarrow
    import pyarrow.parquet

    try:
        with _reading(file), _open(file) as binary:
            batches = pyarrow.parquet.ParquetFile(binary).iter_batches(batch_size=_BATCH_ROWS)
            for row in chain.from_iterable(batch.to_pylist() for batch in batches):
                yield {name: json_value(value) for name, value in row.items()}
    except (pyarrow.ArrowException, ValueError) as error:
        # A ValueError is a time of nanoseconds that Python has no value for.
        raise StepError(f"{file.name} can't be read as Parquet: {type(error).__name__}") from error


@contextmanager
def _reading(file: ReadableFile) -> Iterator[None]:
    """Turn what goes wrong while reading a file into a StepError that names it."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise StepError(f"{file.name} is not UTF-8 text") from error
    except csv.Error as error:
        raise StepError(f"{file.name} is not well-formed CSV: {error}") from error
    except (EOFError, OSError, zlib.error) as error:
        raise StepError(f"{file.name} can't be read: {type(error).__name__}") from error
