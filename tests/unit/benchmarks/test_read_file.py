"""What the reading that is measured reads."""

from pathlib import Path

import pytest

from benchmarks import rows
from benchmarks.read_file import COLUMNS, read_file


@pytest.mark.parametrize("written_as", rows.FORMATS)
@pytest.mark.parametrize("columns", [None, COLUMNS], ids=["whole", "typed"])
def test_all_rows_of_the_file_are_counted(
    tmp_path: Path, written_as: str, columns: frozenset[str] | None
) -> None:
    path = rows.charges(tmp_path / "files", 40, written_as=written_as)

    assert read_file(path, written_as=written_as, columns=columns) == 40


def test_a_row_has_some_150_bytes(tmp_path: Path) -> None:
    size = rows.charges(tmp_path, 1000, written_as="csv").stat().st_size

    assert 135 <= size / 1000 <= 155
