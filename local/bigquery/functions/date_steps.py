"""Dates and times plus and minus intervals, and how far two are apart."""

from __future__ import annotations

from typing import Any

from local.bigquery.functions.moments import HIGH, LOW, MICROSECONDS, MONTHS, is_week, moment, week_number
from local.bigquery.functions.spelling import bound
from local.bigquery.translate.call import EVALUATOR, Call

# More than lies between the first day and the last.
_MOST_MICROSECONDS = 640_000_000_000_000_000
_MOST_MONTHS = 240_000


def _step(sign: str) -> Any:
    def spell(call: Call) -> str | None:
        kind = call.kind(0)
        if kind == "TIME":
            return _time_step(call, sign)
        if kind not in LOW or len(call) != 3 or call.kind(1) != "INT64":
            return None
        part = call[2]
        if part in MONTHS and kind != "TIMESTAMP":
            value, most = _months(kind, part, sign), _MOST_MONTHS // MONTHS[part]
        elif part in MICROSECONDS:
            value, most = _microseconds(kind, part, sign), _MOST_MICROSECONDS // MICROSECONDS[part]
        else:
            return None
        result = moment_of(value) if kind == "TIMESTAMP" else value
        outside = f"{value} NOT BETWEEN {LOW[kind]} AND {HIGH[kind]}"
        google = f"{EVALUATOR}({{0}}, {{1}})"
        body = (
            f"CASE WHEN {{1}} NOT BETWEEN -{most} AND {most} THEN {google}"
            f" WHEN {outside} THEN {google} ELSE {result} END"
        )
        return bound(call.arguments[:2], body)

    return spell


def moment_of(microseconds: str) -> str:
    """The TIMESTAMP of a number of microseconds."""
    return f"make_timestamptz({microseconds})"


def _months(kind: str, part: str, sign: str) -> str:
    value = f"{{0}} {sign} to_months(CAST({{1}} * {MONTHS[part]} AS INTEGER))"
    return f"CAST({value} AS DATE)" if kind == "DATE" else f"({value})"


def _microseconds(kind: str, part: str, sign: str) -> str:
    if kind == "DATE":
        return f"({{0}} {sign} CAST({{1}} * {7 if part == 'WEEK' else 1} AS INTEGER))"
    amount = f"{{1}} * {MICROSECONDS[part]}"
    if kind == "TIMESTAMP":
        return f"(epoch_us({{0}}) {sign} {amount})"
    return f"({{0}} {sign} to_microseconds({amount}))"


def _time_step(call: Call, sign: str) -> str | None:
    part = call[2]
    if part not in MICROSECONDS:
        return None
    most = _MOST_MICROSECONDS // MICROSECONDS[part]
    body = (
        f"CASE WHEN {{1}} NOT BETWEEN -{most} AND {most} THEN {EVALUATOR}({{0}}, {{1}})"
        f" ELSE {{0}} {sign} to_microseconds({{1}} * {MICROSECONDS[part]}) END"
    )
    return bound(call.arguments[:2], body)


def _difference(call: Call) -> str | None:
    kind, part = call.kind(0), call[2]
    if call.kind(1) != kind:
        return None
    match kind:
        case "DATE":
            return _date_difference(call, part, "{}")
        case "DATETIME" if part in ("MICROSECOND", "MILLISECOND", "SECOND", "MINUTE", "HOUR"):
            return f"date_diff('{part.lower()}', {call[1]}, {call[0]})"
        case "DATETIME":
            return _date_difference(call, part, "CAST({} AS DATE)")
        case "TIMESTAMP" if part in MICROSECONDS and part != "WEEK":
            # Whole units that have passed, not bounds of units that were crossed.
            return f"((epoch_us({call[0]}) - epoch_us({call[1]})) // {MICROSECONDS[part]})"
        case _:
            return None


def _date_difference(call: Call, part: str, as_date: str) -> str | None:
    later, earlier = as_date.format(call[0]), as_date.format(call[1])
    if part == "DAY":
        return f"({later} - {earlier})"
    if is_week(part):
        return f"({week_number(later, part)} - {week_number(earlier, part)})"
    if part in MONTHS:
        return f"date_diff('{part.lower()}', {earlier}, {later})"
    if part == "ISOYEAR":
        return f"(isoyear({later}) - isoyear({earlier}))"
    return None


def _in_range(bounds: str, result: str) -> Any:
    def spell(call: Call) -> str | None:
        if call.kind(0) != "INT64":
            return None
        low, high = bounds.split("..")
        return bound(
            call.arguments,
            f"CASE WHEN {{0}} NOT BETWEEN {low} AND {high} THEN {EVALUATOR}({{0}}) ELSE {result} END",
        )

    return spell


SCALARS: dict[str, Any] = {
    **{f"{kind}_add": _step("+") for kind in ("date", "datetime", "timestamp", "time")},
    **{f"{kind}_sub": _step("-") for kind in ("date", "datetime", "timestamp", "time")},
    **{f"{kind}_diff": _difference for kind in ("date", "datetime", "timestamp")},
    "unix_date": "({0} - DATE '1970-01-01')",
    "unix_micros": "epoch_us({0})",
    "unix_millis": "((epoch_us({0}) + 62135596800000000) // 1000 - 62135596800000)",
    "unix_seconds": "((epoch_us({0}) + 62135596800000000) // 1000000 - 62135596800)",
    "date_from_unix_date": _in_range("-719162..2932896", "(DATE '1970-01-01' + CAST({0} AS INTEGER))"),
    "timestamp_seconds": _in_range("-62135596800..253402300799", moment_of("{0} * 1000000")),
    "timestamp_millis": _in_range("-62135596800000..253402300799999", moment_of("{0} * 1000")),
    "timestamp_micros": _in_range("-62135596800000000..253402300799999999", moment_of("{0}")),
}

__all__ = ["SCALARS", "moment", "moment_of"]
