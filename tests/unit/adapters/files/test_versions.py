"""Which versions of files are found, and that they are read in no other."""

import os
from pathlib import Path

import pytest

from shared.adapters.files.disk_files import DiskFiles
from shared.adapters.files.rows import read_files
from shared.domain.errors import StepError
from shared.domain.progress import FileVersion
from shared.domain.source import FilesSource
from tests.unit.adapters.conftest import Put

SOURCE = FilesSource(type="files", path="files/*.csv", format="csv")


def test_files_are_listed_with_what_tells_their_contents_apart(put: Put, configs: Path) -> None:
    put("day ü.csv", b"a\n1\n")
    path = configs / "acme/files/day ü.csv"
    os.utime(path, ns=(5, 7))
    files = DiskFiles(configs, None)

    (first,) = files.versions("acme", ("files/*.csv",))
    path.write_bytes(b"a\n2\n")
    (second,) = files.versions("acme", ("files/*.csv",))

    assert first == FileVersion(name="files/day ü.csv", size=4, version="7")
    assert (second.name, second.size, second.version != "7") == ("files/day ü.csv", 4, True)


def test_only_what_is_selected_is_read(put: Put, configs: Path) -> None:
    for name in ("1.csv", "2.csv", "3.csv"):
        put(name, f"a\n{name}\n".encode())

    found = DiskFiles(configs, None).find("acme", (SOURCE.path,), select=lambda versions: versions[1:])

    assert [row["a"] for row in read_files(SOURCE, found)] == ["2.csv", "3.csv"]


def test_nothing_may_be_selected_and_then_nothing_is_read(put: Put, configs: Path) -> None:
    put("1.csv", b"a\n1\n")

    assert list(DiskFiles(configs, None).find("acme", (SOURCE.path,), select=lambda _: ())) == []
    with pytest.raises(StepError, match=r"^No file matches 'files/\*\.txt'$"):
        list(DiskFiles(configs, None).find("acme", ("files/*.txt",), select=lambda _: ()))


def test_a_file_that_was_changed_after_it_was_found_is_not_read(put: Put, configs: Path) -> None:
    put("1.csv", b"a\n1\n")

    def changed(versions: object) -> object:
        put("1.csv", b"a\n1\n2\n")
        return versions

    found = DiskFiles(configs, None).find("acme", (SOURCE.path,), select=changed)  # type: ignore[arg-type]
    with pytest.raises(StepError) as caught:
        list(read_files(SOURCE, found))

    assert str(caught.value) == "files/1.csv was changed after it was found; run again when it is whole"


def test_two_files_of_one_written_name_are_not_told_apart_by_it(put: Put, configs: Path) -> None:
    put("\udcff.csv", b"a\n2\n")
    put("\\xff.csv", b"a\n3\n")

    with pytest.raises(StepError) as caught:
        DiskFiles(configs, None).versions("acme", ("files/*.csv",))

    assert str(caught.value) == (
        r"'files/*.csv' matches two files whose names are both written 'files/\xff.csv'; rename one of them"
    )


def test_files_of_several_patterns_are_found_once_and_those_that_match_nothing_are_all_named(
    put: Put, configs: Path
) -> None:
    for name in ("2.csv", "1.csv", "10.csv"):
        put(name, b"a\n1\n")
    (configs / "acme/files/latest.csv").symlink_to("10.csv")
    files = DiskFiles(configs, None)

    found = files.versions("acme", ("files/2*.csv", "files/1*.csv", "files/*.csv", "files/1.csv"))
    with pytest.raises(StepError) as caught:
        list(files.find("acme", ("files/1.csv", "files/3.csv", "files/4*.csv"), select=lambda found: found))
    with pytest.raises(StepError) as alone:
        next(files.find("acme", ("files/1.csv", "files/3.csv")))

    assert [each.name for each in found] == ["files/2.csv", "files/1.csv", "files/10.csv"]
    assert str(caught.value) == "No file matches 'files/3.csv', 'files/4*.csv'"
    assert str(alone.value) == "No file matches 'files/3.csv'"
