"""Which files a tenant may read."""

import errno
import os
from pathlib import Path

import pytest

from shared.adapters.files.disk_files import DiskFiles
from shared.adapters.files.problems import reading
from shared.adapters.files.rows import read_files
from shared.domain.errors import StepError
from shared.domain.source import FilesSource
from tests.unit.adapters.conftest import Put, Read

LONG = "{} can't be read: its path, or a part of it, is longer than file systems allow"


def test_files_of_a_pattern_are_read_in_the_order_of_their_names(read: Read, put: Put) -> None:
    for name in ("2.csv", "10.csv", "1.csv"):
        put(name, f"a\n{name}\n".encode())
    put("1.txt", b"a\nno\n")

    assert [row["a"] for row in read("files/*.csv")] == ["1.csv", "10.csv", "2.csv"]


def test_exports_outside_may_be_read_where_the_platform_allows_it(read: Read, configs: Path) -> None:
    path = str(configs.parent / "exports/day.csv")

    assert read(path, exports=True) == [{"a": "1"}]
    assert read(str(configs.parent / "exports/*.csv"), exports=True) == [{"a": "1"}]


@pytest.mark.parametrize("exports", [False, True])
@pytest.mark.parametrize(
    "path",
    [
        "files/none.csv",
        "files/*.csv",
        "../umbrella/files/theirs.csv",
        "../umbrella/files/*.csv",
        "../*/files/theirs.csv",
        "files/../../umbrella/files/theirs.csv",
        "secrets/key.txt",
        "secrets/*",
        "files/../secrets/key.txt",
        "../../outside.csv",
        "{root}/outside.csv",
        "{root}/configs/umbrella/files/theirs.csv",
        "{root}/exports/../outside.csv",
        "/etc/passwd",
        "files/link.csv",
        "files/link_to_secret.csv",
        "linked/theirs.csv",
        "linked/*.csv",
        "/**/*.csv",
    ],
)
def test_whatever_a_tenant_may_not_read_looks_like_nothing_at_all(
    read: Read, configs: Path, path: str, exports: bool
) -> None:
    own = configs / "acme"
    if "link" in path:
        (own / "files/link.csv").symlink_to(configs.parent / "outside.csv")
        (own / "files/link_to_secret.csv").symlink_to(own / "secrets/key.txt")
        (own / "linked").symlink_to(configs / "umbrella/files")
    path = path.format(root=configs.parent)

    with pytest.raises(StepError) as caught:
        read(path, exports=exports)

    assert str(caught.value) == f"No file matches '{path}'"


def test_a_file_is_read_once_by_however_many_names_it_is_reached(read: Read, put: Put, configs: Path) -> None:
    files = configs / "acme/files"
    put("charges_1.csv", b"a\n1\n")
    put("charges_2.csv", b"a\n2\n")
    put("copy.csv", b"a\n2\n")
    (files / "latest.csv").symlink_to("charges_2.csv")
    (files / "latest_2.csv").symlink_to(files / "latest.csv")
    (files / "hard.csv").hardlink_to(files / "charges_1.csv")
    (files / "again").symlink_to(files)

    assert [row["a"] for row in read("files/*.csv")] == ["1", "2", "2"]
    assert [row["a"] for row in read("files/*/../latest*")] == ["2"]
    assert [row["a"] for row in read("**/charges_?.csv")] == ["1", "2"]
    assert [row["a"] for row in read("files/a*/charges*")] == ["1", "2"]
    assert [row["a"] for row in read("files/latest.csv")] == ["2"]


def test_dot_files_are_left_out_of_patterns_that_do_not_name_them(
    read: Read, put: Put, configs: Path
) -> None:
    (configs / "acme/files/.parts").mkdir()
    put("1.csv", b"a\n1\n")
    put(".2.csv", b"a\n2\n")
    put(".parts/3.csv", b"a\n3\n")

    assert [row["a"] for row in read("files/*.csv")] == ["1"]
    assert [row["a"] for row in read("files/**")] == ["1"]
    assert [row["a"] for row in read("files/.*.csv")] == ["2"]
    assert [row["a"] for row in read("files/.parts/*")] == ["3"]
    assert [row["a"] for row in read("files/.2.csv")] == ["2"]


@pytest.mark.parametrize(
    "name", ["a b.csv", 'it\'s "1".csv', "ä.csv", "a]b.csv", "#1;2|3,4.csv", "a\\b.csv", "-.csv"]
)
def test_a_name_may_have_any_character_that_no_pattern_has(read: Read, put: Put, name: str) -> None:
    put(name, b"a\n1\n")

    assert read(f"files/{name}") == [{"a": "1"}]


def test_a_name_with_brackets_or_stars_is_named_by_a_pattern(read: Read, put: Put) -> None:
    put("day[2025-11].csv", b"a\n1\n")
    put("a*.csv", b"a\n2\n")

    with pytest.raises(StepError) as caught:
        read("files/day[2025-11].csv")

    assert str(caught.value) == (
        "No file matches 'files/day[2025-11].csv'; "
        "the file that is called so is named by 'files/day[[]2025-11].csv'"
    )
    assert read("files/day[[]2025-11].csv") == [{"a": "1"}]
    assert read("files/a[*].csv") == [{"a": "2"}]


def test_a_name_that_is_no_text_is_shown_all_the_same(read: Read, configs: Path) -> None:
    (configs / "acme/files" / os.fsdecode(b"x\xff\n.csv")).write_bytes(b"a,a\n")

    with pytest.raises(StepError) as caught:
        read("files/*.csv")

    assert str(caught.value) == "files/x\\xff\\n.csv: the header has 'a' twice"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        (f"files/{'nn/' * 2000}x.csv", LONG.format(f"files/{'nn/' * 2000}x.csv")),
        (f"files/{'nn/' * 2000}*.csv", LONG.format(f"{{own}}/files/{'nn/' * 1999}nn")),
        ("files", "files is a folder; name the files in it, such as files/*"),
        ("files/loop.csv", "files/loop.csv can't be read: it is a link that leads back to itself"),
        ("files/l*.csv", "files/loop.csv can't be read: it is a link that leads back to itself"),
        ("files/gone.csv", "files/gone.csv can't be read: it is a link to a file that is not there"),
        ("files/g*.csv", "files/gone.csv can't be read: it is a link to a file that is not there"),
        ("files/pipe.csv", "files/pipe.csv can't be read: it is a pipe or a device"),
        ("files/p*", "files/pipe.csv can't be read: it is a pipe or a device"),
    ],
)
def test_what_is_there_but_is_no_file_is_said(read: Read, configs: Path, path: str, message: str) -> None:
    files = configs / "acme/files"
    (files / "loop.csv").symlink_to("loop.csv")
    (files / "gone.csv").symlink_to("nothing.csv")
    os.mkfifo(files / "pipe.csv")

    with pytest.raises(StepError) as caught:
        read(path)

    assert str(caught.value) == message.format(own=configs / "acme")


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM])
def test_a_file_that_its_permissions_close_is_said(number: int) -> None:
    with (
        pytest.raises(StepError, match=r"^files/x\.csv can't be read: its permissions forbid it$"),
        reading("files/x.csv"),
    ):
        raise OSError(number, "secret")


@pytest.mark.parametrize("change", [b"2\n", b"\n", b'"secret'])
def test_a_file_that_is_changed_while_it_is_read_fails(configs: Path, put: Put, change: bytes) -> None:
    put("x.csv", b"a\n1\n" * 50_000)
    source = FilesSource(type="files", path="files/x.csv", format="csv")
    rows = read_files(source, DiskFiles(configs, None).find("acme", (source.path,)))
    next(rows)

    with (configs / "acme/files/x.csv").open("ab") as file:
        file.write(change)

    with pytest.raises(StepError) as caught:
        list(rows)
    assert str(caught.value) == "files/x.csv was changed while it was read; run again when it is whole"


def test_a_file_that_is_gone_before_its_turn_fails(configs: Path, put: Put) -> None:
    put("1.csv", b"a\n1\n")
    put("2.csv", b"a\n2\n")
    source = FilesSource(type="files", path="files/*.csv", format="csv")
    rows = read_files(source, DiskFiles(configs, None).find("acme", (source.path,)))
    next(rows)

    (configs / "acme/files/2.csv").unlink()

    with pytest.raises(StepError, match=r"^files/2\.csv can't be read: it is there no more$"):
        next(rows)


def test_a_file_that_is_replaced_while_it_is_read_is_read_as_it_was(configs: Path, put: Put) -> None:
    put("x.csv", b"a\n" + b"1\n" * 50_000)
    put("y.csv", b"a\n2\n")
    source = FilesSource(type="files", path="files/x.csv", format="csv")
    rows = read_files(source, DiskFiles(configs, None).find("acme", (source.path,)))
    next(rows)

    (configs / "acme/files/y.csv").replace(configs / "acme/files/x.csv")

    assert list(rows) == [{"a": "1"}] * 49_999


def test_another_tenants_folder_stays_closed_even_where_all_of_its_surroundings_are_open(
    configs: Path,
) -> None:
    files = DiskFiles(configs, configs.parent)

    with pytest.raises(StepError, match="No file matches"):
        list(files.find("acme", ("../umbrella/files/theirs.csv",)))
