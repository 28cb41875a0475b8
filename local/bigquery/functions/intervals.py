"""INTERVALs, and times plus and minus them. What leaves BigQuery's ranges is left to Google's evaluator."""

from __future__ import annotations

from local.bigquery.functions.spelling import or_evaluator
from local.bigquery.translate.call import Call

_MONTHS = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}
_DAYS = {"DAY": 1, "WEEK": 7}
_MICROSECONDS = {
    "MICROSECOND": 1, "MILLISECOND": 1000, "SECOND": 1_000_000, "MINUTE": 60_000_000, "HOUR": 3_600_000_000,
}  # fmt: skip
# The most months and days of an INTERVAL, 10000 years, and the most microseconds that Arrow can hold, 292 years.
_MOST_MONTHS, _MOST_DAYS, _MOST_MICROSECONDS = 120_000, 3_660_000, 9_223_372_036_854_775
_FIRST, _LAST = "TIMESTAMP '0001-01-01 00:00:00'", "TIMESTAMP '9999-12-31 23:59:59.999999'"
_DAY = 24 * _MICROSECONDS["HOUR"]


def interval(call: Call) -> str | None:
    """`INTERVAL number PART`."""
    part = call[1]
    if call.kind(0) != "INT64":
        return None
    for steps, function, kind, most in (
        (_MONTHS, "to_months", "INTEGER", _MOST_MONTHS),
        (_DAYS, "to_days", "INTEGER", _MOST_DAYS),
        (_MICROSECONDS, "to_microseconds", "BIGINT", _MOST_MICROSECONDS),
    ):
        if part in steps:
            limit = most // steps[part]
            return or_evaluator(
                call,
                f"{{0}} BETWEEN -{limit} AND {limit}",
                f"{function}(CAST({{0}} * {steps[part]} AS {kind}))",
            )
    return None


def moved(call: Call, operator: str) -> str | None:
    """A DATE, DATETIME or TIMESTAMP plus or minus an INTERVAL."""
    time, by = (1, 0) if call.kind(0) == "INTERVAL" and operator == "+" else (0, 1)
    if call.kind(by) != "INTERVAL":
        return None
    match call.kind(time):
        case "TIMESTAMP":
            # Months have no length to a TIMESTAMP; what is left needs no calendar.
            result = f"epoch_us({{{time}}}) {operator} epoch_us({{{by}}})"
            exact = f"date_part('year', {{{by}}}) = 0 AND date_part('month', {{{by}}}) = 0"
            condition = f"{exact} AND {result} BETWEEN epoch_us({_FIRST}) AND epoch_us({_LAST})"
            return or_evaluator(call, condition, f"make_timestamptz({result})")
        case "DATE" | "DATETIME":
            result = f"CAST({{{time}}} AS TIMESTAMP) {operator} {{{by}}}"
            return or_evaluator(call, f"{result} BETWEEN {_FIRST} AND {_LAST}", result)
        case _:
            return None


def difference(call: Call) -> str | None:
    """The INTERVAL between two of a kind."""
    if call.kind(0) != call.kind(1):
        return None
    match call.kind(0):
        case "DATE":
            return f"to_days(CAST({call[0]} - {call[1]} AS INTEGER))"
        case "TIMESTAMP":
            apart = "epoch_us({0}) - epoch_us({1})"
            return or_evaluator(call, f"abs({apart}) <= {_MOST_MICROSECONDS}", f"to_microseconds({apart})")
        case "DATETIME":
            apart = "(epoch_us({0}) - epoch_us({1}))"
            days = f"to_days(CAST({apart} // {_DAY} AS INTEGER)) + to_microseconds({apart} % {_DAY})"
            return or_evaluator(call, "{0} IS NOT NULL AND {1} IS NOT NULL", days)
        case _:
            return None
