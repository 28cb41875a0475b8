"""Files on disk that a pattern names."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.files.folder_walk import matching_files
from shared.adapters.files.object_pattern import ObjectPattern

_SEGMENTS = st.lists(
    st.sampled_from(["a", "b", "ab", "*", "?", "a*", "[ab]", "**", ".a", ".*", "[.]a"]),
    min_size=1,
    max_size=4,
)
_FILES = tuple(
    "/".join(parts)
    for parts in (
        ("a",),
        (".a",),
        ("b", "a"),
        ("b", ".a"),
        ("ab", "b", "b"),
        ("ab", "a", "b", "a"),
        (".b", "a", "a"),
    )
)


@given(_SEGMENTS)
def test_files_on_disk_match_as_objects_do(
    tmp_path_factory: pytest.TempPathFactory, parts: list[str]
) -> None:
    root = tmp_path_factory.getbasetemp() / "as_objects"
    for name in _FILES:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    pattern = ObjectPattern("/".join(parts))

    on_disk = matching_files(root, pattern, may_list=lambda _: True)

    assert on_disk == sorted(root / name for name in _FILES if pattern.matches(name))


def test_only_what_may_be_listed_is_looked_into(tmp_path: Path) -> None:
    for name in ("open/a", "closed/a", "open/closed/a"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()

    found = matching_files(tmp_path, ObjectPattern("**/a"), may_list=lambda folder: folder.name != "closed")

    assert found == [tmp_path / "open/a"]


def test_links_to_folders_are_followed_once_for_each_part_of_the_pattern(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x/a").touch()
    (tmp_path / "x/back").symlink_to(tmp_path)

    def names(pattern: str) -> list[str]:
        found = matching_files(tmp_path, ObjectPattern(pattern), may_list=lambda _: True)
        return [str(path.relative_to(tmp_path)) for path in found]

    assert names("**/a") == ["x/a"]
    assert names("x/b*/x/a") == ["x/back/x/a"]
    assert names("x/*") == ["x/a"]
