"""What a field's value becomes in a column of a type."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from shared.domain.table import ColumnType
from shared.domain.typed_value import is_plain, typed_value

LARGEST = "578960446186580977117854925043439539266.34992332820282019728792003956564819967"
NUMERIC_END = "9" * 29 + "." + "9" * 9

TYPED: list[tuple[ColumnType, JsonValue, JsonValue]] = [
    ("STRING", "12.50", "12.50"),
    ("STRING", True, "true"),
    ("STRING", 7, "7"),
    ("INTEGER", "007", 7),
    ("INTEGER", 1.0, 1),
    ("INTEGER", "9007199254740993", "9007199254740993"),
    ("INTEGER", "-9223372036854775808", "-9223372036854775808"),
    ("NUMERIC", "0.000000825", "0.000000825"),
    ("NUMERIC", "1E-9", "0.000000001"),
    ("NUMERIC", "-12.5", "-12.5"),
    ("NUMERIC", "-0", "0"),
    ("NUMERIC", "+1.", "1"),
    ("NUMERIC", "00.50", "0.5"),
    ("NUMERIC", "12.500000000000", "12.5"),
    ("NUMERIC", 0.1, "0.1"),
    ("NUMERIC", 100, "100"),
    ("NUMERIC", "-0.00", "0"),
    ("NUMERIC", NUMERIC_END, NUMERIC_END),
    ("BIGNUMERIC", "0.00000000012345678901234567890123456789", "0.00000000012345678901234567890123456789"),
    ("BIGNUMERIC", LARGEST, LARGEST),
    ("FLOAT", "1e300", "1e300"),
    ("FLOAT", "nan", "nan"),
    ("BOOLEAN", "TRUE", True),
    ("BOOLEAN", False, False),
    ("DATE", "2025-02-28", "2025-02-28"),
    ("DATETIME", "2025-11-15 10:30:00.5", "2025-11-15T10:30:00.5"),
    ("TIMESTAMP", "2025-11-15T10:30:00+01:00", "2025-11-15T09:30:00Z"),
    ("TIMESTAMP", "2025-11-15 10:30:00", "2025-11-15T10:30:00Z"),
    ("TIMESTAMP", "2025-11-15 10:30:00.123456000 UTC", "2025-11-15T10:30:00.123456Z"),
    ("TIMESTAMP", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
    ("JSON", {"a": [1]}, {"a": [1]}),
    ("NUMERIC", None, None),
]
REFUSED: list[tuple[ColumnType, JsonValue, str]] = [
    ("STRING", {"a": 1}, "is an object or a list; only JSON holds these"),
    ("INTEGER", "1.5", "is no whole number"),
    ("INTEGER", "9223372036854775808", "is beyond 64 bits"),
    ("INTEGER", "1e400", "is beyond 64 bits"),
    ("INTEGER", True, "is true or false, and no number"),
    ("INTEGER", "", "is no number"),
    ("NUMERIC", "12,50", "is no number"),
    ("NUMERIC", " 1", "is no number"),
    ("NUMERIC", "nan", "is no number"),
    ("FLOAT", "1e309", "is beyond FLOAT"),
    ("FLOAT", "-1e999", "is beyond FLOAT"),
    ("NUMERIC", "1e29", "is beyond NUMERIC"),
    ("NUMERIC", "0.0000000001", "has more than the 9 decimals of NUMERIC; BIGNUMERIC has 38"),
    ("BIGNUMERIC", "1e-39", "has more than the 38 decimals of BIGNUMERIC"),
    ("BIGNUMERIC", "-578960446186580977117854925043439539267", "is beyond BIGNUMERIC"),
    ("FLOAT", "12 EUR", "is no number"),
    ("BOOLEAN", "yes", "is neither true nor false"),
    ("DATE", "2025-02-29", "is no day of the calendar"),
    ("DATE", "15.11.2025", "is no day such as 2025-11-15"),
    ("DATETIME", "2025-11-15T10:30:00Z", "has a time zone; TIMESTAMP holds such"),
    ("TIMESTAMP", "2025-11-15", "is no time such as 2025-11-15T10:30:00Z"),
    ("TIMESTAMP", "2025-11-15T10:30:00.1234567Z", "has more than 6 decimals of a second"),
    ("TIMESTAMP", "2025-11-15T25:30:00Z", "is no time of the calendar"),
    ("TIMESTAMP", "0001-01-01T00:00:00+01:00", "is no time of the calendar"),
]


@pytest.mark.parametrize(("column_type", "value", "typed"), TYPED)
def test_a_value_that_fits_is_what_it_was(
    column_type: ColumnType, value: JsonValue, typed: JsonValue
) -> None:
    found = typed_value(value, column_type)

    assert (found, type(found)) == (typed, type(typed))


@pytest.mark.parametrize(("column_type", "value", "reason"), REFUSED)
def test_a_value_that_does_not_fit_is_refused_and_not_told(
    column_type: ColumnType, value: JsonValue, reason: str
) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the whole text is compared
        typed_value(value, column_type)

    assert str(refused.value) == reason


@given(st.decimals(min_value=Decimal(-(10**28)), max_value=Decimal(10**28), places=9))
def test_no_digit_of_a_number_is_lost(number: Decimal) -> None:
    for column_type in ("NUMERIC", "BIGNUMERIC"):
        assert Decimal(str(typed_value(f"{number:f}", column_type))) == number


_WRITTEN = st.from_regex(r"-?[0-9]{1,20}(\.[0-9]{0,10})?", fullmatch=True) | st.sampled_from(
    ["", "007", "-0", "0.50", "1e2", "nan", "2025-11-15", "2025-02-30", "2025-1-5", "+1", ".5", "1."]
)


@given(
    value=_WRITTEN,
    column_type=st.sampled_from(["STRING", "INTEGER", "NUMERIC", "BIGNUMERIC", "FLOAT", "DATE", "BOOLEAN"]),
)
def test_a_value_is_plain_only_where_it_is_the_typed_one_in_other_letters(
    value: str, column_type: ColumnType
) -> None:
    if not is_plain(value, column_type):
        return

    typed = typed_value(value, column_type)

    assert typed == value or Decimal(str(typed)) == Decimal(value)


def test_most_values_of_files_are_plain() -> None:
    plain: list[tuple[str, ColumnType]] = [
        ("12.50", "NUMERIC"),
        ("-7", "INTEGER"),
        ("2025-11-15", "DATE"),
        ("x", "STRING"),
    ]

    assert all(is_plain(value, column_type) for value, column_type in plain)
    others: list[JsonValue] = ["1.0", "x", 1, True, ["1"]]
    assert not any(is_plain(value, "INTEGER") for value in others)
