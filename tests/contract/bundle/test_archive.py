"""The archive that the functions are deployed from: what is in it, and that it is always the same."""

import hashlib
import io
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from scripts.build_bundle import LinkError, bundle
from tests.stage import ROOT

SECRET = "sk-planted-0123456789"
PLANTED = (
    ".env",
    ".terraform/state.json",
    "credentials.json",
    "pyproject.toml",
    "tests/test_main.py",
    "functions/.env",
    "functions/health/service-account.json",
    "shared/.secret.py",
    "shared/key.pem",
    "shared/notes.txt",
    "shared/main.py~",
    "shared/__pycache__/main.cpython-311.pyc",
    "shared/secrets/api_key.py",
    "configs/acme_corp_001/.env",
    "configs/acme_corp_001/openai_key.txt",
    "configs/acme_corp_001/secrets/openai_key.txt",
    "configs/acme_corp_001/secrets/tenant.yml",
    "configs/acme_corp_001/pipelines/secrets/cost/import.yml",
    "configs/acme_corp_001/pipelines/gcp/cost/key.pem",
    "configs/acme_corp_001/sources/key.txt",
    "configs/acme_corp_001/files/.env",
    "configs/acme_corp_001/files/secrets/openai_key.txt",
    "configs/secrets/tenant.yml",
)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A checkout of its own, in which things may lie about."""
    root = tmp_path / "checkout"
    ignored = shutil.ignore_patterns("__pycache__")
    for folder in ("functions", "shared", "configs"):
        shutil.copytree(ROOT / folder, root / folder, ignore=ignored)
    for file in ("main.py", "requirements.txt", "pyproject.toml"):
        shutil.copy(ROOT / file, root / file)
    return root


def opened(contents: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(contents))


def below(root: Path, *folders: str) -> set[str]:
    files = (path for folder in folders for path in (root / folder).rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix() for path in files}


def test_it_holds_the_functions_and_what_they_import_and_nothing_else(tree: Path) -> None:
    names = opened(bundle(tree)).namelist()

    assert set(names) == below(tree, "functions", "shared") | {"main.py", "requirements.txt"}
    assert names == sorted(names)


def test_it_holds_the_configurations_where_that_is_asked_for(tree: Path) -> None:
    without = opened(bundle(tree)).namelist()
    names = opened(bundle(tree, configs=tree / "configs")).namelist()

    unread = {name for name in below(tree, "configs") if "/." in name}
    tests = {name for name in below(tree, "configs") if "/tests/" in name}
    # Terraform's alone.
    wanted = below(tree, "configs") - unread - tests - {"configs/tenants.json"}
    assert tests
    assert set(names) - set(without) == wanted
    assert "configs/acme_corp_001/files/focus_sample.csv" in names


def test_shared_templates_are_configurations_too(tree: Path) -> None:
    template = tree / "configs/templates/pipelines/gcp/cost/export.yml"
    template.parent.mkdir(parents=True)
    template.write_text("steps: []\n")

    assert template.relative_to(tree).as_posix() in opened(bundle(tree, configs=tree / "configs")).namelist()


def test_no_secret_gets_in_wherever_it_lies(tree: Path) -> None:
    before = bundle(tree, configs=tree / "configs")
    for name in PLANTED:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(SECRET)

    after = bundle(tree, configs=tree / "configs")

    assert after == before
    assert SECRET.encode() not in after


@pytest.mark.parametrize("place", ["shared/elsewhere.py", "configs/umbrella"])
def test_a_link_is_refused(tree: Path, tmp_path: Path, place: str) -> None:
    (tmp_path / "tenant.yml").write_text(SECRET)
    (tree / place).symlink_to(tmp_path / "tenant.yml" if place.endswith(".py") else tmp_path)

    with pytest.raises(LinkError, match=f"{place} is a link"):
        bundle(tree, configs=tree / "configs")


def test_the_same_tree_gives_the_same_bytes_anywhere_and_any_time(tree: Path, tmp_path: Path) -> None:
    other = tmp_path / "another" / "place"
    for path in sorted(tree.rglob("*"), reverse=True):
        if path.is_file():
            copy = other / path.relative_to(tree)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
            copy.chmod(0o600)
            os.utime(copy, (1_000_000_000, 1_000_000_000))

    assert bundle(other, configs=other / "configs") == bundle(tree, configs=tree / "configs")


def test_a_file_that_changes_changes_the_bytes(tree: Path) -> None:
    before = bundle(tree)

    (tree / "shared/sql/list_keys.sql").write_text("-- Another.\nSELECT 1\n")

    assert bundle(tree) != before


def test_entries_are_plain_files_that_everybody_may_read(tree: Path) -> None:
    entries = opened(bundle(tree)).infolist()

    assert {(e.date_time, e.external_attr >> 16, e.compress_type) for e in entries} == {
        ((1980, 1, 1, 0, 0, 0), 0o100644, zipfile.ZIP_STORED)
    }


def test_it_says_where_how_big_and_which(tmp_path: Path) -> None:
    archive = tmp_path / "dist" / "bundle.zip"

    said = subprocess.run(
        [sys.executable, str(ROOT / "scripts/build_bundle.py"), "--output", str(archive)],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip

    contents = archive.read_bytes()
    assert said == f"{archive}  {len(contents)} bytes  sha256 {hashlib.sha256(contents).hexdigest()}\n"
