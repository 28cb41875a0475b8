"""Scalar values of streamed and loaded rows: JSON in, the text DuckDB takes out, or an error."""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from local.bigquery.googlesql.json_text import first_of_each, rounded
from local.bigquery.time_forms import parse_date, parse_datetime, parse_time, parse_timestamp

Read = Callable[[Any], Any]
_INT64 = range(-(2**63), 2**63)
_NUMERIC_STEP = Decimal("1e-9")
_NUMERIC_LIMIT = Decimal(10) ** 29
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?")
_BOOLEANS = {"true": True, "t": True, "yes": True, "y": True, "1": True}
_BOOLEANS |= {"false": False, "f": False, "no": False, "n": False, "0": False}


class Written(str):
    """A JSON number with a fraction or an exponent, as it was written."""

    __slots__ = ()


def parse_json(text: str | bytes) -> Any:
    """JSON as Python values, its fractions as Written; of two members with one name the first.

    Raises ValueError or RecursionError.
    """
    return json.loads(text, parse_float=Written, parse_constant=Written, object_pairs_hook=first_of_each)


def _string(value: Any) -> str:
    if not isinstance(value, str):
        return json.dumps(value)
    if not value.isascii():
        # Half a surrogate pair is no text.
        value.encode()
    return str(value)


def _integer(value: Any) -> int:
    if isinstance(value, bool):
        raise TypeError("not a number")
    number = value if isinstance(value, int) else _decimal(value)
    if number != int(number) or int(number) not in _INT64:
        raise ValueError("not an INT64")
    return int(number)


def _float(value: Any) -> float | str:
    if isinstance(value, bool) or "_" in str(value):
        raise TypeError("not a number")
    number = float(value)
    if math.isfinite(number):
        return number
    if str(value).strip().lstrip("+-")[:1].isdigit():
        raise OverflowError("out of range")
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"


def _numeric(value: Any) -> str:
    """To nine decimals, half away from zero, as BigQuery rounds."""
    with localcontext(prec=200):
        number = _decimal(value).quantize(_NUMERIC_STEP, rounding=ROUND_HALF_UP)
        # Within the block, because abs() rounds to the precision that is in force.
        if number.copy_abs() >= _NUMERIC_LIMIT:
            raise ValueError("out of range")
    return f"{number:f}"


def _decimal(value: Any) -> Decimal:
    text = str(value).strip()
    if isinstance(value, bool) or not _NUMBER.fullmatch(text):
        raise ValueError("not a number")
    return Decimal(text)


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    found = _BOOLEANS.get(str(value).lower())
    if found is None:
        raise ValueError("not a boolean")
    return found


def _bytes(value: Any) -> str:
    try:
        return base64.b64encode(base64.b64decode(str(value), validate=True)).decode()
    except binascii.Error as error:
        raise ValueError("not base64") from error


def _date(value: Any) -> str:
    return parse_date(str(value)).isoformat()


def _time(value: Any) -> str:
    return parse_time(str(value)).isoformat()


def _datetime(value: Any) -> str:
    return parse_datetime(str(value)).isoformat(" ")


def _timestamp(value: Any) -> str:
    if isinstance(value, bool):
        raise TypeError("not a moment")
    return parse_timestamp(str(value)).isoformat(" ")


def json_in_text(value: Any) -> str:
    """The text of a JSON value, which itself may come as text. Raises ValueError."""
    if type(value) is not str:
        return json_value(value)
    # Half a surrogate pair is no text.
    value.encode()
    return rounded(value)


def json_value(value: Any) -> str:
    """The text of a JSON value. Raises ValueError."""
    return rounded(_written(value))


def _written(value: Any) -> str:
    """The value as JSON, its numbers as they were written."""
    if isinstance(value, Written):
        if not _NUMBER.fullmatch(value):
            raise ValueError("no JSON number")
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{_written(name)}:{_written(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_written, value)) + "]"
    text = json.dumps(value, ensure_ascii=False)
    text.encode()
    return text


# By type: its name in BigQuery's messages, and its reader, which raises ValueError, TypeError or an ArithmeticError.
READERS: dict[str, tuple[str, Read]] = {
    "STRING": ("string", _string),
    "INT64": ("integer", _integer),
    "FLOAT64": ("double", _float),
    "NUMERIC": ("numeric", _numeric),
    "BOOL": ("boolean", _boolean),
    "BYTES": ("bytes", _bytes),
    "DATE": ("date", _date),
    "TIME": ("time", _time),
    "DATETIME": ("datetime", _datetime),
    "TIMESTAMP": ("timestamp", _timestamp),
}
