"""What is said of a file that breaks what reads it."""

from pathlib import Path

import pytest

from shared.adapters.files.readable_file import FoundFiles, ReadableFile
from shared.adapters.files.rows import read_files
from shared.domain.source import FilesSource
from shared.log import files_of

NO_SYSTEM_TAKES = "zero\0.csv"
SOURCE = FilesSource(type="files", path="*.csv", format="csv")


def found(*paths: Path) -> FoundFiles:
    for path in paths:
        yield ReadableFile(path, path.name)


def test_an_error_that_nobody_foresaw_tells_from_which_file_it_came(tmp_path: Path) -> None:
    (tmp_path / "first.csv").write_text("a\n1\n")
    rows = read_files(SOURCE, found(tmp_path / "first.csv", tmp_path / NO_SYSTEM_TAKES))

    assert next(rows) == {"a": "1"}
    with pytest.raises(ValueError, match="null byte") as caught:
        next(rows)

    assert files_of(caught.value) == [NO_SYSTEM_TAKES]


def test_what_others_noted_on_an_error_is_not_told() -> None:
    error = ValueError()
    error.add_note("password=hunter2")

    assert files_of(error) == []
