"""Which objects a pattern names."""

import pytest

from shared.adapters.files.object_pattern import ObjectPattern

NAMES = (
    *("a.csv", "b.csv", "x/a.csv", "x/y/a.csv", "x/y/b.txt", "x/y/.a.csv", "[a].csv"),
    *(".a.csv", ".x/a.csv", ".x/y/.z/a.csv"),
)


@pytest.mark.parametrize(
    ("pattern", "matching"),
    [
        ("a.csv", ["a.csv"]),
        ("*.csv", ["a.csv", "b.csv", "[a].csv"]),
        ("?.csv", ["a.csv", "b.csv"]),
        ("[ab].csv", ["a.csv", "b.csv"]),
        ("[!a].csv", ["b.csv"]),
        ("[[]a].csv", ["[a].csv"]),
        ("x/*.csv", ["x/a.csv"]),
        ("x/*", ["x/a.csv"]),
        ("*/*/*.csv", ["x/y/a.csv"]),
        ("**/a.csv", ["a.csv", "x/a.csv", "x/y/a.csv"]),
        ("x/**/a.csv", ["x/a.csv", "x/y/a.csv"]),
        ("x/**", ["x/a.csv", "x/y/a.csv", "x/y/b.txt"]),
        ("**/y/**/*.txt", ["x/y/b.txt"]),
        (".*.csv", [".a.csv"]),
        ("*/y/.*", ["x/y/.a.csv"]),
        (".x/**", [".x/a.csv"]),
        (".x/a.csv", [".x/a.csv"]),
        ("**/.z/*", []),
        (".x/**/.z/**", [".x/y/.z/a.csv"]),
        ("[.]a.csv", []),
        ("A.csv", []),
        ("x", []),
        ("x/y", []),
    ],
)
def test_a_pattern_matches_whole_names(pattern: str, matching: list[str]) -> None:
    found = [name for name in NAMES if ObjectPattern(pattern).matches(name)]

    assert found == matching


@pytest.mark.parametrize(
    ("pattern", "prefix", "is_flat"),
    [
        ("*.csv", "", True),
        ("x/y/*.csv", "x/y/", True),
        ("x/y*/a.csv", "x/", False),
        ("x/**/a.csv", "x/", False),
        ("x/**", "x/", False),
        ("x/a.csv", "x/", True),
    ],
)
def test_only_the_folders_that_can_hold_a_match_are_listed(pattern: str, prefix: str, is_flat: bool) -> None:
    found = ObjectPattern(pattern)

    assert (found.prefix, found.is_flat) == (prefix, is_flat)


def test_many_folders_and_many_stars_are_no_trouble() -> None:
    pattern = ObjectPattern("/".join(["**", "a"] * 30 + ["b"]))

    assert not pattern.matches("/".join(["a"] * 500))
