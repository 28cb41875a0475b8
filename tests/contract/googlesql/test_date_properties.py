"""Dates and times as DuckDB computes them, and as Google's evaluator does."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.bigquery.functions.moments import ZONES
from local.bigquery.googlesql.types import DATE, DATETIME, INT64, STRING, TIME, TIMESTAMP, GoogleType
from tests.contract.googlesql.agreement import assert_agreement
from tests.contract.googlesql.conftest import Engine
from tests.contract.googlesql.effort import AS_MANY, telling

_DATES = st.dates() | st.sampled_from(
    [
        datetime.date.min,
        datetime.date.max,
        datetime.date(1, 1, 7),
        datetime.date(1970, 1, 1),
        datetime.date(2024, 2, 29),
    ]
)
_DATETIMES = st.datetimes() | st.sampled_from(
    [datetime.datetime.fromisoformat(text) for text in ("0001-01-01T00:00:00", "9999-12-31T23:59:59.999999")]
)
_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "DATE": _DATES,
    "DATETIME": _DATETIMES,
    "TIMESTAMP": _DATETIMES.map(lambda one: one.replace(tzinfo=datetime.UTC)),
    "TIME": st.times(),
    "STRING": st.tuples(
        _DATETIMES,
        st.sampled_from(
            [
                "%Y-%m-%d %H:%M:%S",
                "%Y-%m-%dT%H:%M:%SZ",
                "%Y%m%d%H%M%S",
                "%d.%m.%Y %H:%M",
                "%Y-%m-%d",
                "%Y%m%d",
                "%d/%m/%Y",
            ]
        ),
        st.sampled_from(["", " ", "x", "0"]),
    ).map(lambda one: one[0].strftime(one[1]) + one[2])
    | st.sampled_from(
        ["2024-02-30", "20240230", "0000-01-01", "2024-1-2", " 2024-01-02", "24-01-02", "2024-13-01", ""]
    ),
    "INT64": st.integers(-20, 20)
    | st.integers(-4_000_000, 4_000_000)
    | st.integers(-(10**18), 10**18)
    | st.sampled_from([2**63 - 1, -(2**63)]),
}
_DATE_PARTS = (
    "DAY", "WEEK", "WEEK(MONDAY)", "WEEK(SATURDAY)", "WEEK(THURSDAY)", "ISOWEEK", "MONTH", "QUARTER", "YEAR", "ISOYEAR",
)  # fmt: skip
_TIME_PARTS = ("MICROSECOND", "MILLISECOND", "SECOND", "MINUTE", "HOUR")
_UNITS = ("DAY", "WEEK", "MONTH", "QUARTER", "YEAR")

EXPRESSIONS: list[tuple[str, list[GoogleType]]] = [
    *((f"DATE_{word}(a0, INTERVAL a1 {part})", [DATE, INT64]) for word in ("ADD", "SUB") for part in _UNITS),
    *(
        (f"DATETIME_{word}(a0, INTERVAL a1 {part})", [DATETIME, INT64])
        for word in ("ADD", "SUB")
        for part in _UNITS + _TIME_PARTS
    ),
    *(
        (f"TIMESTAMP_{word}(a0, INTERVAL a1 {part})", [TIMESTAMP, INT64])
        for word in ("ADD", "SUB")
        for part in ("DAY", *_TIME_PARTS)
    ),
    *(
        (f"TIME_{word}(a0, INTERVAL a1 {part})", [TIME, INT64])
        for word in ("ADD", "SUB")
        for part in _TIME_PARTS
    ),
    *((f"DATE_DIFF(a0, a1, {part})", [DATE, DATE]) for part in _DATE_PARTS),
    *((f"DATETIME_DIFF(a0, a1, {part})", [DATETIME, DATETIME]) for part in _DATE_PARTS + _TIME_PARTS),
    *((f"TIMESTAMP_DIFF(a0, a1, {part})", [TIMESTAMP, TIMESTAMP]) for part in ("DAY", *_TIME_PARTS)),
    *((f"TIME_DIFF(a0, a1, {part})", [TIME, TIME]) for part in _TIME_PARTS),
    *((f"DATE_TRUNC(a0, {part})", [DATE]) for part in _DATE_PARTS),
    *((f"DATETIME_TRUNC(a0, {part})", [DATETIME]) for part in _DATE_PARTS + _TIME_PARTS),
    *((f"TIMESTAMP_TRUNC(a0, {part})", [TIMESTAMP]) for part in _DATE_PARTS + _TIME_PARTS),
    ("TIMESTAMP_TRUNC(a0, DAY, 'Europe/Berlin')", [TIMESTAMP]),
    *((f"EXTRACT({part} FROM a0)", [DATE]) for part in (*_DATE_PARTS, "DAYOFWEEK", "DAYOFYEAR")),
    *(
        (f"EXTRACT({part} FROM a0)", [DATETIME])
        for part in (*_DATE_PARTS, "DAYOFWEEK", *_TIME_PARTS, "DATE", "TIME")
    ),
    *(
        (f"EXTRACT({part} FROM a0)", [TIMESTAMP])
        for part in (*_DATE_PARTS, *_TIME_PARTS, "DATE", "TIME", "DATETIME")
    ),
    *((f"EXTRACT({part} FROM a0)", [TIME]) for part in _TIME_PARTS),
    ("EXTRACT(HOUR FROM a0 AT TIME ZONE 'Asia/Kolkata')", [TIMESTAMP]),
    ("EXTRACT(DATE FROM a0 AT TIME ZONE 'Australia/Sydney')", [TIMESTAMP]),
    *((f"LAST_DAY(a0{part})", [DATE]) for part in ("", ", YEAR", ", QUARTER", ", WEEK(MONDAY)")),
    ("UNIX_DATE(a0)", [DATE]),
    *((f"UNIX_{unit}(a0)", [TIMESTAMP]) for unit in ("SECONDS", "MILLIS", "MICROS")),
    *((f"TIMESTAMP_{unit}(a0)", [INT64]) for unit in ("SECONDS", "MILLIS", "MICROS")),
    ("DATE_FROM_UNIX_DATE(a0)", [INT64]),
    ("DATE(a0, a1, a2)", [INT64, INT64, INT64]),
    ("DATE(a0)", [TIMESTAMP]),
    ("DATE(a0, 'America/New_York')", [TIMESTAMP]),
    ("DATE(a0)", [DATETIME]),
    ("DATETIME(a0)", [DATE]),
    ("DATETIME(a0, a1)", [DATE, TIME]),
    ("DATETIME(a0)", [TIMESTAMP]),
    ("DATETIME(a0, 'Europe/London')", [TIMESTAMP]),
    ("TIME(a0)", [DATETIME]),
    ("TIME(a0)", [TIMESTAMP]),
    ("TIMESTAMP(a0)", [DATE]),
    ("TIMESTAMP(a0)", [DATETIME]),
    ("TIMESTAMP(a0, 'America/Los_Angeles')", [DATETIME]),
]

_DATE_FORMATS = (
    "%Y-%m-%d",
    "%F",
    "%Y%m%d",
    "%Y%m",
    "%d/%m/%y",
    "%A, %B %d",
    "%a %b %j 100%%",
    "%G-W%V",
    "%H",
    "it's %Q",
)
_TIME_FORMATS = ("%H:%M:%S", "%T", "%R", "%I:%M %p", "%H%M%E3S", "%E6S", "%E*S", "%S%Z")
EXPRESSIONS += [
    *((f'FORMAT_DATE("{form}", a0)', [DATE]) for form in _DATE_FORMATS),
    *((f'FORMAT_DATETIME("{form}", a0)', [DATETIME]) for form in _DATE_FORMATS + _TIME_FORMATS),
    *((f'FORMAT_TIMESTAMP("{form}", a0)', [TIMESTAMP]) for form in _DATE_FORMATS + _TIME_FORMATS),
    *((f'FORMAT_TIME("{form}", a0)', [TIME]) for form in _TIME_FORMATS),
    ("FORMAT_TIMESTAMP('%Y-%m-%d %H', a0, 'Asia/Tokyo')", [TIMESTAMP]),
    ("FORMAT_TIMESTAMP('%b', a0, 'America/New_York')", [TIMESTAMP]),
    *((f"PARSE_DATE('{form}', a0)", [STRING]) for form in ("%Y-%m-%d", "%Y%m%d", "%d/%m/%Y", "%F", "%Y-%m")),
    *(
        (f"PARSE_{kind}('{form}', a0)", [STRING])
        for kind in ("DATETIME", "TIMESTAMP")
        for form in (
            "%Y-%m-%d %H:%M:%S",
            "%FT%TZ",
            "%Y%m%d%H%M%S",
            "%d.%m.%Y %H:%M",
            "%F",
            "%Y-%m-%d %T",
            "%Y-%m-%d %R",
            "%Y-%m-%d %H:%M:%E*S",
        )
    ),
    ("TIMESTAMP(a0)", [STRING]),
    *((f"SAFE.{one}", [STRING]) for one in ("TIMESTAMP(a0)", "PARSE_DATE('%Y-%m-%d', a0)")),
    ("SAFE.DATE(a0, a1, a2)", [INT64, INT64, INT64]),
    ("SAFE.DATE_ADD(a0, INTERVAL a1 MONTH)", [DATE, INT64]),
    ("SAFE.TIMESTAMP_SECONDS(a0)", [INT64]),
    ("PARSE_TIMESTAMP('%F %T', a0, 'America/New_York')", [STRING]),
]


@pytest.mark.parametrize(("expression", "kinds"), EXPRESSIONS)
def test_a_date_is_what_google_s_evaluator_says(
    engine: Engine, expression: str, kinds: list[GoogleType]
) -> None:
    rows = st.lists(st.tuples(*(st.none() | _VALUES[kind.kind] for kind in kinds)), min_size=5, max_size=12)

    @AS_MANY
    @given(telling(rows))
    def agrees(some: list[tuple[Any, ...]]) -> None:
        assert_agreement(engine, expression, kinds, some)

    agrees()


@pytest.mark.parametrize("zone", sorted(ZONES))
def test_a_time_zone_is_google_s_from_the_first_year_to_the_last(engine: Engine, zone: str) -> None:
    first, last = (
        datetime.datetime(1, 1, 3, tzinfo=datetime.UTC),
        datetime.datetime(9999, 12, 29, tzinfo=datetime.UTC),
    )
    early = [first + datetime.timedelta(days=n * 23173) for n in range(30)]
    lately = [
        datetime.datetime(1875, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(hours=n * 7919)
        for n in range(250)
    ]

    assert_agreement(
        engine, f"DATETIME(a0, '{zone}')", [TIMESTAMP], [(one,) for one in [*early, *lately, last]]
    )
