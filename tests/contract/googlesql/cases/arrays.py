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


_RANGE = "RANGE<DATE> '[2020-01-01, 2020-12-31)'"
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
        Refused("function not found: GAP_FILL"),
    ),
    ("GENERATE_RANGE_ARRAY", f"GENERATE_RANGE_ARRAY({_RANGE}, INTERVAL 1 MONTH)", Refused("RANGE")),
    ("RANGE", "RANGE(DATE '2022-12-01', DATE '2022-12-31')", Refused("RANGE")),
    ("RANGE_CONTAINS", f"RANGE_CONTAINS({_RANGE}, DATE '2020-06-01')", Refused("RANGE")),
    ("RANGE_END", f"RANGE_END({_RANGE})", Refused("RANGE")),
    ("RANGE_INTERSECT", f"RANGE_INTERSECT({_RANGE}, {_RANGE})", Refused("RANGE")),
    ("RANGE_OVERLAPS", f"RANGE_OVERLAPS({_RANGE}, {_RANGE})", Refused("RANGE")),
    (
        "RANGE_SESSIONIZE",
        "SELECT * FROM RANGE_SESSIONIZE((SELECT 1 AS a), 'r', ['a'])",
        Refused("function not found: RANGE_SESSIONIZE"),
    ),
    ("RANGE_START", f"RANGE_START({_RANGE})", Refused("RANGE")),
]
