"""Streamed values: JSON in, what Arrow stores out, or the words BigQuery has for why not."""

from __future__ import annotations

import base64
import binascii
import datetime
import json
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from typing import Any

from bqemulator.catalog.models import TableFieldSchema

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_INT64 = range(-(2**63), 2**63)
_NUMERIC_STEP = Decimal("1e-9")
_NUMERIC_LIMIT = Decimal(10) ** 29
# RFC 3339 and SQL forms differ in the separator, the zone and its spelling; Python reads all but these.
_ZONE = re.compile(r"\s*(?:UTC|Z|z)$")


class ValueRefusedError(Exception):
    """A value the column does not take."""

    def __init__(self, location: str, message: str) -> None:
        super().__init__(message)
        self.location = location
        self.message = message


def stored_row(
    columns: tuple[TableFieldSchema, ...], row: dict[str, Any], *, ignore_unknown: bool, path: str = ""
) -> dict[str, Any]:
    """The row as Arrow stores it, one entry for every column. Raises ValueRefusedError."""
    given = {name.lower(): (name, value) for name, value in row.items()}
    known = {column.name.lower() for column in columns}
    for lower, (name, _value) in given.items():
        if lower not in known and not ignore_unknown:
            raise ValueRefusedError(path + name, f"no such field: {path}{name}.")
    return {
        column.name: _stored(
            column,
            given.get(column.name.lower(), ("", None))[1],
            path=path + column.name,
            ignore_unknown=ignore_unknown,
        )
        for column in columns
    }


def _stored(column: TableFieldSchema, value: Any, *, path: str, ignore_unknown: bool) -> Any:
    if column.mode == "REPEATED":
        if not isinstance(value, list | None):
            value = [value]
        one = column.model_copy(update={"mode": "REQUIRED"})
        return [_stored(one, item, path=path, ignore_unknown=ignore_unknown) for item in value or []]
    if value is None:
        if column.mode == "REQUIRED":
            raise ValueRefusedError(path, f"Missing required field: {path}.")
        return None
    if isinstance(value, list):
        raise ValueRefusedError(path, f"Array specified for non-repeated field: {path}.")
    kind = column.type.upper()
    if kind in ("RECORD", "STRUCT"):
        if not isinstance(value, dict):
            raise ValueRefusedError(path, f"This field: {path} is not a record.")
        return stored_row(column.fields, value, ignore_unknown=ignore_unknown, path=path + ".")
    if isinstance(value, dict):
        raise ValueRefusedError(path, f"This field: {path} is not a record.")
    return _scalar(kind, value, path=path)


def _scalar(kind: str, value: Any, *, path: str) -> Any:
    name, read = _READERS.get(kind, ("string", str))
    try:
        return read(value)
    except (ValueError, TypeError, InvalidOperation, OverflowError, binascii.Error) as error:
        raise ValueRefusedError(path, f"Cannot convert value to {name}.") from error


def _string(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str)


def _integer(value: Any) -> int:
    number = Decimal(str(value))
    if isinstance(value, bool) or number != number.to_integral_value() or int(number) not in _INT64:
        raise ValueError("not an INT64")
    return int(number)


def _float(value: Any) -> float:
    if isinstance(value, bool):
        raise TypeError("not a number")
    return float(value)


def _numeric(value: Any) -> Decimal:
    """To nine decimals, half away from zero, as BigQuery rounds."""
    if isinstance(value, bool):
        raise TypeError("not a number")
    with localcontext(prec=60):
        number = Decimal(str(value)).quantize(_NUMERIC_STEP, rounding=ROUND_HALF_UP)
    if abs(number) >= _NUMERIC_LIMIT:
        raise ValueError("out of range")
    return number


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False, "t": True, "f": False, "1": True, "0": False}[_lower(value)]


def _lower(value: Any) -> str:
    lower = str(value).lower()
    if lower not in ("true", "false", "t", "f", "1", "0"):
        raise ValueError("not a boolean")
    return lower


def _bytes(value: Any) -> bytes:
    return base64.b64decode(str(value), validate=True)


def _date(value: Any) -> datetime.date:
    return datetime.date.fromisoformat(str(value))


def _time(value: Any) -> datetime.time:
    return datetime.time.fromisoformat(str(value))


def _datetime(value: Any) -> datetime.datetime:
    read = datetime.datetime.fromisoformat(str(value))
    if read.tzinfo is not None:
        raise ValueError("a DATETIME has no zone")
    return read


def _timestamp(value: Any) -> datetime.datetime:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return _EPOCH + datetime.timedelta(microseconds=int(Decimal(str(value)) * 1_000_000))
    text = str(value).strip()
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return _timestamp(Decimal(text))
    read = datetime.datetime.fromisoformat(_ZONE.sub("+00:00", text))
    return read.astimezone(datetime.UTC) if read.tzinfo else read.replace(tzinfo=datetime.UTC)


def _json(value: Any) -> str:
    if not isinstance(value, str):
        return json.dumps(value, default=str)
    json.loads(value)
    return value


# The type's name in BigQuery's messages, and its reader.
_READERS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "STRING": ("string", _string),
    "INTEGER": ("integer", _integer),
    "INT64": ("integer", _integer),
    "FLOAT": ("double", _float),
    "FLOAT64": ("double", _float),
    "NUMERIC": ("numeric", _numeric),
    "BOOLEAN": ("boolean", _boolean),
    "BOOL": ("boolean", _boolean),
    "BYTES": ("bytes", _bytes),
    "DATE": ("date", _date),
    "TIME": ("time", _time),
    "DATETIME": ("datetime", _datetime),
    "TIMESTAMP": ("timestamp", _timestamp),
    "JSON": ("json", _json),
}
