"""Values to try of each type: any, and those at which something changes."""

from __future__ import annotations

import datetime
import math
from decimal import Context, Decimal
from typing import Any

from hypothesis import strategies as st

_EXACT = Context(prec=60)
_INTEGERS = [0, 1, -1, 2, 7, 64, 2**31, 2**53 + 1, 2**63 - 1, -(2**63)]
_FLOATS = [
    0.0,
    -0.0,
    1.5,
    2.5,
    0.285,
    1.005,
    1e15,
    1e16,
    1e28,
    1e308,
    5e-324,
    9.3e18,
    math.inf,
    -math.inf,
    math.nan,
]
_DECIMALS = [
    "0.000000001",
    "2.5",
    "-2.5",
    "12345678901234567890.123456789",
    "9" * 29,
    f"-{'9' * 29}.{'9' * 9}",
]
_TEXTS = [
    "", "a%b", "a\\", "\\%", "_", "é", "😀", "true", "FALSE", "1e3", ".5", "5.", "0x1F", "inf", "-NaN", " 12 ", "1_0",
    "0.0000000005", "9223372036854775808", "2020-1-2", "2020-02-30", "0000-01-01", "2020-01-01 10:00:00",
    "2020-01-01T10:00:00.123456Z", "2020-01-01 10:00:00+05:30", "2020-01-01 24:00:00", "1:2:3", "23:59:59.999999",
]  # fmt: skip
_NUMBERS_AS_TEXTS = st.from_regex(r"[+-]?[0-9]{1,32}([.][0-9]{0,12})?([eE][+-]?[0-9]{1,2})?", fullmatch=True)
_MOMENTS = st.datetimes()

BY_KIND: dict[str, st.SearchStrategy[Any]] = {
    "INT64": st.integers(-(2**63), 2**63 - 1) | st.integers(-5, 5) | st.sampled_from(_INTEGERS),
    "FLOAT64": (
        st.floats() | st.integers(-(10**8), 10**8).map(lambda one: one / 1000) | st.sampled_from(_FLOATS)
    ),
    "NUMERIC": (
        st.integers(-(10**38) + 1, 10**38 - 1).map(lambda one: Decimal(one).scaleb(-9, _EXACT))
        | st.integers(-(10**12), 10**12).map(lambda one: Decimal(one).scaleb(-9, _EXACT))
        | st.integers(-1000, 1000).map(Decimal)
        | st.sampled_from(_DECIMALS).map(Decimal)
    ),
    "BOOL": st.booleans(),
    "STRING": st.text(max_size=6) | st.sampled_from(_TEXTS) | _NUMBERS_AS_TEXTS,
    "BYTES": st.binary(max_size=6),
    "DATE": st.dates() | st.sampled_from([datetime.date.min, datetime.date.max]),
    "DATETIME": _MOMENTS,
    "TIMESTAMP": _MOMENTS.map(lambda one: one.replace(tzinfo=datetime.UTC)),
    "TIME": st.times() | st.sampled_from([datetime.time.min, datetime.time.max]),
}
