"""Values that say how far a source was read."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.cursor import greatest, lowest, parse_cursor, parse_kept


@pytest.mark.parametrize(
    ("lower", "greater"),
    [
        (9, 10),
        ("9", "10"),
        (9, "10.5"),
        ("9007199254740993", "9007199254740994"),
        ("12345678901234567890.000000001", "12345678901234567890.000000002"),
        (1731660000.25, 1731660001),
        ("2025-11-14", "2025-11-15"),
        ("2025-11-15T10:30:00Z", "2025-11-15T09:30:01-01:00"),
        ("2025-11-15T10:30:00.000000001Z", "2025-11-15T10:30:00.000000002+0000"),
        ("2025-11-15 10:30:00", "2025-11-15T10:30:00.5"),
        ("01ARZ3NDEKTSV4RRFFQ69G5FAV", "01BX5ZZKBKACTAV9WEVGEMMVRY"),
    ],
)
def test_values_of_one_kind_are_in_the_order_of_what_they_say(lower: Any, greater: Any) -> None:
    first, second = parse_cursor(lower), parse_cursor(greater)

    assert first is not None
    assert second is not None
    assert first.kind == second.kind
    assert first.place < second.place
    assert lowest([second.text, first.text]) == first.text
    assert parse_kept(first.text) == first


@pytest.mark.parametrize("value", [None, True, [], {}, "", "x" * 1_025, float("nan"), float("inf")])
def test_what_has_no_place_in_an_order_is_no_cursor(value: Any) -> None:
    assert parse_cursor(value) is None


def test_of_values_that_cannot_be_compared_none_is_the_lowest() -> None:
    assert lowest(["5", '"2025-11-15"']) is None
    assert lowest(["5", None]) is None
    assert lowest(["5", "no JSON"]) is None


@pytest.mark.parametrize(
    ("values", "reached"),
    [
        (["2025-11-15T11:59:59Z", "2025-11-15T10:00:00+02:00"], "2025-11-15T11:59:59Z"),
        # What was written during the reading, or has not come yet: what lies between may have been passed.
        (["2025-11-15T12:00:05Z", "2025-11-14T00:00:00Z"], "2025-11-15T12:00:00Z"),
        (["2999-01-01T00:00:00Z"], "2025-11-15T12:00:00Z"),
        # Without a zone it may be a time of any: it has not come yet where it hasn't in the eastern-most, and then rows
        # may still be written by the clocks of the western-most.
        (["2025-11-16T02:00:00"], "2025-11-16T02:00:00"),
        (["2025-11-16 02:00:01"], "2025-11-15T00:00:00"),
        (["2025-11-16"], "2025-11-16"),
        (["2025-11-17"], "2025-11-15"),
        ([5, 32503680000], 32503680000),
        ([None, "01BX5Z", "01ARZ3"], "01BX5Z"),
        ([None], None),
    ],
)
def test_the_greatest_value_is_none_that_came_after_the_reading_began(
    values: list[Any], reached: Any
) -> None:
    began_at = datetime(2025, 11, 15, 12, tzinfo=UTC)

    found = greatest(map(parse_cursor, values), began_at=began_at)

    assert (found and found.said) == reached


@pytest.mark.parametrize(
    ("value", "lag", "before"),
    [
        (5, 2, 3),
        ("12.50", 1, "11.50"),
        ("12345678901234567890123456789.000000001", 1, "12345678901234567890123456788.000000001"),
        (1731660000.25, 60, 1731659940.25),
        ("2025-11-15", 15, "2025-10-31"),
        ("2025-11-15T00:30:00.123456789+02:00", 3600, "2025-11-14T23:30:00.123456789+02:00"),
        ("2025-11-15 00:00:00", 1, "2025-11-14 23:59:59"),
        ("0001-01-01T00:00:05", 60, "0001-01-01T00:00:00"),
        ("01ARZ3", 0, "01ARZ3"),
    ],
)
def test_what_lies_before_is_written_as_the_value_is(value: Any, lag: int, before: Any) -> None:
    found = parse_cursor(value)

    assert found is not None
    assert found.before(lag).said == before


def test_nothing_lies_before_a_text_by_a_number() -> None:
    found = parse_cursor("01ARZ3")

    assert found is not None
    with pytest.raises(ValueError, match="nothing lies before a text"):
        found.before(1)


@given(
    st.one_of(
        st.integers(-(10**20), 10**20),
        st.decimals(allow_nan=False, allow_infinity=False, places=9).map(lambda value: f"{value:f}"),
        st.dates().map(str),
        st.datetimes(timezones=st.just(UTC), min_value=datetime(2, 1, 1)).map(lambda at: at.isoformat()),  # noqa: DTZ001 # hypothesis adds the zone
    ),
    st.integers(0, 10**6),
)
def test_what_lies_before_is_no_later_and_of_the_same_kind(value: Any, lag: int) -> None:
    found = parse_cursor(value)
    assert found is not None

    before = found.before(lag)

    assert before.kind == found.kind
    assert before.place <= found.place
    if found.kind == "number":
        assert Decimal(str(found.place[0])) - Decimal(str(before.place[0])) == lag
