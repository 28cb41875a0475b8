"""Paths as configuration writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.column_path import path_names, path_of

NAMES = st.text(st.characters(codec="utf-8"), max_size=20)


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("usage_date", ("usage_date",)),
        ("data.invoice.month", ("data", "invoice", "month")),
        ('data."invoice.month"', ("data", "invoice.month")),
        ('data."lineItem/UnblendedCost"', ("data", "lineItem/UnblendedCost")),
        (r'data."a\"b\\c"."\u00e9"', ("data", 'a"b\\c', "é")),
        ('data.""', ("data", "")),
    ],
)
def test_a_path_is_names_with_dots_between_them(path: str, names: tuple[str, ...]) -> None:
    assert path_names(path) == names


@given(st.lists(NAMES, min_size=1, max_size=5))
def test_any_names_can_be_written(names: list[str]) -> None:
    assert path_names(path_of(names)) == tuple(names)


@pytest.mark.parametrize(
    "path",
    [
        "",
        ".",
        "a.",
        ".a",
        "a..b",
        "1a",
        "a b",
        "a/b",
        'a."b',
        'a."b"c',
        "a.`b`",
        "a[0]",
        'a."\\q"',
        'a."\\ud800"',
    ],
)
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="must be names with dots between them"):
        path_names(path)
