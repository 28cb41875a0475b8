"""TIMESTAMP(…) and DATE(…) as functions, differences of times, weeks that begin on Monday.

BigQuery reads texts like CAST does, in UTC; TIMESTAMP_DIFF counts whole units that have passed; WEEK(MONDAY) is the
ISO week. Upstream 1.4.0 leaves the texts to DuckDB, counts the boundaries that were crossed, and drops the weekday.
"""

from __future__ import annotations

from sqlglot import exp

from local.bigquery.dialect.correction import Correction, call


def _correct_timestamp(node: exp.Timestamp) -> exp.Expression | None:
    return None if node.args.get("zone") else call("bq_cast_timestamp", node.this)


def _correct_date(node: exp.Date) -> exp.Expression | None:
    if node.expressions or node.this is None:
        return None
    zone = node.args.get("zone")
    if zone is None:
        return call("bq_cast_date", node.this)
    return call("bq_date_in_zone", node.this, zone)


_MICROSECONDS = {
    "MICROSECOND": 1,
    "MILLISECOND": 1_000,
    "SECOND": 1_000_000,
    "MINUTE": 60_000_000,
    "HOUR": 3_600_000_000,
    "DAY": 86_400_000_000,
}


def _correct_difference(node: exp.TimestampDiff) -> exp.Expression | None:
    unit = node.args.get("unit")
    microseconds = _MICROSECONDS.get(unit.name.upper()) if unit else None
    if microseconds is None:
        return None
    return call("bq_timestamp_diff", node.this, node.expression, exp.Literal.number(microseconds))


def _correct_truncation(node: exp.DateTrunc | exp.TimestampTrunc) -> exp.Expression | None:
    unit = node.args.get("unit")
    monday = isinstance(unit, exp.WeekStart) and unit.name.upper() == "MONDAY"
    if not monday and (unit is None or unit.name.upper() != "ISOWEEK"):
        return None
    return call("bq_date_of_monday" if isinstance(node, exp.DateTrunc) else "bq_start_of_monday", node.this)


def _correct_format(node: exp.TimeToStr) -> exp.Expression | None:
    """`%E3S`, seconds with three decimals, is `%S.%g` to DuckDB."""
    text, moment = node.args["format"], node.this
    if (
        not isinstance(moment, exp.TsOrDsToTimestamp)
        or not isinstance(text, exp.Literal)
        or "%E3S" not in text.name
    ):
        return None
    spelt = exp.Literal.string(text.name.replace("%E3S", "%S.%g"))
    return call("bq_format_timestamp", spelt, moment.this, node.args.get("zone") or exp.Literal.string("UTC"))


TIMES: dict[type[exp.Expression], Correction] = {
    exp.Timestamp: _correct_timestamp,
    exp.Date: _correct_date,
    exp.TimestampDiff: _correct_difference,
    exp.DateTrunc: _correct_truncation,
    exp.TimestampTrunc: _correct_truncation,
    exp.TimeToStr: _correct_format,
}
