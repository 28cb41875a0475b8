"""Rows that a database gives in chunks, as dicts, with as many in one as memory is meant to take."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pydantic import JsonValue

from shared.sources.sql_database.reading.login import Login
from shared.sources.sql_database.reading.values import Convert, UnsayableError

Row = Sequence[Any]

FIRST_ROWS = 10
"""Until it is known how large a row is."""
_MOST_ROWS = 5_000
_CHUNK_BYTES = 4_000_000
"""Of texts; as Python's values, and once more as the driver's, they take several times as much."""
_GROWTH = 8
_SAMPLE = 50
_SMALL_BYTES = 16
"""What a value takes that isn't text."""


def next_count(rows: Sequence[Row]) -> int:
    """How many rows the next chunk may have, by what these take."""
    sample = rows[:: max(1, len(rows) // _SAMPLE)]
    size = sum(_size(value) for row in sample for value in row) // max(1, len(sample))
    return max(1, min(_MOST_ROWS, _CHUNK_BYTES // max(size, 1), len(rows) * _GROWTH))


def _size(value: Any) -> int:
    match value:
        case str() | bytes():
            return len(value) + _SMALL_BYTES
        case list():
            return _SMALL_BYTES + sum(map(_size, value))
        case _:
            return _SMALL_BYTES


def rows_of(
    chunks: Iterable[Sequence[Row]], *, names: Sequence[str], converts: Sequence[Convert], login: Login
) -> Iterator[dict[str, JsonValue]]:
    """The rows. Raises StepError, with row and column, for a value that JSON can't say."""
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise login.fault(
            f"gives '{twice[0]}' twice, of which a row would keep one; name one of them with AS"
        )
    if not names:
        raise login.fault("gives rows without columns")
    count = 0
    for chunk in chunks:
        columns = [
            _converted(column, convert, name=name, rows_before=count, login=login)
            for column, convert, name in zip(zip(*chunk, strict=True), converts, names, strict=True)
        ]
        count += len(chunk)
        for row in zip(*columns, strict=True):
            yield dict(zip(names, row, strict=True))


def _converted(
    column: Sequence[Any], convert: Convert, *, name: str, rows_before: int, login: Login
) -> Sequence[JsonValue]:
    try:
        return convert(column)
    except UnsayableError as known:
        index, first = _first_problem(column, convert, known)
        raise login.fault(f"gives row {rows_before + index + 1} in which '{name}' {first}") from known


def _first_problem(
    column: Sequence[Any], convert: Convert, known: UnsayableError
) -> tuple[int, UnsayableError]:
    for index, value in enumerate(column):
        try:
            convert([value])
        except UnsayableError as error:
            return index, error
    return 0, known
