"""Rows of Parquet that are written several at once, against the same rows taken one by one."""

import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.adapters.files.written import Written

_COLUMNS: list[tuple[Any, st.SearchStrategy[Any]]] = [
    (pyarrow.string(), st.text(st.characters(exclude_categories=["Cs"]), max_size=4)),
    (pyarrow.binary(), st.sampled_from([b"x", "é".encode()] * 5 + [b"\xff"])),
    (pyarrow.int64(), st.integers(-(2**63), 2**63 - 1)),
    (pyarrow.float64(), st.floats()),
    (pyarrow.decimal128(38, 9), st.integers(-(10**37), 10**37).map(lambda each: Decimal(f"{each}E-9"))),
    (pyarrow.date32(), st.dates()),
    (pyarrow.time64("us"), st.times()),
    (pyarrow.timestamp("us"), st.datetimes()),
    (pyarrow.timestamp("ns"), st.integers(0, 2).map(lambda each: 1_000_000_000 - each // 2)),
    (pyarrow.list_(pyarrow.int64()), st.lists(st.integers(0, 9), max_size=3)),
    (pyarrow.struct([("x", pyarrow.string())]), st.fixed_dictionaries({"x": st.text("ab", max_size=2)})),
]


@given(st.data())
def test_rows_of_parquet_are_what_they_are_one_by_one(folder: Path, data: st.DataObject) -> None:
    length = data.draw(st.integers(0, 40))
    columns = {}
    for name in data.draw(st.sampled_from(["", "a", "ab", "abc", "abd"])):
        kind, values = data.draw(st.sampled_from(_COLUMNS))
        some = data.draw(st.lists(st.none() | values, min_size=1, max_size=5))
        columns[name] = pyarrow.array([some[n % len(some)] for n in range(length)], kind)
    body = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(columns), body)
    file = Written(folder, body.getvalue(), "parquet")

    file.require_same()
