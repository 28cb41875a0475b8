"""Columns of Arrow against the values that they were made of, whatever their types and however deep."""

import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pyarrow
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.exact_json import json_value
from shared.adapters.files.arrow_values import column_values

Typed = tuple[Any, st.SearchStrategy[Any]]

_SIMPLE: list[Typed] = [
    (pyarrow.string(), st.text(st.characters(exclude_categories=["Cs"]), max_size=5)),
    (pyarrow.int64(), st.integers(-(2**63), 2**63 - 1)),
    (pyarrow.uint64(), st.integers(0, 2**64 - 1)),
    (pyarrow.float64(), st.floats()),
    (pyarrow.bool_(), st.booleans()),
    (pyarrow.decimal128(38, 9), st.integers(-(10**37), 10**37).map(lambda each: Decimal(f"{each}E-9"))),
    (pyarrow.decimal256(76, 38), st.integers(-(10**75), 10**75).map(lambda each: Decimal(f"{each}E-38"))),
    (pyarrow.date32(), st.dates()),
    (pyarrow.time64("us"), st.times()),
    *(
        (pyarrow.timestamp("us", zone), st.datetimes(timezones=st.just(UTC)))
        for zone in ("UTC", "Europe/Berlin", "-11:00")
    ),
]


def _nested(inner: Typed) -> st.SearchStrategy[Typed]:
    kind, values = inner
    some = st.none() | values
    return st.sampled_from(
        [
            (pyarrow.list_(kind), st.lists(some, max_size=3)),
            (pyarrow.large_list(kind), st.lists(some, max_size=3)),
            (pyarrow.list_(kind, 2), st.lists(some, min_size=2, max_size=2)),
            (
                pyarrow.struct([("a", kind), ("b", pyarrow.int8())]),
                st.fixed_dictionaries({"a": some, "b": st.none()}),
            ),
            (
                pyarrow.map_(pyarrow.string(), kind),
                st.dictionaries(st.text("abc", max_size=3), some, max_size=3),
            ),
        ]
    )


_TYPES = st.recursive(st.sampled_from(_SIMPLE), lambda inner: inner.flatmap(_nested), max_leaves=4)


@given(st.data())
def test_a_column_says_what_its_values_say_one_by_one(data: st.DataObject) -> None:
    kind, values = data.draw(_TYPES)
    rows = data.draw(st.lists(st.none() | values, max_size=6))
    begin = data.draw(st.integers(0, len(rows)))
    whole = pyarrow.array([_for_arrow(row, kind) for row in rows], kind)

    found = column_values(whole.slice(begin))

    expected = [_said(row) for row in rows[begin:]]
    assert json.dumps(found, sort_keys=True) == json.dumps(expected, sort_keys=True)


def _for_arrow(value: Any, kind: Any) -> Any:
    """Arrow wants pairs where a map is."""
    if value is None:
        return None
    if pyarrow.types.is_map(kind):
        return [(key, _for_arrow(inner, kind.item_type)) for key, inner in value.items()]
    if pyarrow.types.is_struct(kind):
        return {field.name: _for_arrow(value[field.name], field.type) for field in kind}
    return [_for_arrow(inner, kind.value_type) for inner in value] if isinstance(value, list) else value


def _said(value: Any) -> Any:
    match value:
        case datetime() | date() | time() | float() | int() | str() | None:
            return json_value(value)
        case Decimal():
            return f"{value:.{-int(value.as_tuple().exponent)}f}"
        case list():
            return [_said(inner) for inner in value]
        case dict():
            return {key: _said(inner) for key, inner in value.items()}
    raise AssertionError(value)
