"""A field's value as a column's type holds it, without loss: digits, moments and texts stay what they are."""

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal, localcontext
from functools import lru_cache
from math import isinf
from typing import assert_never

from pydantic import JsonValue

from shared.domain.model import LARGEST_INT64, SMALLEST_INT64
from shared.domain.table import ColumnType

_NUMBER = re.compile(r"[+-]?([0-9]{1,400}(\.[0-9]{0,400})?|\.[0-9]{1,400})([eE][+-]?[0-9]{1,3})?")
_PLAIN = re.compile(r"0|-?(0\.[0-9]{0,8}[1-9]|[1-9][0-9]{0,18}(\.[0-9]{0,8}[1-9])?)")
"""Most numbers: written as they will be, and with no more digits than NUMERIC has."""
_PLAIN_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,9})?")
_PLAIN_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")
_NO_NUMBERS = re.compile(r"nan|[+-]?inf(inity)?", re.IGNORECASE)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.(?P<fraction>[0-9]{1,12}))?"
    r"(?P<zone>Z| UTC|[+-][0-9]{2}:[0-9]{2})?"
)
_MICROSECOND_DIGITS = 6
_DIGITS = 1_500
"""More than a number that matches can have."""
_SCALES = {"NUMERIC": 9, "BIGNUMERIC": 38}
_ENDS = {
    "NUMERIC": Decimal("9" * 29 + "." + "9" * 9),
    "BIGNUMERIC": Decimal("578960446186580977117854925043439539266.34992332820282019728792003956564819967"),
}
"""The largest values ("Decimal type" of GoogleSQL)."""
_EXACT_INTEGER = 2**53
"""JSON's readers hold larger ones as doubles."""


def typed_value(value: JsonValue, column_type: ColumnType) -> JsonValue:
    """The value as JSON that BigQuery reads into a column of the type, and that says the same in a column of JSON.

    Numbers with a point stay text, so that no digit is lost. Raises ValueError, which says what the value is not, and
    never what it is.
    """
    if value is None or column_type == "JSON":
        return value
    if isinstance(value, dict | list):
        raise ValueError("is an object or a list; only JSON holds these")
    text = value if isinstance(value, str) else _written(value)
    match column_type:
        case "STRING":
            return text
        case "BOOLEAN":
            return _boolean(text)
        case "DATE":
            return _day(text)
        case "DATETIME" | "TIMESTAMP":
            return _moment(text, is_zoned=column_type == "TIMESTAMP")
        case "INTEGER" | "NUMERIC" | "BIGNUMERIC" | "FLOAT":
            if isinstance(value, bool):
                raise ValueError("is true or false, and no number")
            return _number(text, column_type)
        case _:
            assert_never(column_type)


def is_plain(value: JsonValue, column_type: ColumnType) -> bool:
    """Whether it is seen at once that a column of the type takes the text for what `typed_value` makes of it.

    Most values of files are such.
    """
    if value is None or column_type == "JSON":
        return True
    if not isinstance(value, str):
        return False
    match column_type:
        case "STRING":
            return True
        case "NUMERIC" | "BIGNUMERIC" | "FLOAT":
            return _PLAIN_DECIMAL.fullmatch(value) is not None
        case "INTEGER":
            return _PLAIN_INTEGER.fullmatch(value) is not None
        case "DATE":
            return _is_day(value)
        case _:
            return False


@lru_cache(maxsize=1_000)
def _is_day(text: str) -> bool:
    try:
        return _day(text) == text
    except ValueError:
        return False


def _written(value: float | bool) -> str:
    return json.dumps(value)


def _number(text: str, column_type: str) -> JsonValue:
    match column_type:
        case "INTEGER":
            return _integer(text)
        case "FLOAT":
            if not _NUMBER.fullmatch(text) and not _NO_NUMBERS.fullmatch(text):
                raise ValueError("is no number")
            if _NUMBER.fullmatch(text) and isinf(float(text)):
                raise ValueError("is beyond FLOAT")
            return text
        case _:
            return _decimal(text, column_type)


def _integer(text: str) -> JsonValue:
    if not _NUMBER.fullmatch(text):
        raise ValueError("is no number")
    with localcontext(prec=_DIGITS):
        exact = Decimal(text)
        number = int(exact) if abs(exact) <= LARGEST_INT64 + 1 else LARGEST_INT64 + 1
        if number != exact and number <= LARGEST_INT64:
            raise ValueError("is no whole number")
    if not SMALLEST_INT64 <= number <= LARGEST_INT64:
        raise ValueError("is beyond 64 bits")
    return number if abs(number) <= _EXACT_INTEGER else str(number)


def _decimal(text: str, column_type: str) -> str:
    if _PLAIN.fullmatch(text):
        return text
    if not _NUMBER.fullmatch(text):
        raise ValueError("is no number")
    with localcontext(prec=_DIGITS):
        number = Decimal(text)
        if abs(number) > _ENDS[column_type]:
            raise ValueError(f"is beyond {column_type}")
        rounded = round(number, _SCALES[column_type])
        if rounded != number:
            more = "; BIGNUMERIC has 38" if column_type == "NUMERIC" else ""
            raise ValueError(f"has more than the {_SCALES[column_type]} decimals of {column_type}{more}")
        return f"{number.normalize():f}" if number else "0"


def _boolean(text: str) -> bool:
    match text.lower():
        case "true":
            return True
        case "false":
            return False
        case _:
            raise ValueError("is neither true nor false")


def _day(text: str) -> str:
    if not _DAY.fullmatch(text):
        raise ValueError("is no day such as 2025-11-15")
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError("is no day of the calendar") from None


def _moment(text: str, *, is_zoned: bool) -> str:
    written = _MOMENT.fullmatch(text)
    if written is None:
        example = "2025-11-15T10:30:00Z" if is_zoned else "2025-11-15T10:30:00"
        raise ValueError(f"is no time such as {example}")
    if not is_zoned and written["zone"]:
        raise ValueError("has a time zone; TIMESTAMP holds such")
    fraction = (written["fraction"] or "").rstrip("0")
    if len(fraction) > _MICROSECOND_DIGITS:
        raise ValueError("has more than 6 decimals of a second")
    try:
        zone = (written["zone"] or "Z").replace(" UTC", "Z") if is_zoned else ""
        second = datetime.fromisoformat(text[:19] + zone)
        shown = second.astimezone(UTC) if is_zoned else second
    except (ValueError, OverflowError):
        raise ValueError("is no time of the calendar") from None
    return shown.isoformat()[:19] + (f".{fraction}" if fraction else "") + ("Z" if is_zoned else "")
