"""Dates, times and intervals: the values that Google's reference gives for its examples."""

from __future__ import annotations

import datetime
from typing import Any


def _day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def _at(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)


def _utc(text: str) -> datetime.datetime:
    return _at(text).replace(tzinfo=datetime.UTC)


def _time(text: str) -> datetime.time:
    return datetime.time.fromisoformat(text)


# The function as Google's reference names it; an expression or a query; its value, or its rows.
DATES: list[tuple[str, str, Any]] = [
    ("CURRENT_DATE", "CURRENT_DATE() = DATE(CURRENT_TIMESTAMP())", True),
    ("CURRENT_DATE", "DATE_DIFF(CURRENT_DATE('Asia/Tokyo'), CURRENT_DATE(), DAY) IN (0, 1)", True),
    ("DATE", "DATE(2016, 12, 25)", _day("2016-12-25")),
    ("DATE", "DATE(DATETIME '2016-12-25 23:59:59')", _day("2016-12-25")),
    ("DATE", "DATE(TIMESTAMP '2016-12-25 05:30:00+07', 'America/Los_Angeles')", _day("2016-12-24")),
    ("DATE_ADD", "DATE_ADD(DATE '2008-12-25', INTERVAL 5 DAY)", _day("2008-12-30")),
    ("DATE_ADD", "DATE_ADD(DATE '2024-01-31', INTERVAL 1 MONTH)", _day("2024-02-29")),
    ("DATE_DIFF", "DATE_DIFF(DATE '2010-07-07', DATE '2008-12-25', DAY)", 559),
    ("DATE_DIFF", "DATE_DIFF(DATE '2017-10-15', DATE '2017-10-14', WEEK)", 1),
    ("DATE_DIFF", "DATE_DIFF('2017-12-30', '2014-12-30', YEAR)", 3),
    ("DATE_DIFF", "DATE_DIFF('2017-12-30', '2014-12-30', ISOYEAR)", 2),
    ("DATE_DIFF", "DATE_DIFF('2017-12-18', '2017-12-17', WEEK(MONDAY))", 1),
    ("DATE_DIFF", "DATE_DIFF('2017-12-18', '2017-12-17', ISOWEEK)", 1),
    ("DATE_DIFF", "DATE_DIFF('2017-12-18', '2017-12-17', WEEK)", 0),
    ("DATE_FROM_UNIX_DATE", "DATE_FROM_UNIX_DATE(14238)", _day("2008-12-25")),
    ("DATE_SUB", "DATE_SUB(DATE '2008-12-25', INTERVAL 5 DAY)", _day("2008-12-20")),
    ("DATE_TRUNC", "DATE_TRUNC(DATE '2008-12-25', MONTH)", _day("2008-12-01")),
    ("DATE_TRUNC", "DATE_TRUNC(DATE '2017-11-05', WEEK(MONDAY))", _day("2017-10-30")),
    ("DATE_TRUNC", "DATE_TRUNC(DATE '2015-06-15', ISOYEAR)", _day("2014-12-29")),
    ("EXTRACT", "EXTRACT(DAY FROM DATE '2013-12-25')", 25),
    ("EXTRACT", "EXTRACT(ISOYEAR FROM DATE '2016-01-01')", 2015),
    ("EXTRACT", "EXTRACT(ISOWEEK FROM DATE '2016-01-01')", 53),
    ("EXTRACT", "EXTRACT(WEEK FROM DATE '2016-01-01')", 0),
    ("EXTRACT", "EXTRACT(WEEK(MONDAY) FROM DATE '2017-11-06')", 45),
    ("EXTRACT", "EXTRACT(DAYOFWEEK FROM DATE '2017-11-05')", 1),
    ("EXTRACT", "EXTRACT(DAY FROM INTERVAL '10-3 4 5:6:7' YEAR TO SECOND)", 4),
    ("FORMAT_DATE", "FORMAT_DATE('%x', DATE '2008-12-25')", "12/25/08"),
    ("FORMAT_DATE", "FORMAT_DATE('%b-%d-%Y', DATE '2008-12-25')", "Dec-25-2008"),
    ("FORMAT_DATE", "FORMAT_DATE('%b %Y', DATE '2008-12-25')", "Dec 2008"),
    ("LAST_DAY", "LAST_DAY(DATE '2008-11-25')", _day("2008-11-30")),
    ("LAST_DAY", "LAST_DAY(DATE '2008-11-25', YEAR)", _day("2008-12-31")),
    ("LAST_DAY", "LAST_DAY(DATE '2008-11-10', WEEK(SUNDAY))", _day("2008-11-15")),
    ("PARSE_DATE", "PARSE_DATE('%x', '12/25/08')", _day("2008-12-25")),
    ("PARSE_DATE", "PARSE_DATE('%Y%m%d', '20081225')", _day("2008-12-25")),
    ("PARSE_DATE", "PARSE_DATE('%A %b %e %Y', 'Thursday Dec 25 2008')", _day("2008-12-25")),
    ("UNIX_DATE", "UNIX_DATE(DATE '2008-12-25')", 14238),
]

DATETIMES: list[tuple[str, str, Any]] = [
    ("CURRENT_DATETIME", "CURRENT_DATETIME() = DATETIME(CURRENT_TIMESTAMP())", True),
    ("DATETIME", "DATETIME(2008, 12, 25, 5, 30, 0)", _at("2008-12-25 05:30:00")),
    (
        "DATETIME",
        "DATETIME(TIMESTAMP '2008-12-25 05:30:00+00', 'America/Los_Angeles')",
        _at("2008-12-24 21:30:00"),
    ),
    ("DATETIME", "DATETIME(DATE '2008-12-25', TIME '05:30:00')", _at("2008-12-25 05:30:00")),
    (
        "DATETIME_ADD",
        "DATETIME_ADD(DATETIME '2008-12-25 15:30:00', INTERVAL 10 MINUTE)",
        _at("2008-12-25 15:40:00"),
    ),
    (
        "DATETIME_DIFF",
        "DATETIME_DIFF(DATETIME '2010-07-07 10:20:00', DATETIME '2008-12-25 15:30:00', DAY)",
        559,
    ),
    (
        "DATETIME_DIFF",
        "DATETIME_DIFF(DATETIME '2017-10-15 00:00:00', DATETIME '2017-10-14 00:00:00', WEEK)",
        1,
    ),
    (
        "DATETIME_SUB",
        "DATETIME_SUB(DATETIME '2008-12-25 15:30:00', INTERVAL 10 MINUTE)",
        _at("2008-12-25 15:20:00"),
    ),
    ("DATETIME_TRUNC", "DATETIME_TRUNC(DATETIME '2008-12-25 15:30:00', DAY)", _at("2008-12-25 00:00:00")),
    (
        "DATETIME_TRUNC",
        "DATETIME_TRUNC(DATETIME '2017-11-05 00:00:00', WEEK(MONDAY))",
        _at("2017-10-30 00:00:00"),
    ),
    ("DATETIME_TRUNC", "DATETIME_TRUNC('2015-06-15 00:00:00', ISOYEAR)", _at("2014-12-29 00:00:00")),
    ("FORMAT_DATETIME", "FORMAT_DATETIME('%c', DATETIME '2008-12-25 15:30:00')", "Thu Dec 25 15:30:00 2008"),
    ("FORMAT_DATETIME", "FORMAT_DATETIME('%b %Y', DATETIME '2008-12-25 15:30:00')", "Dec 2008"),
    (
        "PARSE_DATETIME",
        "PARSE_DATETIME('%Y-%m-%d %H:%M:%S', '1998-10-18 13:45:55')",
        _at("1998-10-18 13:45:55"),
    ),
    (
        "PARSE_DATETIME",
        "PARSE_DATETIME('%m/%d/%Y %I:%M:%S %p', '8/30/2018 2:23:38 pm')",
        _at("2018-08-30 14:23:38"),
    ),
    ("CURRENT_TIME", "CURRENT_TIME() = TIME(CURRENT_TIMESTAMP())", True),
    ("TIME", "TIME(15, 30, 0)", _time("15:30:00")),
    ("TIME", "TIME(TIMESTAMP '2008-12-25 15:30:00+08', 'America/Los_Angeles')", _time("23:30:00")),
    ("TIME", "TIME(DATETIME '2008-12-25 15:30:00.000000')", _time("15:30:00")),
    ("TIME_ADD", "TIME_ADD(TIME '15:30:00', INTERVAL 10 MINUTE)", _time("15:40:00")),
    ("TIME_DIFF", "TIME_DIFF(TIME '15:30:00', TIME '14:35:00', MINUTE)", 55),
    ("TIME_SUB", "TIME_SUB(TIME '15:30:00', INTERVAL 10 MINUTE)", _time("15:20:00")),
    ("TIME_TRUNC", "TIME_TRUNC(TIME '15:30:00', HOUR)", _time("15:00:00")),
    ("FORMAT_TIME", "FORMAT_TIME('%R', TIME '15:30:00')", "15:30"),
    ("PARSE_TIME", "PARSE_TIME('%H', '15')", _time("15:00:00")),
    ("PARSE_TIME", "PARSE_TIME('%I:%M:%S %p', '2:23:38 pm')", _time("14:23:38")),
]

TIMESTAMPS: list[tuple[str, str, Any]] = [
    ("CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP() > TIMESTAMP '2020-01-01 00:00:00+00'", True),
    ("EXTRACT", "EXTRACT(DAY FROM TIMESTAMP '2008-12-25 05:30:00+00' AT TIME ZONE 'UTC')", 25),
    (
        "EXTRACT",
        "EXTRACT(DAY FROM TIMESTAMP '2008-12-25 05:30:00+00' AT TIME ZONE 'America/Los_Angeles')",
        24,
    ),
    ("EXTRACT", "EXTRACT(ISOYEAR FROM TIMESTAMP '2007-12-31 12:00:00+00')", 2008),
    (
        "FORMAT_TIMESTAMP",
        "FORMAT_TIMESTAMP('%c', TIMESTAMP '2050-12-25 15:30:55+00', 'UTC')",
        "Sun Dec 25 15:30:55 2050",
    ),
    ("FORMAT_TIMESTAMP", "FORMAT_TIMESTAMP('%b-%d-%Y', TIMESTAMP '2050-12-25 15:30:55+00')", "Dec-25-2050"),
    (
        "FORMAT_TIMESTAMP",
        "FORMAT_TIMESTAMP('%Y-%m-%dT%H:%M:%SZ', TIMESTAMP '2050-12-25 15:30:55', 'UTC')",
        "2050-12-25T15:30:55Z",
    ),
    (
        "PARSE_TIMESTAMP",
        "PARSE_TIMESTAMP('%a %b %e %I:%M:%S %Y', 'Thu Dec 25 07:30:00 2008')",
        _utc("2008-12-25 07:30:00"),
    ),
    ("PARSE_TIMESTAMP", "PARSE_TIMESTAMP('%c', 'Thu Dec 25 07:30:00 2008')", _utc("2008-12-25 07:30:00")),
    ("STRING", "STRING(TIMESTAMP '2008-12-25 15:30:00+00', 'UTC')", "2008-12-25 15:30:00+00"),
    ("TIMESTAMP", "TIMESTAMP('2008-12-25 15:30:00+00')", _utc("2008-12-25 15:30:00")),
    ("TIMESTAMP", "TIMESTAMP('2008-12-25 15:30:00', 'America/Los_Angeles')", _utc("2008-12-25 23:30:00")),
    ("TIMESTAMP", "TIMESTAMP(DATETIME '2008-12-25 15:30:00')", _utc("2008-12-25 15:30:00")),
    ("TIMESTAMP", "TIMESTAMP(DATE '2008-12-25')", _utc("2008-12-25 00:00:00")),
    (
        "TIMESTAMP_ADD",
        "TIMESTAMP_ADD(TIMESTAMP '2008-12-25 15:30:00+00', INTERVAL 10 MINUTE)",
        _utc("2008-12-25 15:40:00"),
    ),
    (
        "TIMESTAMP_DIFF",
        "TIMESTAMP_DIFF(TIMESTAMP '2010-07-07 10:20:00+00', TIMESTAMP '2008-12-25 15:30:00+00', HOUR)",
        13410,
    ),
    ("TIMESTAMP_DIFF", "TIMESTAMP_DIFF(TIMESTAMP '2018-08-14', TIMESTAMP '2018-10-14', DAY)", -61),
    ("TIMESTAMP_DIFF", "TIMESTAMP_DIFF('2001-02-01 01:00:00', '2001-02-01 00:00:01', HOUR)", 0),
    ("TIMESTAMP_MICROS", "TIMESTAMP_MICROS(1230219000000000)", _utc("2008-12-25 15:30:00")),
    ("TIMESTAMP_MILLIS", "TIMESTAMP_MILLIS(1230219000000)", _utc("2008-12-25 15:30:00")),
    ("TIMESTAMP_SECONDS", "TIMESTAMP_SECONDS(1230219000)", _utc("2008-12-25 15:30:00")),
    (
        "TIMESTAMP_SUB",
        "TIMESTAMP_SUB(TIMESTAMP '2008-12-25 15:30:00+00', INTERVAL 10 MINUTE)",
        _utc("2008-12-25 15:20:00"),
    ),
    (
        "TIMESTAMP_TRUNC",
        "TIMESTAMP_TRUNC(TIMESTAMP '2008-12-25 15:30:00+00', DAY, 'UTC')",
        _utc("2008-12-25 00:00:00"),
    ),
    (
        "TIMESTAMP_TRUNC",
        "TIMESTAMP_TRUNC(TIMESTAMP '2008-12-25 15:30:00+00', DAY, 'America/Los_Angeles')",
        _utc("2008-12-25 08:00:00"),
    ),
    (
        "TIMESTAMP_TRUNC",
        "TIMESTAMP_TRUNC(TIMESTAMP '2017-11-06 00:00:00+12', WEEK(MONDAY), 'Pacific/Auckland')",
        _utc("2017-11-05 11:00:00"),
    ),
    ("UNIX_MICROS", "UNIX_MICROS(TIMESTAMP '2008-12-25 15:30:00+00')", 1230219000000000),
    ("UNIX_MILLIS", "UNIX_MILLIS(TIMESTAMP '1970-01-01 00:00:00.0018+00')", 1),
    ("UNIX_SECONDS", "UNIX_SECONDS(TIMESTAMP '1970-01-01 00:00:01.8+00')", 1),
    ("JUSTIFY_DAYS", "CAST(JUSTIFY_DAYS(INTERVAL 31 DAY) AS STRING)", "0-1 1 0:0:0"),
    ("JUSTIFY_HOURS", "CAST(JUSTIFY_HOURS(INTERVAL 47 HOUR) AS STRING)", "0-0 1 23:0:0"),
    (
        "JUSTIFY_INTERVAL",
        "CAST(JUSTIFY_INTERVAL(INTERVAL '29 49:00:00' DAY TO SECOND) AS STRING)",
        "0-1 1 1:0:0",
    ),
    ("MAKE_INTERVAL", "CAST(MAKE_INTERVAL(1, 6, 15) AS STRING)", "1-6 15 0:0:0"),
    ("MAKE_INTERVAL", "CAST(MAKE_INTERVAL(hour => 10, second => 20) AS STRING)", "0-0 0 10:0:20"),
]
CASES = [*DATES, *DATETIMES, *TIMESTAMPS]
