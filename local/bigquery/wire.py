"""Rows as BigQuery's REST answers carry them."""

from __future__ import annotations

import base64
import datetime
import math
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from local.bigquery.googlesql.types import GoogleType, type_of_rest

_EPOCH = datetime.datetime(1970, 1, 1)  # noqa: DTZ001 - DuckDB hands out UTC without a zone
_MICROSECOND = datetime.timedelta(microseconds=1)
# What Python can't read of DuckDB's values, or not without further packages, is asked for in another form.
_DELIVERED = {"TIMESTAMP": "TIMESTAMP", "INTERVAL": "VARCHAR"}
_INTERVAL = re.compile(
    r"(?:(?P<years>-?\d+) years?)? ?(?:(?P<months>-?\d+) months?)? ?(?:(?P<days>-?\d+) days?)? ?"
    r"(?:(?P<sign>-?)(?P<hours>\d+):(?P<minutes>\d+):(?P<seconds>\d+)(?P<fraction>\.\d+)?)?"
)
_OPEN = "UNBOUNDED"
Write = Callable[[Any], Any]


def delivered_sql(sql: str, kinds: Sequence[GoogleType]) -> str:
    """The query with its columns in forms that `row_writer` understands; their order and the rows' stay."""
    if not any(_has_other_form(kind) for kind in kinds):
        return sql
    names = [f"c{place}" for place in range(len(kinds))]
    columns = (delivered(name, kind) for name, kind in zip(names, kinds, strict=True))
    return f"SELECT {', '.join(columns)} FROM ({sql}\n) AS delivered({', '.join(names)})"


def delivered(sql: str, kind: GoogleType) -> str:
    """The value in a form that `row_writer` understands."""
    return f"CAST({sql} AS {_delivered_type(kind)})" if _has_other_form(kind) else sql


def row_writer(kinds: Sequence[GoogleType]) -> Callable[[Sequence[Any]], list[Any]]:
    """Turns DuckDB's rows into JSON values as REST has them; a TIMESTAMP into microseconds."""
    writes = [_write(kind) for kind in kinds]

    def write(row: Sequence[Any]) -> list[Any]:
        return [one(value) for one, value in zip(writes, row, strict=True)]

    return write


def wire_rows(
    rows: Sequence[list[Any]], *, schema: list[dict[str, Any]], options: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Rows of `row_writer` in the form `{"f": [{"v": ...}]}`, TIMESTAMPs as the request's `formatOptions` say."""
    form = timestamp_form(options)
    kinds = [type_of_rest(column) for column in schema] if form is not None else []
    changes = [_reform(kind, form) if form and _has(kind, "TIMESTAMP") else None for kind in kinds]
    if not any(changes):
        return [{"f": [{"v": value} for value in row]} for row in rows]
    return [
        {
            "f": [
                {"v": value if change is None else change(value)}
                for change, value in zip(changes, row, strict=True)
            ]
        }
        for row in rows
    ]


def timestamp_form(options: Mapping[str, Any]) -> Callable[[int], str] | None:
    """How TIMESTAMPs are to be written, None for microseconds; seconds as a float unless asked for otherwise."""
    named = options.get("timestampOutputFormat")
    if named == "ISO8601_STRING":
        return _iso8601
    if named == "INT64" or str(options.get("useInt64Timestamp", "")).lower() == "true":
        return None
    return _float_seconds


def _has(kind: GoogleType, *names: str) -> bool:
    if kind.element is not None:
        return _has(kind.element, *names)
    if kind.bound is not None:
        return _has(kind.bound, *names)
    return kind.kind in names or any(_has(inner, *names) for _name, inner in kind.fields)


def _has_other_form(kind: GoogleType) -> bool:
    return _has(kind, *_DELIVERED)


def _delivered_type(kind: GoogleType) -> str:
    if kind.element is not None:
        return f"{_delivered_type(kind.element)}[]"
    if kind.is_struct:
        fields = (
            f"{kind.field_name(place)} {_delivered_type(one)}" for place, (_, one) in enumerate(kind.fields)
        )
        return f"STRUCT({', '.join(fields)})"
    if kind.bound is not None:
        bound = _delivered_type(kind.bound)
        return f"STRUCT(range_start {bound}, range_end {bound})"
    return _DELIVERED.get(kind.kind, kind.duckdb)


def _write(kind: GoogleType) -> Write:
    if kind.element is not None:
        one = _write(kind.element)
        # As the result of a query, a NULL array is an empty one.
        return lambda value: [{"v": one(item)} for item in value or ()]
    if kind.is_struct:
        writes = [(kind.field_name(place), _write(inner)) for place, (_, inner) in enumerate(kind.fields)]
        return lambda value: (
            None if value is None else {"f": [{"v": inner(value[name])} for name, inner in writes]}
        )
    if kind.bound is not None:
        end = _write(kind.bound)
        return lambda value: (
            value and f"[{end(value['range_start']) or _OPEN}, {end(value['range_end']) or _OPEN})"
        )
    write = _WRITES.get(kind.kind, str)
    return lambda value: None if value is None else write(value)


def _float(value: float) -> str:
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return "NaN" if math.isnan(value) else repr(value)


def _bool(value: bool) -> str:
    return "true" if value else "false"


def _bytes(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _iso(value: datetime.date | datetime.time) -> str:
    return value.isoformat()


def _timestamp(value: datetime.datetime) -> str:
    return str((value - _EPOCH) // _MICROSECOND)


def _numeric(value: Decimal) -> str:
    """Without an exponent, and without zeros at the end."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _interval(text: str) -> str:
    """DuckDB's `1 year 2 months 3 days 04:05:06.5` as BigQuery's `1-2 3 4:5:6.5`."""
    match = _INTERVAL.fullmatch(text)
    if match is None:
        return text
    part = match.groupdict()
    years, months = int(part["years"] or 0), int(part["months"] or 0)
    sign = "-" if years < 0 or months < 0 else ""
    hours, minutes, seconds = (int(part[name] or 0) for name in ("hours", "minutes", "seconds"))
    fraction = (part["fraction"] or "").rstrip("0").rstrip(".")
    time = f"{part['sign'] or ''}{hours}:{minutes}:{seconds}{fraction}"
    return f"{sign}{abs(years)}-{abs(months)} {part['days'] or 0} {time}"


_WRITES: dict[str, Write] = {
    "INT64": str,
    "FLOAT64": _float,
    "BOOL": _bool,
    "BYTES": _bytes,
    "DATE": _iso,
    "TIME": _iso,
    "DATETIME": _iso,
    "TIMESTAMP": _timestamp,
    "NUMERIC": _numeric,
    "INTERVAL": _interval,
}


def _reform(kind: GoogleType, form: Callable[[int], str]) -> Write:
    """Changes the microseconds in a written value of this type."""
    if kind.element is not None:
        one = _reform(kind.element, form)
        return lambda value: [{"v": one(item["v"])} for item in value]
    if kind.is_struct:
        changes = [_reform(inner, form) for _name, inner in kind.fields]
        return lambda value: (
            value
            and {"f": [{"v": change(item["v"])} for change, item in zip(changes, value["f"], strict=True)]}
        )
    if kind.kind == "TIMESTAMP":
        return lambda value: None if value is None else form(int(value))
    return lambda value: value


def _iso8601(microseconds: int) -> str:
    return (_EPOCH + microseconds * _MICROSECOND).isoformat() + "Z"


def _float_seconds(microseconds: int) -> str:
    return f"{Decimal(microseconds) / 1_000_000:E}".replace("E+", "E")
