"""Messages without what stood in a row."""

import pytest

from shared.domain.redaction import without_row_values


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Bad int64 value: 4111-1111", "Bad int64 value: (value not shown)"),
        ("Invalid NUMERIC value: 12,50 EUR", "Invalid NUMERIC value: (value not shown)"),
        ("Invalid date: 'geheim'", "Invalid date: (value not shown)"),
        ("Could not parse 'secret' as DATE", "Could not parse (value not shown) as DATE"),
        ("Could not cast literal \"a 'b' c\" to type INT64", "Could not cast literal (value not shown) to type INT64"),
        ("Could not convert value 4711 to integer", "Could not convert value (value not shown) to integer"),
        (
            "The provided JSON number: 1.5 cannot be converted to an integer",
            "The provided JSON number: (value not shown) cannot be converted to an integer",
        ),
        ("Adding 5 DAYs to date 9999-12-31 causes overflow", "Adding (value not shown) causes overflow"),
        ("int64 overflow: 9 + 9223372036854775807", "int64 overflow: (value not shown)"),
        ("Division by zero: 1 / 0", "Division by zero: (value not shown)"),
        ("Unable to parse; Field: age; Value: 41.5", "Unable to parse; Field: age; Value: (value not shown)"),
        ("Could not convert value to integer", "Could not convert value to integer"),
        ("Unexpected end, last read: 'secret'", "Unexpected end, last read: (value not shown)"),
        ("Bad character (ASCII 0) encountered: field starts with: <{\"a>",
         "Bad character (ASCII 0) encountered: field starts with: (value not shown)"),
        ("Unrecognized name: cost at [3:5]", "Unrecognized name: cost at [3:5]"),
        ("Not found: Table p:acme.raw_data", "Not found: Table p:acme.raw_data"),
    ],
)  # fmt: skip
def test_values_are_hidden_and_everything_else_stays(message: str, expected: str) -> None:
    assert without_row_values(message) == expected


def test_a_long_message_is_cut() -> None:
    assert len(without_row_values("x" * 5000)) == 1000
    assert without_row_values("x" * 5000).endswith("x…")
