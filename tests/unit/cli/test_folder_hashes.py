"""Hashes of tenants' folders: tests/terraform/test_tenants_file.py holds Terraform to the same."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from cli.folder_hashes import read_folder_hashes
from shared.config.problem import ConfigError

FILES = {
    "acme/tenant.yml": "display_name: Acme\n",
    "acme/sources/a b.yml": "type: files\n",
    "acme/sources/ä.yml": "",
    "acme/sources/files/x.yml": "files and secrets below are folders like any other",
    "acme/sources/secrets/x.yml": "",
    "acme/secrets.yml": "",
}


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return folder


def hash_of(folder: Path) -> str:
    return read_folder_hashes(folder, ["acme"])["acme"]


def problems_of(folder: Path) -> list[str]:
    with pytest.raises(ConfigError) as refused:
        read_folder_hashes(folder, ["acme"])
    return [str(problem) for problem in refused.value.problems]


def test_it_is_the_hash_of_what_sha256sum_says(tmp_path: Path) -> None:
    written(tmp_path, FILES)

    program = "find acme -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum"
    done = subprocess.run(["sh", "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)

    assert hash_of(tmp_path) == done.stdout.split()[0]


@pytest.mark.parametrize(
    "path",
    [
        "acme/secrets/key.txt",
        "acme/tests/daily.yml",
        "acme/files/rows.csv",
        "acme/files/sub/rows.csv",
        "acme/.git/x",
        "acme/sources/.x.swp",
    ],
)
def test_secrets_tests_rows_and_hidden_files_do_not_count(path: str, tmp_path: Path) -> None:
    before = hash_of(written(tmp_path, FILES))

    assert hash_of(written(tmp_path, {path: "x"})) == before


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("acme/tenant.yml", "display_name: Acme\r\n"),
        ("acme/sources/new.yml", ""),
        ("acme/README.md", "x"),
        ("acme/files", "a file, and no folder of rows"),
    ],
)
def test_every_byte_and_every_other_file_counts(path: str, text: str, tmp_path: Path) -> None:
    before = hash_of(written(tmp_path, FILES))

    assert hash_of(written(tmp_path, {path: text})) != before


def test_a_name_counts(tmp_path: Path) -> None:
    before = hash_of(written(tmp_path, FILES))
    (tmp_path / "acme/secrets.yml").rename(tmp_path / "acme/renamed.yml")

    assert hash_of(tmp_path) != before


def test_a_link_is_what_it_leads_to(tmp_path: Path) -> None:
    before = hash_of(written(tmp_path, FILES))
    shutil.move(tmp_path / "acme/sources", tmp_path / "elsewhere")
    (tmp_path / "acme/sources").symlink_to("../elsewhere")
    shutil.move(tmp_path / "acme/tenant.yml", tmp_path / "tenant.yml")
    (tmp_path / "acme/tenant.yml").symlink_to("../tenant.yml")

    assert hash_of(tmp_path) == before


def test_a_link_that_leads_back_is_refused(tmp_path: Path) -> None:
    written(tmp_path / "configs", FILES)
    (tmp_path / "configs/acme/sources/again").symlink_to("..")

    assert problems_of(tmp_path / "configs") == [
        "configs/acme/sources/again:1:1: is a link to a folder that it is in"
    ]


@pytest.mark.parametrize("name", [b"a\nb.yml", b"a\xff.yml", "a\u0308.yml".encode(), "a\u2028b.yml".encode()])
def test_a_name_that_terraform_does_not_find_is_refused(name: bytes, tmp_path: Path) -> None:
    written(tmp_path / "configs", FILES)
    Path(os.fsdecode(bytes(tmp_path / "configs/acme/sources") + b"/" + name)).touch()

    [problem] = problems_of(tmp_path / "configs")

    assert "has a name that Terraform does not find" in problem
    problem.encode()


def test_no_folder_is_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "acme").mkdir()

    found = read_folder_hashes(tmp_path, ["acme", "templates"])

    assert found["acme"] == found["templates"]
