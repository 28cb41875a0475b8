"""Paths with parameters in them: what may be written, and what each stands for."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.parameter import ParameterValue
from shared.domain.path_template import MOST_PATHS, UnfitError, parse_path_template

DAYS = "2024-02-28/2024-03-02"


def value(name: str, kind: str, text: str) -> ParameterValue:
    return ParameterValue.model_validate({"name": name, "type": kind, "text": text})


def paths(text: str, *values: ParameterValue, of_address: bool = False) -> Sequence[str]:
    return parse_path_template(text).paths(values, of_address=of_address)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain/*.csv", ["plain/*.csv"]),
        ("{day}.csv", ["2024-02-29.csv"]),
        ("{day:year=%Y/month=%-m/day=%-d}/*", ["year=2024/month=2/day=29/*"]),
        ("cur/{day:%Y%m01}-*/**", ["cur/20240201-*/**"]),
        ("{days}", ["2024-02-28", "2024-02-29", "2024-03-01", "2024-03-02"]),
        ("{days:%Y/%m}/{days:%d}", ["2024/02/28", "2024/02/29", "2024/03/01", "2024/03/02"]),
        ("{days:%Y%m}", ["202402", "202403"]),
        ("{days:%Y}", ["2024"]),
        ("{days_start:%Y%m%d}-{days_end:%Y%m%d}.csv", ["20240228-20240302.csv"]),
        ("{days_start}/{days:%d}", [f"2024-02-28/{day}" for day in ("28", "29", "01", "02")]),
        ("{team}-{count}-{rate}-{on}", ["ops + é-7-0.5-true"]),
        ("{{day}}/{{{day:%d}}}", ["{day}/{29}"]),
    ],
)
def test_a_path_stands_for_its_days_each_once_in_their_order(text: str, expected: list[str]) -> None:
    values = (
        value("day", "date", "2024-02-29"),
        value("days", "date_range", DAYS),
        value("team", "string", "ops + é"),
        value("count", "integer", "7"),
        value("rate", "number", "0.5"),
        value("on", "boolean", "true"),
    )

    assert list(paths(text, *values)) == expected


@given(start=st.dates(date(1999, 1, 1), date(2101, 1, 1)), length=st.integers(1, 900))
def test_days_and_months_are_those_that_the_calendar_has(start: date, length: int) -> None:
    days = [start + timedelta(days=count) for count in range(length)]
    given_days = value("days", "date_range", f"{days[0]}/{days[-1]}")

    assert list(paths("{days}", given_days)) == [day.isoformat() for day in days]
    months = [(days[0].year, days[0].month)]
    while months[-1] != (days[-1].year, days[-1].month):
        year, month = months[-1]
        months.append((year + 1, 1) if month == 12 else (year, month + 1))
    assert list(paths("{days:%Y-%m}", given_days)) == [f"{year:04}-{month:02}" for year, month in months]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a{b", "has a '{' without its other brace; a brace that is meant is doubled"),
        ("a}b", "has a '}' without its other brace"),
        ("{Day}", "has '{Day}', which names no parameter"),
        ("{}", "has '{}', which names no parameter"),
        ("{day:%Y-%M}", "has '%M' in a date's format"),
        ("{day:%Y-%M}", "Did you mean '%m'?"),
        ("{day:%B}", "made of %Y, %m, %d, %-m, %-d, letters, digits and . _ = / -"),
        ("{day:yyyy}", "has 'yyyy' for a date's format"),
        ("{day:%Y/*}", "has '%Y/*' for a date's format"),
        ("{day:}", "has '' for a date's format"),
    ],
)
def test_any_other_brace_is_refused_with_what_would_be_right(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=r"^has ") as caught:
        parse_path_template(text)

    assert said in str(caught.value)


@pytest.mark.parametrize(
    "text", ["", ".", "..", ".hidden", "a/b", "a\\b", "a*", "?", "[a]", "a\n", "a\0", "\ud800"]
)
def test_a_value_stands_for_itself_within_one_name_or_is_refused(text: str) -> None:
    with pytest.raises(UnfitError, match=r"^stands in the path of a source, so it must ") as caught:
        paths("x/{team}.csv", value("team", "string", text))

    assert caught.value.parameter == "team"


def test_in_an_address_a_value_is_written_so_that_it_means_nothing_else() -> None:
    team = value("team", "string", "a&b=1%2F#é {x}")

    assert paths("https://h/x?team={team}", team, of_address=True) == (
        "https://h/x?team=a%26b%3D1%252F%23%C3%A9%20%7Bx%7D",
    )


def test_a_range_of_too_many_days_is_refused_and_of_as_many_months_is_not() -> None:
    long = value("days", "date_range", "2001-01-01/2005-01-01")

    with pytest.raises(UnfitError, match=f"makes more than {MOST_PATHS:,} paths of one; take fewer days"):
        paths("{days}", long)
    assert len(paths("{days:%Y%m}", long)) == 49


@pytest.mark.parametrize("text", ["{days}/{other}", "{none}"])
def test_what_configuration_would_refuse_is_refused_in_a_run_too(text: str) -> None:
    values = (value("days", "date_range", DAYS), value("other", "date_range", DAYS))

    with pytest.raises(UnfitError):
        paths(text, *values)
