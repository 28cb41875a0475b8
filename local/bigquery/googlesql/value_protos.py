"""Python values and the analyzer's `ValueProto`, both ways, for the evaluator.

How they are packed: zetasql/public/value.proto, zetasql/public/civil_time.h, zetasql/public/interval_value.h.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal, localcontext
from typing import Any

from zetasql.wasi._pb2.zetasql.public import value_pb2

from local.bigquery.googlesql.types import GoogleType

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_FIRST_DAY = datetime.date(1970, 1, 1)
_SECOND = 1_000_000
_NUMERIC_BYTES = 17


def pack(kind: GoogleType, value: Any) -> value_pb2.ValueProto:
    """A value as DuckDB's Arrow gives it: Decimal, date, datetime, bytes, list, dict by `_1`, …; None is NULL."""
    proto = value_pb2.ValueProto()
    if value is None:
        return proto
    if kind.element is not None:
        proto.array_value.SetInParent()
        proto.array_value.element.extend(pack(kind.element, one) for one in value)
    elif kind.is_struct:
        proto.struct_value.SetInParent()
        proto.struct_value.field.extend(
            pack(one, value[kind.field_name(place)]) for place, (_name, one) in enumerate(kind.fields)
        )
    elif kind.bound is not None:
        proto.range_value.start.CopyFrom(pack(kind.bound, value["range_start"]))
        proto.range_value.end.CopyFrom(pack(kind.bound, value["range_end"]))
    else:
        _PACK[kind.kind](proto, value)
    return proto


def unpack(kind: GoogleType, proto: Any) -> Any:
    """The value as Arrow takes it."""
    which = proto.WhichOneof("value")
    if which is None:
        return None
    content = getattr(proto, which)
    if kind.element is not None:
        return [unpack(kind.element, one) for one in content.element]
    if kind.is_struct:
        return {
            kind.field_name(place): unpack(one, content.field[place])
            for place, (_name, one) in enumerate(kind.fields)
        }
    if kind.bound is not None:
        return {
            "range_start": unpack(kind.bound, content.start),
            "range_end": unpack(kind.bound, content.end),
        }
    read = READERS.get(kind.kind)
    return content if read is None else read(content)


def _numeric(value: Decimal) -> bytes:
    with localcontext(prec=60):
        scaled = int(value.scaleb(9))
    content = scaled.to_bytes(_NUMERIC_BYTES, "little", signed=True)
    # As few bytes as hold the sign.
    while len(content) > 1 and content[-1] in (0, 255) and (content[-1] == 255) == (content[-2] > 127):
        content = content[:-1]
    return content


def _timestamp(proto: Any, value: datetime.datetime) -> None:
    microseconds = (value - _EPOCH) // datetime.timedelta(microseconds=1)
    proto.timestamp_value.seconds = microseconds // _SECOND
    proto.timestamp_value.nanos = microseconds % _SECOND * 1000


def _datetime(proto: Any, value: datetime.datetime) -> None:
    day = value.year << 26 | value.month << 22 | value.day << 17
    proto.datetime_value.bit_field_datetime_seconds = (
        day | value.hour << 12 | value.minute << 6 | value.second
    )
    proto.datetime_value.nanos = value.microsecond * 1000


def _time(value: datetime.time) -> int:
    return (value.hour << 12 | value.minute << 6 | value.second) << 30 | value.microsecond * 1000


def _interval(value: Any) -> bytes:
    months, days, nanoseconds = value
    microseconds, packed = int(nanoseconds // 1000), abs(months) << 13 | (1 << 31 if months < 0 else 0)
    parts = (
        microseconds.to_bytes(8, "little", signed=True),
        int(days).to_bytes(4, "little", signed=True),
        int(packed).to_bytes(4, "little"),
    )
    return b"".join(parts)


def _setter(name: str, convert: Callable[[Any], Any] = lambda value: value) -> Callable[[Any, Any], None]:
    def put(proto: Any, value: Any) -> None:
        setattr(proto, name, convert(value))

    return put


_PACK: dict[str, Callable[[Any, Any], None]] = {
    "INT64": _setter("int64_value"),
    "FLOAT64": _setter("double_value"),
    "BOOL": _setter("bool_value"),
    "STRING": _setter("string_value"),
    "BYTES": _setter("bytes_value"),
    "JSON": _setter("json_value"),
    "NUMERIC": _setter("numeric_value", _numeric),
    "DATE": _setter("date_value", lambda value: (value - _FIRST_DAY).days),
    "TIME": _setter("time_value", _time),
    "TIMESTAMP": _timestamp,
    "DATETIME": _datetime,
    "INTERVAL": _setter("interval_value", _interval),
}


def _read_numeric(content: bytes) -> Decimal:
    with localcontext(prec=60):
        return Decimal(int.from_bytes(content, "little", signed=True)).scaleb(-9)


def _read_timestamp(content: Any) -> datetime.datetime:
    return _EPOCH + datetime.timedelta(seconds=content.seconds, microseconds=content.nanos // 1000)


def _read_datetime(content: Any) -> datetime.datetime:
    day = content.bit_field_datetime_seconds
    time = (day >> 12 & 31, day >> 6 & 63, day & 63, content.nanos // 1000)
    return datetime.datetime(day >> 26, day >> 22 & 15, day >> 17 & 31, *time)  # noqa: DTZ001 - DATETIME has no zone


def _read_time(content: int) -> datetime.time:
    nanoseconds, seconds = content & (1 << 30) - 1, content >> 30
    return datetime.time(seconds >> 12 & 31, seconds >> 6 & 63, seconds & 63, nanoseconds // 1000)


def _read_interval(content: bytes) -> tuple[int, int, int]:
    packed = int.from_bytes(content[12:16], "little")
    months = packed >> 13 & 0x3FFFF
    days = int.from_bytes(content[8:12], "little", signed=True)
    microseconds = int.from_bytes(content[:8], "little", signed=True)
    return (-months if packed >> 31 else months, days, microseconds * 1000)


# What is packed, by the type's name; all other scalars are Python's own.
READERS: dict[str, Callable[[Any], Any]] = {
    "NUMERIC": _read_numeric,
    "DATE": lambda days: _FIRST_DAY + datetime.timedelta(days=days),
    "TIME": _read_time,
    "TIMESTAMP": _read_timestamp,
    "DATETIME": _read_datetime,
    "INTERVAL": _read_interval,
}
