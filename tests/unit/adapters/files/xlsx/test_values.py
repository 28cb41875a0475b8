"""What a cell's number says: digits, days and times."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.files.xlsx.formats import Shown
from shared.adapters.files.xlsx.values import number_text, time_text, unescaped, written_time_text


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("12.34", "12.34"),
        ("0.30000000000000004", "0.3"),
        ("1234.5599999999999", "1234.56"),
        ("-0.1", "-0.1"),
        ("33.333333333333336", "33.3333333333333"),
        ("5", "5"),
        ("5.0", "5"),
        ("5.50", "5.5"),
        ("007", "7"),
        ("+7", "7"),
        ("-0", "0"),
        (".5", "0.5"),
        ("8.25E-7", "0.000000825"),
        ("1.5e+3", "1500"),
        ("1E+20", "100000000000000000000"),
        ("123456789012345.6", "123456789012346"),
        # Whole numbers may be accounts and invoices, so no digit is lost, as far as they have them all.
        ("1234567890123456", "1234567890123456"),
        ("1234567890123456.0", "1234567890123456"),
        ("1.234567890123456E+15", "1234567890123456"),
        ("12345678901234567890", "12345678901234567890"),
        ("1.2345678901234568E+17", "123456789012345680"),
        ("-9007199254740993.0", "-9007199254740993"),
        ("-1E-400", "0"),
        ("4.9406564584124654E-324", f"{Decimal('4.94065645841247E-324'):f}"),
    ],
)
def test_numbers_are_what_excel_shows(written: str, text: str) -> None:
    assert number_text(written) == text


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=3))
def test_an_amount_of_up_to_fifteen_digits_is_the_same_however_a_double_of_it_is_written(
    amount: Decimal,
) -> None:
    number = float(amount)

    assert {
        Decimal(number_text(written)) for written in (repr(number), f"{number:.17g}", f"{number:.16E}")
    } == {amount}


@pytest.mark.parametrize(
    "text", ["", "x", "1,5", "1 000", "nan", "inf", "0x10", "1_0", "٣", "1e999", "1e1000"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="number"):
        number_text(text)


@pytest.mark.parametrize(
    ("days", "shown", "text"),
    [
        ("45778", Shown.DAY, "2025-05-01"),
        ("45778", Shown.MOMENT, "2025-05-01T00:00:00"),
        ("45778.4375", Shown.MOMENT, "2025-05-01T10:30:00"),
        ("45778.430555555555", Shown.MOMENT, "2025-05-01T10:20:00"),
        ("45778.4375", Shown.DAY, "2025-05-01T10:30:00"),
        ("45778.4375", Shown.TIME, "2025-05-01T10:30:00"),
        ("45778.999999999", Shown.MOMENT, "2025-05-02T00:00:00"),
        ("45778.437501446759", Shown.MOMENT, "2025-05-01T10:30:00.125"),
        ("0.4375", Shown.TIME, "10:30:00"),
        ("0", Shown.TIME, "00:00:00"),
        ("1", Shown.DAY, "1900-01-01"),
        ("59", Shown.DAY, "1900-02-28"),
        ("61", Shown.DAY, "1900-03-01"),
        ("2958465", Shown.DAY, "9999-12-31"),
        ("1.1041666666666667", Shown.SPAN, "26:30:00"),
        ("0.0000057870370370", Shown.SPAN, "0:00:00.500"),
    ],
)
def test_days_and_times_are_those_of_the_sheet(days: str, shown: Shown, text: str) -> None:
    assert time_text(days, shown, is_from_1904=False) == text


def test_days_may_be_counted_from_1904() -> None:
    found = [time_text(days, Shown.DAY, is_from_1904=True) for days in ("0", "60", "44316")]

    assert found == ["1904-01-01", "1904-03-01", "2025-05-01"]


@pytest.mark.parametrize(
    ("days", "problem"),
    [
        ("60", "is shown as 29 February 1900, which no calendar has"),
        ("0.5", "is shown as day 0 of January 1900, which no calendar has"),
        ("-1", "is shown as a day, which its number is not"),
        ("2958466", "is shown as a day, which its number is not"),
        ("2958465.9999999999", "is shown as a day, which its number is not"),
        ("1e300", "is shown as a day, which its number is not"),
        ("x", "holds no number"),
    ],
)
def test_days_that_are_none_are_refused(days: str, problem: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(problem)}$"):
        time_text(days, Shown.DAY, is_from_1904=False)


def test_times_may_be_written_in_letters() -> None:
    found = [
        written_time_text(text, Shown.NUMBER)
        for text in ("2025-05-01", "2025-05-01T00:00:00", "2025-05-01T10:30:00.5", "10:30:00")
    ]

    assert found == ["2025-05-01", "2025-05-01T00:00:00", "2025-05-01T10:30:00.500", "10:30:00"]
    assert written_time_text("2025-05-01T00:00:00", Shown.DAY) == "2025-05-01"
    for text, problem in (("May 1", "no time"), ("2025-05-01T10:30:00Z", "zone")):
        with pytest.raises(ValueError, match=problem):
            written_time_text(text, Shown.NUMBER)


def test_characters_that_xml_has_not_are_those_that_are_meant() -> None:
    assert unescaped("a_x000D_b_x005F_x000D_ _x00e9__xD83D_ _x12_") == "a\rb_x000D_ é_xD83D_ _x12_"
