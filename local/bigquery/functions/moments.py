"""DATE, DATETIME and TIMESTAMP in DuckDB SQL: their bounds, their units, and one from the other.

A TIMESTAMP is taken for the number of its microseconds wherever that will do: what DuckDB does with its own type goes
through a calendar of time zones, twenty times slower.
"""

from __future__ import annotations

from local.bigquery.translate.call import EVALUATOR, Call

MICROSECONDS = {
    "MICROSECOND": 1,
    "MILLISECOND": 1_000,
    "SECOND": 1_000_000,
    "MINUTE": 60_000_000,
    "HOUR": 3_600_000_000,
    "DAY": 86_400_000_000,
    "WEEK": 7 * 86_400_000_000,
}
MONTHS = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}
LOW = {
    "DATE": "DATE '0001-01-01'",
    "DATETIME": "TIMESTAMP '0001-01-01 00:00:00'",
    "TIMESTAMP": "-62135596800000000",
}
HIGH = {
    "DATE": "DATE '9999-12-31'",
    "DATETIME": "TIMESTAMP '9999-12-31 23:59:59.999999'",
    "TIMESTAMP": "253402300799999999",
}
# Days since the first of January of the year 1970 of a day that each weekday falls on, far in the past.
_FIRST_WEEKDAY = {
    "SUNDAY": 3,
    "MONDAY": 4,
    "TUESDAY": 5,
    "WEDNESDAY": 6,
    "THURSDAY": 0,
    "FRIDAY": 1,
    "SATURDAY": 2,
}
_WEEKS = 7 * 110_000
# Zones for which DuckDB's own time zone database gives what Google's does, from the first year to the last.
ZONES = frozenset(
    {
        "UTC", "Etc/UTC", "GMT", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/New_York",
        "America/Phoenix", "America/Sao_Paulo", "America/Toronto", "Asia/Dubai", "Asia/Hong_Kong", "Asia/Jakarta",
        "Asia/Kolkata", "Asia/Seoul", "Asia/Shanghai", "Asia/Singapore", "Asia/Tokyo", "Australia/Melbourne",
        "Australia/Sydney", "Europe/Amsterdam", "Europe/Athens", "Europe/Berlin", "Europe/Brussels", "Europe/Dublin",
        "Europe/Helsinki", "Europe/Istanbul", "Europe/Lisbon", "Europe/London", "Europe/Madrid", "Europe/Oslo",
        "Europe/Paris", "Europe/Prague", "Europe/Rome", "Europe/Stockholm", "Europe/Vienna", "Europe/Warsaw",
        "Europe/Zurich", "Pacific/Auckland",
    }
)  # fmt: skip
_UTC = frozenset({"UTC", "Etc/UTC", "GMT"})


def zone(call: Call, place: int) -> str | None:
    """The time zone that is written as the argument at `place`, UTC without one; None if DuckDB's may differ."""
    if place >= len(call):
        return "UTC"
    value = call.value(place) if call.is_literal(place) else None
    return value if value in ZONES else None


def civil(timestamp: str, name: str = "UTC") -> str:
    """The DATETIME that a TIMESTAMP is in a zone."""
    if name in _UTC:
        return f"make_timestamp(epoch_us({timestamp}))"
    return f"timezone('{name}', {timestamp})"


def in_sight(name: str, sql: str) -> str:
    """`sql` over the TIMESTAMP `{0}` in a zone; Google's evaluator where the zone's day may be out of the calendar."""
    if name in _UTC:
        return sql
    day = MICROSECONDS["DAY"]
    first, last = int(LOW["TIMESTAMP"]) + day, int(HIGH["TIMESTAMP"]) - day
    return f"CASE WHEN epoch_us({{0}}) NOT BETWEEN {first} AND {last} THEN {EVALUATOR}({{0}}, '{name}') ELSE {sql} END"


def moment(datetime: str) -> str:
    """The TIMESTAMP that a DATETIME is in UTC."""
    return f"make_timestamptz(epoch_us({datetime}))"


def day_number(date: str) -> str:
    """Days since the first of January 1970."""
    return f"({date} - DATE '1970-01-01')"


def week_number(date: str, part: str) -> str:
    """A number that is one for all days of a week. `part` is WEEK, ISOWEEK or WEEK(MONDAY)."""
    return f"(({day_number(date)} + {_WEEKS - _FIRST_WEEKDAY[first_weekday(part)]}) // 7)"


def week_start(date: str, part: str) -> str:
    """The first day of the week."""
    return f"({date} - CAST(({day_number(date)} + {_WEEKS - _FIRST_WEEKDAY[first_weekday(part)]}) % 7 AS INTEGER))"


def first_weekday(part: str) -> str:
    """The weekday with which weeks begin."""
    if part == "ISOWEEK":
        return "MONDAY"
    return part.removeprefix("WEEK").strip("()") or "SUNDAY"


def is_week(part: str) -> bool:
    """Whether the part is a week, from whichever day on."""
    return part == "ISOWEEK" or part.startswith("WEEK")
