"""Columns of a database's rows, as what JSON holds without loss: the same as of files."""

import re
from collections.abc import Callable, Sequence
from math import isfinite, isnan
from typing import Any

from pydantic import JsonValue

from shared.adapters.exact_json import EXACT_INTEGER, TwiceError, parse_json_text

Convert = Callable[[Sequence[Any]], Sequence[JsonValue]]
"""Makes a chunk of a column of what the driver gave. Raises UnsayableError for a value that can't be said."""

_DATE = re.compile(r"(?!0000)[0-9]{4}-(?!00)[0-9]{2}-(?!00)[0-9]{2}")
_MOMENT = re.compile(r"(?!0000)([0-9]{4}-(?!00)[0-9]{2}-(?!00)[0-9]{2}) ([0-9:.]+)")
_TIME = re.compile(r"(?!24)[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?")
_OUT_OF_YEARS = "holds a date or time outside the years 1 to 9999, or an infinite one"
_NOT_TEXT = (
    "holds bytes that are not UTF-8 text; write a query that gives them as text, such as encode({}, 'base64')"
)


class UnsayableError(Exception):
    """A value can't be said without loss; the message says of what kind, not which."""


def plain(column: Sequence[Any]) -> Sequence[JsonValue]:
    """Texts, truths and small numbers."""
    return column


def integers(column: Sequence[int | None]) -> Sequence[JsonValue]:
    """Whole numbers; those that a double can't hold as text."""
    return [each if each is None or -EXACT_INTEGER <= each <= EXACT_INTEGER else str(each) for each in column]


def floats(column: Sequence[float | None]) -> Sequence[JsonValue]:
    """Doubles; `NaN`, `Infinity` and `-Infinity` as text, which a FLOAT64 column takes."""
    return [each if each is None or isfinite(each) else _not_finite(each) for each in column]


def dates(column: Sequence[str | None]) -> Sequence[JsonValue]:
    """`2025-11-15`."""
    if any(each is not None and _DATE.fullmatch(each) is None for each in column):
        raise UnsayableError(_OUT_OF_YEARS)
    return column


def local_times(column: Sequence[str | None]) -> Sequence[JsonValue]:
    """`2025-11-15T10:30:00.5`, of times without a zone."""
    return [None if each is None else _moment(each) for each in column]


def moments_in_utc(column: Sequence[str | None]) -> Sequence[JsonValue]:
    """`2025-11-15T10:30:00.5Z`, of times that the database has given in UTC."""
    return [None if each is None else f"{_moment(each.removesuffix('+00'))}Z" for each in column]


def times_of_day(column: Sequence[str | None]) -> Sequence[JsonValue]:
    """`10:30:00.5`."""
    if any(each is not None and _TIME.fullmatch(each) is None for each in column):
        raise UnsayableError("holds a time that no day has, such as 24:00:00")
    return column


def json_documents(column: Sequence[str | None]) -> Sequence[JsonValue]:
    """What the JSON says, with numbers that a double can't hold as text."""
    try:
        return [None if each is None else parse_json_text(each) for each in column]
    except TwiceError as error:
        raise UnsayableError("holds JSON with a field twice") from error
    except (ValueError, RecursionError) as error:
        raise UnsayableError("holds JSON that can't be read, or is nested too deeply") from error


def texts_of_bytes(column: Sequence[bytes | None]) -> Sequence[JsonValue]:
    """Bytes that are UTF-8 text, as that."""
    try:
        texts = [None if each is None else bytes(each).decode() for each in column]
    except UnicodeDecodeError as error:
        raise UnsayableError(_NOT_TEXT.format("…")) from error
    if any(text is not None and "\0" in text for text in texts):
        raise UnsayableError(_NOT_TEXT.format("…"))
    return texts


def arrays_of(items: Convert) -> Convert:
    """Arrays, of any dimensions, whose items are read so."""

    def arrays(column: Sequence[list[Any] | None]) -> Sequence[JsonValue]:
        return [None if each is None else _items(each, items) for each in column]

    return arrays


def _items(array: list[Any], items: Convert) -> list[JsonValue]:
    if array and isinstance(array[0], list):
        return [_items(each, items) for each in array]
    return list(items(array))


def _not_finite(number: float) -> str:
    return "NaN" if isnan(number) else "Infinity" if number > 0 else "-Infinity"


def _moment(text: str) -> str:
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise UnsayableError(_OUT_OF_YEARS)
    return f"{found[1]}T{found[2]}"
