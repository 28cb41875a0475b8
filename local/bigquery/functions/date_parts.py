"""What dates and times are made of, and where the part begins that they are in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from local.bigquery.functions.moments import (
    LOW,
    MICROSECONDS,
    MONTHS,
    civil,
    first_weekday,
    in_sight,
    is_week,
    moment,
    week_start,
    zone,
)
from local.bigquery.functions.spelling import bound
from local.bigquery.translate.call import EVALUATOR, Call

_WEEKDAYS = ("SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY")
_DATE_PARTS = {
    "YEAR": "year({0})",
    "ISOYEAR": "isoyear({0})",
    "QUARTER": "quarter({0})",
    "MONTH": "month({0})",
    "ISOWEEK": "week({0})",
    "DAY": "day({0})",
    "DAYOFWEEK": "(dayofweek({0}) + 1)",
    "DAYOFYEAR": "dayofyear({0})",
}
_TIME_PARTS = {
    "HOUR": "hour({0})",
    "MINUTE": "minute({0})",
    "SECOND": "second({0})",
    "MILLISECOND": "(microsecond({0}) % 1000000 // 1000)",
    "MICROSECOND": "(microsecond({0}) % 1000000)",
}


def _part(part: str, kind: str) -> str | None:
    if kind != "TIME":
        if part in _DATE_PARTS:
            return _DATE_PARTS[part]
        if is_week(part):
            # Days before the first such weekday of a year are in its week 0.
            shift = 7 - _WEEKDAYS.index(first_weekday(part))
            return f"((dayofyear({{0}}) + 6 - (dayofweek({{0}}) + {shift}) % 7) // 7)"
    return _TIME_PARTS.get(part) if kind != "DATE" else None


def _extract(call: Call) -> str | None:
    if len(call) < 2 or call.kind(1) != "ENUM":
        return None
    kind, part = call.kind(0), call[1]
    if kind in ("DATE", "DATETIME", "TIME") and len(call) == 2:
        template = _part(part, kind)
        return None if template is None else bound(call.arguments[:1], template)
    name = zone(call, 2)
    if kind != "TIMESTAMP" or name is None:
        return None
    template = _part(part, "DATETIME")
    if template is None:
        return None
    return bound(call.arguments[:1], in_sight(name, over(civil("{0}", name), template)))


def over(local: str, template: str) -> str:
    """The template over a DATETIME that is made of `{0}`."""
    return template.replace("{0}", local)


def in_zone(target: str) -> Callable[[Call], str | None]:
    """A DATE, TIME or DATETIME of a TIMESTAMP in a time zone, or of a DATETIME."""

    duckdb = "TIMESTAMP" if target == "DATETIME" else target

    def spell(call: Call) -> str | None:
        match call.kind(0):
            case "TIMESTAMP":
                name = zone(call, 1)
                if name is None:
                    return None
                return bound(call.arguments[:1], in_sight(name, f"CAST({civil('{0}', name)} AS {duckdb})"))
            case "DATETIME" | "DATE" if len(call) == 1:
                return f"CAST({call[0]} AS {duckdb})"
            case _:
                return None

    return spell


def _trunc(call: Call) -> str | None:
    kind, part = call.kind(0), call[1]
    match kind:
        case "DATE" if len(call) == 2:
            return _trunc_date(call[0], part)
        case "DATETIME" if len(call) == 2:
            return _trunc_datetime(call[0], part)
        case "TIMESTAMP" if zone(call, 2) in ("UTC", "Etc/UTC", "GMT"):
            return _trunc_timestamp(call[0], part)
        case _:
            return None


def _trunc_date(date: str, part: str) -> str | None:
    if part == "DAY":
        return date
    if part in MONTHS:
        return f"CAST(date_trunc('{part.lower()}', {date}) AS DATE)"
    if part == "ISOYEAR":
        return bound([date], _not_before(week_start("make_date(isoyear({0}), 1, 4)", "ISOWEEK")))
    return bound([date], _not_before(week_start("{0}", part))) if is_week(part) else None


def _not_before(value: str) -> str:
    return f"CASE WHEN {value} < {LOW['DATE']} THEN {EVALUATOR}({{0}}) ELSE {value} END"


def _trunc_datetime(datetime: str, part: str) -> str | None:
    if part == "MICROSECOND":
        return datetime
    if part in MICROSECONDS and part != "WEEK":
        return f"date_trunc('{part.lower()}', {datetime})"
    if part in MONTHS:
        return f"CAST(date_trunc('{part.lower()}', {datetime}) AS TIMESTAMP)"
    if is_week(part):
        start = f"CAST({week_start('CAST({0} AS DATE)', part)} AS TIMESTAMP)"
        return bound(
            [datetime], f"CASE WHEN {start} < {LOW['DATETIME']} THEN {EVALUATOR}({{0}}) ELSE {start} END"
        )
    return None


def _trunc_timestamp(timestamp: str, part: str) -> str | None:
    if part == "MICROSECOND":
        return timestamp
    if part in MICROSECONDS and part != "WEEK":
        unit, first = MICROSECONDS[part], -int(LOW["TIMESTAMP"])
        body = f"make_timestamptz(epoch_us({{0}}) - (epoch_us({{0}}) + {first}) % {unit})"
        return bound([timestamp], body)
    if part in MONTHS:
        return moment(f"date_trunc('{part.lower()}', {civil(timestamp)})")
    if is_week(part):
        start = week_start(f"CAST({civil('{0}')} AS DATE)", part)
        result = moment(f"CAST({start} AS TIMESTAMP)")
        body = f"CASE WHEN {start} < {LOW['DATE']} THEN {EVALUATOR}({{0}}) ELSE {result} END"
        return bound([timestamp], body)
    return None


def _last_day(call: Call) -> str | None:
    if call.kind(0) not in ("DATE", "DATETIME"):
        return None
    part = call[1] if len(call) > 1 else "MONTH"
    match part:
        case "MONTH":
            return f"last_day({call[0]})"
        case "YEAR":
            return f"make_date(year({call[0]}), 12, 31)"
        case _:
            return None


SCALARS: dict[str, Any] = {
    "$extract": _extract,
    "$extract_date": in_zone("DATE"),
    "$extract_time": in_zone("TIME"),
    "$extract_datetime": in_zone("DATETIME"),
    "date_trunc": _trunc,
    "datetime_trunc": _trunc,
    "timestamp_trunc": _trunc,
    "last_day": _last_day,
}
