"""Values of streamed and loaded rows: JSON in, the text DuckDB takes out, or the words BigQuery has for why not."""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from typing import Any

from local.bigquery.googlesql.json_text import canonical
from local.bigquery.googlesql.types import type_of_rest
from local.bigquery.time_forms import parse_date, parse_datetime, parse_time, parse_timestamp

Read = Callable[[Any], Any]
ReadRow = Callable[[Mapping[str, Any]], dict[str, Any]]
_INT64 = range(-(2**63), 2**63)
_NUMERIC_STEP = Decimal("1e-9")
_NUMERIC_LIMIT = Decimal(10) ** 29
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?")
_BOOLEANS = {"true": True, "t": True, "yes": True, "y": True, "1": True}
_BOOLEANS |= {"false": False, "f": False, "no": False, "n": False, "0": False}


class ValueRefusedError(Exception):
    """A value the column does not take. `location` is the column's path."""

    def __init__(self, location: str, message: str) -> None:
        super().__init__(message)
        self.location = location
        self.message = message


class Written(str):
    """A JSON number with a fraction or an exponent, as it was written."""

    __slots__ = ()


def parse_json(text: str | bytes) -> Any:
    """JSON as Python values, its fractions as Written. Raises ValueError or RecursionError."""
    return json.loads(text, parse_float=Written, parse_constant=Written)


def row_reader(
    fields: Sequence[dict[str, Any]],
    *,
    ignore_unknown: bool = False,
    json_in_strings: bool = True,
    path: str = "",
) -> ReadRow:
    """Reads a row into one entry for every column, named as the fields of a stored STRUCT are.

    The function raises ValueRefusedError. With `json_in_strings` a string for a JSON column is JSON text, as in
    streamed rows; without, it is a JSON string, as in files.
    """
    reads = [
        (f"_{place}", field["name"].lower(), _field_reader(field, ignore_unknown, json_in_strings, path=path))
        for place, field in enumerate(fields, 1)
    ]
    known = {lower for _place, lower, _read in reads}

    def read_row(row: Mapping[str, Any]) -> dict[str, Any]:
        given = {name.lower(): value for name, value in row.items()}
        if not ignore_unknown and not given.keys() <= known:
            name = next(name for name in row if name.lower() not in known)
            raise ValueRefusedError(path + name, f"no such field: {path}{name}.")
        return {place: read(given.get(lower)) for place, lower, read in reads}

    return read_row


def _field_reader(field: dict[str, Any], ignore_unknown: bool, json_in_strings: bool, *, path: str) -> Read:
    path += field["name"]
    kind = type_of_rest(field)
    if (kind.element or kind).is_struct:
        inner = row_reader(
            field["fields"], ignore_unknown=ignore_unknown, json_in_strings=json_in_strings, path=f"{path}."
        )

        def read_record(value: Any) -> Any:
            return inner(_record(value, path))

        single: Read = read_record
    elif (kind.element or kind).kind == "JSON":
        single = _scalar_reader("json", _json_text if json_in_strings else json_text, path)
    else:
        single = _scalar_reader(*_READERS[(kind.element or kind).kind], path)
    required = kind.is_array or str(field.get("mode", "")).upper() == "REQUIRED"

    def read(value: Any) -> Any:
        if value is None:
            if required:
                raise ValueRefusedError(path, f"Missing required field: {path}.")
            return None
        return single(value)

    if not kind.is_array:
        return read
    return lambda value: [read(item) for item in (value if isinstance(value, list | None) else [value]) or ()]


def _record(value: Any, path: str) -> dict[str, Any]:
    if isinstance(value, list):
        raise ValueRefusedError(path, f"Array specified for non-repeated field: {path}.")
    if not isinstance(value, dict):
        raise ValueRefusedError(path, f"This field: {path} is not a record.")
    return value


def _scalar_reader(name: str, convert: Read, path: str) -> Read:
    takes_any = name == "json"

    def read(value: Any) -> Any:
        if isinstance(value, list | dict) and not takes_any:
            if isinstance(value, list):
                raise ValueRefusedError(path, f"Array specified for non-repeated field: {path}.")
            raise ValueRefusedError(path, f"This field: {path} is not a record.")
        try:
            return convert(value)
        except (ValueError, TypeError, InvalidOperation, OverflowError, RecursionError) as error:
            raise ValueRefusedError(path, f"Cannot convert value to {name}.") from error

    return read


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


def _json_text(value: Any) -> str:
    """The text of a JSON value, which itself may come as text."""
    written = json_text(value if type(value) is not str else parse_json(value))
    # A number that a double can't hold stays as it was written.
    return canonical(written) or written


def json_text(value: Any) -> str:
    """The value as JSON, its numbers as they were written. Raises ValueError."""
    if isinstance(value, Written):
        if not _NUMBER.fullmatch(value):
            raise ValueError("no JSON number")
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json_text(name)}:{json_text(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(json_text, value)) + "]"
    text = json.dumps(value, ensure_ascii=False)
    text.encode()
    return text


def _interval(_value: Any) -> str:
    raise ValueError("the local stand-in takes INTERVALs in statements only")


# The type's name in BigQuery's messages, and its reader.
_READERS: dict[str, tuple[str, Read]] = {
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
    "INTERVAL": ("interval", _interval),
}
