"""Which objects a pattern names."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.object_pattern import ObjectPattern

NAMES = ("a.csv", "b.csv", "x/a.csv", "x/y/a.csv", "x/y/b.txt", "x/y/.a.csv", "[a].csv")


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
        ("*/*/*.csv", ["x/y/a.csv", "x/y/.a.csv"]),
        ("**/a.csv", ["a.csv", "x/a.csv", "x/y/a.csv"]),
        ("x/**/a.csv", ["x/a.csv", "x/y/a.csv"]),
        ("x/**", ["x/a.csv", "x/y/a.csv", "x/y/b.txt", "x/y/.a.csv"]),
        ("**/y/**/*.txt", ["x/y/b.txt"]),
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


_SEGMENTS = st.lists(st.sampled_from(["a", "b", "ab", "*", "?", "a*", "[ab]", "**"]), min_size=1, max_size=4)
_FILES = tuple("/".join(parts) for parts in (("a",), ("b", "a"), ("ab", "b", "b"), ("ab", "a", "b", "a")))


@given(_SEGMENTS)
def test_objects_match_as_files_on_disk_do(
    tmp_path_factory: pytest.TempPathFactory, parts: list[str]
) -> None:
    if parts[-1] == "**":  # up to Python 3.12 only folders match it on disk
        parts = [*parts, "*"]
    root = tmp_path_factory.getbasetemp() / "as_on_disk"
    for name in _FILES:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    pattern = "/".join(parts)

    on_disk = {str(path.relative_to(root)) for path in Path(root).glob(pattern) if path.is_file()}

    assert {name for name in _FILES if ObjectPattern(pattern).matches(name)} == on_disk
