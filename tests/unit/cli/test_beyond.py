"""What a machine knows beyond the configuration: files that are there, and secrets by name."""

import gzip
from pathlib import Path

import pytest

from cli.beyond import DiskSamples, FolderSecretNames


def fields(
    folder: Path, path: str, *, delimiter: str = ",", encoding: str = "utf-8"
) -> frozenset[str] | None:
    return DiskSamples(folder).fields("acme", path, delimiter=delimiter, encoding=encoding)


def test_the_fields_of_files_are_those_of_their_headers_together(tmp_path: Path) -> None:
    files = tmp_path / "acme/files"
    files.mkdir(parents=True)
    (files / "a.csv").write_bytes('\ufeffday;"a;b"\r\n1;2\r\n'.encode())
    (files / "b.csv.gz").write_bytes(gzip.compress("day;größe\n".encode()))

    assert fields(tmp_path, "files/*", delimiter=";") == frozenset({"day", "a;b", "größe"})
    assert fields(tmp_path, "files/a.csv", delimiter=";") == frozenset({"day", "a;b"})


@pytest.mark.parametrize(
    "path",
    ["files/none.csv", "files/half.csv", "files/bytes.csv", "gs://b/a.csv", "/etc/passwd", "../globex/a.csv"],
)
def test_nothing_is_said_of_files_that_are_not_there_or_cannot_be_read(tmp_path: Path, path: str) -> None:
    files = tmp_path / "acme/files"
    files.mkdir(parents=True)
    (files / "half.csv").write_text("day,amo")
    (files / "bytes.csv").write_bytes(b"\xff\xfe\x00\n")
    (tmp_path / "globex").mkdir()
    (tmp_path / "globex/a.csv").write_text("secret\n")

    assert fields(tmp_path, path) is None


@pytest.mark.parametrize("path", ["secrets/token.txt", "*/token.txt", "files/linked.csv", "files/abroad.csv"])
def test_no_secret_and_nothing_of_another_tenant_s_is_looked_at_by_any_way(tmp_path: Path, path: str) -> None:
    for name in ("acme/files", "acme/secrets", "globex"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "acme/secrets/token.txt").write_text("abc\n")
    (tmp_path / "globex/a.csv").write_text("abc\n")
    (tmp_path / "acme/files/linked.csv").symlink_to(tmp_path / "acme/secrets/token.txt")
    (tmp_path / "acme/files/abroad.csv").symlink_to(tmp_path / "globex/a.csv")

    assert fields(tmp_path, path) is None


def test_a_secret_that_is_not_there_is_told_with_the_file_to_write(tmp_path: Path) -> None:
    folder = tmp_path / "acme/secrets"
    folder.mkdir(parents=True)
    (folder / "there.txt").write_text("x")
    names = FolderSecretNames(tmp_path)

    assert names.lacks("acme", "there") is None
    assert names.lacks("acme", "token") == str(folder / "token.txt")
