"""What is at a place of a row, and what it is as a type, in the plainest Python.

How text becomes a number, a day or a moment follows the casts of GoogleSQL ("Conversion rules" in its reference).
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal, localcontext
from enum import Enum
from math import isfinite
from typing import Any

from shared.domain.column_path import path_names

Row = Mapping[str, Any]
# Blanks of ASCII, where Python's \s and strip() know many more.
_BLANKS = r"[ \t\n\v\f\r]*"
_NUMBER = re.compile(rf"{_BLANKS}([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?){_BLANKS}", re.I)
_INTEGER = re.compile(rf"{_BLANKS}([+-]?(?:[0-9]+|0x[0-9a-f]+)){_BLANKS}", re.I)
_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_MOMENT = re.compile(
    _DATE.pattern
    + r"(?:[ T]([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:\.([0-9]{1,6}))?)?"
    + r"(?:Z|([+-])(0?[0-9]|1[0-4])(?::([0-5][0-9]))?)?",
    re.I,
)
_LARGEST_NUMERIC = Decimal("99999999999999999999999999999.999999999")
_LARGEST_INTEGER = 2**63


class Nothing(Enum):
    """What is at a path that leads nowhere."""

    NOTHING = "nothing"


NOTHING = Nothing.NOTHING


def at(row: Row, path: str) -> Any:
    """What is at the path, whatever it is."""
    value: Any = row
    for name in path_names(path):
        value = value.get(name, NOTHING) if isinstance(value, Mapping) else NOTHING
    return value


def value_at(row: Row, path: str) -> Any:
    """The scalar at the path; objects and arrays are no values."""
    value = at(row, path)
    if isinstance(value, float) and path in row:
        # A column of FLOAT holds a number, where JSON holds the text of one.
        return Decimal(repr(value)) if isfinite(value) else str(value)
    return None if value is NOTHING or isinstance(value, Mapping | list) else value


def is_unreadable(row: Row, path: str, read_as: str | None) -> bool:
    """Whether there is a value, and it can't be read as the type, or as anything."""
    value = value_at(row, path)
    typed = value if read_as is None else as_type(value, read_as)
    return at(row, path) not in (NOTHING, None) and typed is None


def text_of(value: Any) -> str | None:
    """A value as text: what JSON says of it, in lower case for booleans."""
    match value:
        case None | str():
            return value
        case bool():
            return str(value).lower()
        case Decimal():
            return f"{value.normalize():f}"
        case date():
            return value.isoformat()
        case _:
            return repr(value)


def as_type(value: Any, read_as: str) -> Any:
    """The value read as a type; None where it can't be."""
    reader = _READERS[read_as]
    return None if value is None else reader(text_of(value) or "")


def _number(text: str) -> Decimal | None:
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    with localcontext(prec=1000):
        rounded = Decimal(match[1]).quantize(Decimal("1e-9"), rounding=ROUND_HALF_UP)
        return rounded if abs(rounded) <= _LARGEST_NUMERIC else None


def _integer(text: str) -> int | None:
    match = _INTEGER.fullmatch(text)
    if match is None:
        return None
    number = int(match[1], 16 if "x" in text.lower() else 10)
    return number if -_LARGEST_INTEGER <= number < _LARGEST_INTEGER else None


def _boolean(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text.lower())


def _day(text: str) -> date | None:
    match = _DATE.fullmatch(text)
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def _moment(text: str) -> datetime | None:
    match = _MOMENT.fullmatch(text)
    if match is None:
        return None
    *numbers, fraction, sign, hours, minutes = match.groups()
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    year, month, day, hour, minute, second = (int(number or 0) for number in numbers)
    try:
        zone = timezone(-offset if sign == "-" else offset)
        return datetime(
            year, month, day, hour, minute, second, int((fraction or "").ljust(6, "0")), tzinfo=zone
        )
    except ValueError:
        return None


def seconds_of(moment: date) -> int:
    if isinstance(moment, datetime):
        return int(moment.timestamp())
    return int(datetime(moment.year, moment.month, moment.day, tzinfo=UTC).timestamp())


_READERS: dict[str, Callable[[str], Any]] = {
    "string": str,
    "number": _number,
    "integer": _integer,
    "boolean": _boolean,
    "date": _day,
    "timestamp": _moment,
}
