"""Arrays, ranges and series of times: the values that Google's reference gives for its examples."""

from __future__ import annotations

import datetime
from typing import Any

from tests.contract.googlesql.refused import Refused


def _days(*days: str) -> list[datetime.date]:
    return [datetime.date.fromisoformat(day) for day in days]


def _at(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)


def _utc(text: str) -> datetime.datetime:
    return _at(text).replace(tzinfo=datetime.UTC)


def _range(*days: str | None) -> dict[str, datetime.date | None]:
    start, end = (day and datetime.date.fromisoformat(day) for day in days)
    return {"range_start": start or None, "range_end": end or None}


# The function as Google's reference names it; an expression or a query; its value, or its rows.
CASES: list[tuple[str, str, Any]] = [
    (
        "ARRAY",
        "ARRAY(SELECT n FROM (SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3) ORDER BY n)",
        [1, 2, 3],
    ),
    ("ARRAY", "ARRAY(SELECT x FROM UNNEST([3, 1, 2]) AS x ORDER BY x DESC)", [3, 2, 1]),
    ("ARRAY_CONCAT", "ARRAY_CONCAT([1, 2], [3, 4], [5, 6])", [1, 2, 3, 4, 5, 6]),
    ("ARRAY_FIRST", "ARRAY_FIRST(['a', 'b', 'c', 'd'])", "a"),
    ("ARRAY_LAST", "ARRAY_LAST(['a', 'b', 'c', 'd'])", "d"),
    ("ARRAY_LENGTH", "ARRAY_LENGTH(['coffee', NULL, 'milk'])", 3),
    ("ARRAY_LENGTH", "ARRAY_LENGTH(CAST(NULL AS ARRAY<INT64>))", None),
    ("ARRAY_REVERSE", "ARRAY_REVERSE([1, 2, 3])", [3, 2, 1]),
    ("ARRAY_SLICE", "ARRAY_SLICE(['a', 'b', 'c', 'd', 'e'], 1, 3)", ["b", "c", "d"]),
    ("ARRAY_SLICE", "ARRAY_SLICE(['a', 'b', 'c', 'd', 'e'], -3, -1)", ["c", "d", "e"]),
    ("ARRAY_SLICE", "ARRAY_SLICE(['a', 'b', 'c', 'd', 'e'], 3, 30)", ["d", "e"]),
    ("ARRAY_TO_STRING", "ARRAY_TO_STRING(['coffee', 'tea', 'milk'], '--')", "coffee--tea--milk"),
    ("ARRAY_TO_STRING", "ARRAY_TO_STRING(['cake', 'pie', NULL], '--', 'MISSING')", "cake--pie--MISSING"),
    ("ARRAY_TO_STRING", "ARRAY_TO_STRING(['cake', 'pie', NULL], '--')", "cake--pie"),
    ("GENERATE_ARRAY", "GENERATE_ARRAY(1, 5)", [1, 2, 3, 4, 5]),
    ("GENERATE_ARRAY", "GENERATE_ARRAY(0, 10, 3)", [0, 3, 6, 9]),
    ("GENERATE_ARRAY", "GENERATE_ARRAY(10, 0, -3)", [10, 7, 4, 1]),
    ("GENERATE_ARRAY", "GENERATE_ARRAY(4, 4, 10)", [4]),
    ("GENERATE_ARRAY", "GENERATE_ARRAY(10, 0, 3)", []),
    ("GENERATE_ARRAY", "GENERATE_ARRAY(5, NULL, 1)", None),
    (
        "GENERATE_DATE_ARRAY",
        "GENERATE_DATE_ARRAY('2016-10-05', '2016-10-08')",
        _days("2016-10-05", "2016-10-06", "2016-10-07", "2016-10-08"),
    ),
    (
        "GENERATE_DATE_ARRAY",
        "GENERATE_DATE_ARRAY('2016-10-05', '2016-10-09', INTERVAL 2 DAY)",
        _days("2016-10-05", "2016-10-07", "2016-10-09"),
    ),
    (
        "GENERATE_DATE_ARRAY",
        "GENERATE_DATE_ARRAY('2016-10-05', '2016-10-01', INTERVAL -3 DAY)",
        _days("2016-10-05", "2016-10-02"),
    ),
    ("GENERATE_DATE_ARRAY", "GENERATE_DATE_ARRAY('2016-10-05', NULL)", None),
    (
        "GENERATE_DATE_ARRAY",
        "GENERATE_DATE_ARRAY('2016-01-01', '2016-12-31', INTERVAL 2 MONTH)",
        _days("2016-01-01", "2016-03-01", "2016-05-01", "2016-07-01", "2016-09-01", "2016-11-01"),
    ),
    (
        "GENERATE_TIMESTAMP_ARRAY",
        "GENERATE_TIMESTAMP_ARRAY('2016-10-05 00:00:00+00', '2016-10-07 00:00:00+00', INTERVAL 1 DAY)",
        [_utc("2016-10-05 00:00:00"), _utc("2016-10-06 00:00:00"), _utc("2016-10-07 00:00:00")],
    ),
    (
        "GENERATE_TIMESTAMP_ARRAY",
        "GENERATE_TIMESTAMP_ARRAY('2016-10-06 00:00:00', '2016-10-05 00:00:00', INTERVAL -12 HOUR)",
        [_utc("2016-10-06 00:00:00"), _utc("2016-10-05 12:00:00"), _utc("2016-10-05 00:00:00")],
    ),
    ("DATE_BUCKET", "DATE_BUCKET(DATE '1949-12-31', INTERVAL 2 DAY)", datetime.date(1949, 12, 30)),
    (
        "DATE_BUCKET",
        "DATE_BUCKET(DATE '2024-01-06', INTERVAL 7 DAY, DATE '2000-12-24')",
        datetime.date(2023, 12, 31),
    ),
    (
        "DATETIME_BUCKET",
        "DATETIME_BUCKET(DATETIME '1949-12-30 13:00:00', INTERVAL 12 HOUR)",
        _at("1949-12-30 12:00:00"),
    ),
    (
        "TIMESTAMP_BUCKET",
        "TIMESTAMP_BUCKET(TIMESTAMP '1949-12-30 13:00:00.00', INTERVAL 12 HOUR)",
        _utc("1949-12-30 12:00:00"),
    ),
    (
        "GAP_FILL",
        "SELECT * FROM GAP_FILL((SELECT DATE '2025-01-01' AS t), ts_column => 't', bucket_width => INTERVAL 1 DAY)",
        Refused("does not have the function GAP_FILL"),
    ),
    (
        "GENERATE_RANGE_ARRAY",
        "GENERATE_RANGE_ARRAY(RANGE(DATE '2020-01-01', DATE '2020-01-06'), INTERVAL 1 DAY)",
        [_range(f"2020-01-0{day}", f"2020-01-0{day + 1}") for day in range(1, 6)],
    ),
    (
        "GENERATE_RANGE_ARRAY",
        "GENERATE_RANGE_ARRAY(RANGE(DATE '2020-01-01', DATE '2020-01-06'), INTERVAL 3 DAY)",
        [_range("2020-01-01", "2020-01-04"), _range("2020-01-04", "2020-01-06")],
    ),
    (
        "GENERATE_RANGE_ARRAY",
        "GENERATE_RANGE_ARRAY(RANGE(DATE '2020-01-01', DATE '2020-01-06'), INTERVAL 3 DAY, FALSE)",
        [_range("2020-01-01", "2020-01-04")],
    ),
    ("RANGE", "RANGE(DATE '2022-12-01', DATE '2022-12-31')", _range("2022-12-01", "2022-12-31")),
    ("RANGE", "RANGE(NULL, DATE '2022-12-31')", _range(None, "2022-12-31")),
    ("RANGE", "RANGE(DATE '2022-12-01', NULL) = RANGE<DATE> '[2022-12-01, UNBOUNDED)'", True),
    (
        "RANGE",
        "RANGE(DATETIME '2022-10-01 14:53:27', DATETIME '2022-10-01 16:00:00')",
        {"range_start": _at("2022-10-01T14:53:27"), "range_end": _at("2022-10-01T16:00:00")},
    ),
    (
        "RANGE",
        "RANGE(TIMESTAMP '2022-10-01 14:53:27 America/Los_Angeles', NULL)",
        {"range_start": _utc("2022-10-01T21:53:27"), "range_end": None},
    ),
    (
        "RANGE",
        "SELECT MAX(r) FROM UNNEST([RANGE<DATE> '[2022-12-01, 2022-12-31)']) AS r",
        Refused("an order of RANGE values"),
    ),
    ("RANGE_CONTAINS", "RANGE_CONTAINS(RANGE<DATE> '[2022-01-01, 2023-01-01)', DATE '2022-06-01')", True),
    ("RANGE_CONTAINS", "RANGE_CONTAINS(RANGE<DATE> '[2022-01-01, 2023-01-01)', DATE '2023-01-01')", False),
    (
        "RANGE_CONTAINS",
        "RANGE_CONTAINS(RANGE<DATE> '[2022-01-01, 2023-01-01)', RANGE<DATE> '[2022-02-01, 2022-09-01)')",
        True,
    ),
    ("RANGE_END", "RANGE_END(RANGE<DATE> '[2022-12-01, 2022-12-31)')", datetime.date(2022, 12, 31)),
    ("RANGE_END", "RANGE_END(RANGE<DATE> '[2022-12-01, UNBOUNDED)')", None),
    (
        "RANGE_INTERSECT",
        "RANGE_INTERSECT(RANGE<DATE> '[2022-02-01, 2022-09-01)', RANGE<DATE> '[2021-06-15, 2022-04-15)')",
        _range("2022-02-01", "2022-04-15"),
    ),
    (
        "RANGE_INTERSECT",
        "RANGE_INTERSECT(RANGE<DATE> '[2022-02-01, UNBOUNDED)', RANGE<DATE> '[2021-06-15, 2022-04-15)')",
        _range("2022-02-01", "2022-04-15"),
    ),
    (
        "RANGE_OVERLAPS",
        "RANGE_OVERLAPS(RANGE<DATE> '[2022-02-01, 2022-09-01)', RANGE<DATE> '[2021-06-15, 2022-04-15)')",
        True,
    ),
    (
        "RANGE_OVERLAPS",
        "RANGE_OVERLAPS(RANGE<DATE> '[2020-02-01, 2020-09-01)', RANGE<DATE> '[2021-06-15, 2022-04-15)')",
        False,
    ),
    (
        "RANGE_SESSIONIZE",
        "SELECT * FROM RANGE_SESSIONIZE((SELECT 1 AS a), 'r', ['a'])",
        Refused("does not have the function RANGE_SESSIONIZE"),
    ),
    ("RANGE_START", "RANGE_START(RANGE<DATE> '[2022-12-01, 2022-12-31)')", datetime.date(2022, 12, 1)),
    ("RANGE_START", "RANGE_START(RANGE<DATE> '[UNBOUNDED, 2022-12-31)')", None),
]
