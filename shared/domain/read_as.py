"""The types that a column can be read as, and texts of them."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal, localcontext
from typing import Literal, assert_never

from shared.domain.model import LARGEST_INT64, SMALLEST_INT64

ReadAs = Literal["string", "integer", "number", "boolean", "date", "timestamp"]

_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_NUMBER = re.compile(r"[+-]?([0-9]{1,100}(\.[0-9]{0,100})?|\.[0-9]{1,100})([eE][+-]?[0-9]{1,3})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMERIC_SCALE = 9
_NUMERIC_DIGITS = 38
_FIRST_BEYOND_NUMERIC = Decimal(10) ** 29
"""GoogleSQL's NUMERIC has 29 digits before the point ("Data types")."""


def canonical_text(text: str, read_as: ReadAs) -> str:
    """The text as BigQuery takes it for a query parameter of the type. Raises ValueError where it can't be read so."""
    match read_as:
        case "string":
            return text
        case "integer":
            return _integer(text)
        case "number":
            return _number(text)
        case "boolean":
            return _boolean(text)
        case "date":
            return date.fromisoformat(_matching(_DAY, text)).isoformat()
        case "timestamp":
            return _moment(text)
        case _:
            assert_never(read_as)


def comparable(text: str, read_as: ReadAs) -> str | Decimal | datetime:
    """The text as something that compares as its type does. Raises ValueError where it can't be read so."""
    canonical = canonical_text(text, read_as)
    match read_as:
        case "integer" | "number":
            return Decimal(canonical)
        case "timestamp":
            return datetime.fromisoformat(canonical)
        case "string" | "boolean" | "date":
            return canonical
        case _:
            assert_never(read_as)


def _matching(pattern: re.Pattern[str], text: str) -> str:
    if pattern.fullmatch(text) is None:
        raise ValueError("is not written so")
    return text


def _integer(text: str) -> str:
    number = int(_matching(_INTEGER, text))
    if not SMALLEST_INT64 <= number <= LARGEST_INT64:
        raise ValueError("is beyond 64 bits")
    return str(number)


def _number(text: str) -> str:
    number = Decimal(_matching(_NUMBER, text))
    if number.copy_abs() >= _FIRST_BEYOND_NUMERIC:
        raise ValueError("is beyond NUMERIC")
    with localcontext(prec=_NUMERIC_DIGITS):
        rounded = round(number, _NUMERIC_SCALE)
        if rounded != number:
            raise ValueError("has more decimals than NUMERIC")
        return f"{rounded.normalize() + 0:f}"


def _boolean(text: str) -> str:
    return _matching(re.compile("true|false"), text.lower())


def _moment(text: str) -> str:
    moment = datetime.fromisoformat(text)
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    except OverflowError as error:
        raise ValueError("is beyond the years 1 to 9999") from error
