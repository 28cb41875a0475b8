"""Functions of dates and times: constructors, and the moment that it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from local.bigquery.functions import casts, date_parts, date_steps, date_texts
from local.bigquery.functions.moments import civil, moment, zone
from local.bigquery.functions.spelling import bound
from local.bigquery.translate.call import EVALUATOR, Call


def _date(call: Call) -> str | None:
    if call.kind(0) != "INT64":
        return date_parts.in_zone("DATE")(call)
    made = "make_date({0}, {1}, {2})"
    google = f"{EVALUATOR}({{0}}, {{1}}, {{2}})"
    outside = "{0} NOT BETWEEN 1 AND 9999 OR {1} NOT BETWEEN 1 AND 12 OR {2} NOT BETWEEN 1 AND 31"
    return bound(
        call.arguments,
        f"CASE WHEN {outside} THEN {google} WHEN {{2}} <= 28 THEN {made}"
        f" WHEN {{2}} <= day(last_day(make_date({{0}}, {{1}}, 1))) THEN {made} ELSE {google} END",
    )


def _datetime(call: Call) -> str | None:
    if len(call) == 2 and call.kind(0) == "DATE" and call.kind(1) == "TIME":
        return f"({call[0]} + {call[1]})"
    return date_parts.in_zone("DATETIME")(call)


def _timestamp(call: Call) -> str | None:
    if call.kind(0) == "STRING" and len(call) == 1:
        return casts.cast(replace(call, name="$cast"))
    if zone(call, 1) not in ("UTC", "Etc/UTC", "GMT"):
        return None
    match call.kind(0):
        case "DATE" | "DATETIME":
            return moment(f"CAST({call[0]} AS TIMESTAMP)")
        case "TIMESTAMP" if len(call) == 1:
            return call[0]
        case _:
            return None


def _now(target: str) -> Any:
    def spell(call: Call) -> str | None:
        name = zone(call, 0)
        return None if name is None else f"CAST({civil('now()', name)} AS {target})"

    return spell


SCALARS: dict[str, Any] = {
    **date_steps.SCALARS,
    **date_parts.SCALARS,
    **date_texts.SCALARS,
    "date": _date,
    "datetime": _datetime,
    "timestamp": _timestamp,
    "time": date_parts.in_zone("TIME"),
    # The moment at which the statement's transaction began.
    "current_timestamp": "now()",
    "current_date": _now("DATE"),
    "current_datetime": _now("TIMESTAMP"),
    "current_time": _now("TIME"),
}
AGGREGATES: dict[str, Any] = {}
WINDOWS: dict[str, Any] = {}
