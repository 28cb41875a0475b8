"""The folders of two tenants, and reading from them as one of the two."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import JsonValue

from shared.adapters.files.disk_files import DiskFiles
from shared.adapters.files.rows import read_files
from shared.domain.source import FilesSource

Read = Callable[..., list[dict[str, JsonValue]]]
Put = Callable[[str, bytes], int]


@pytest.fixture
def configs(tmp_path: Path) -> Path:
    """Two tenants' folders, and exports beside them."""
    for folder in ("configs/acme/files", "configs/acme/secrets", "configs/umbrella/files", "exports"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "configs/umbrella/files/theirs.csv").write_text("a\n1\n")
    (tmp_path / "configs/acme/secrets/key.txt").write_text("a\nhunter2\n")
    (tmp_path / "exports/day.csv").write_text("a\n1\n")
    (tmp_path / "outside.csv").write_text("a\n1\n")
    return tmp_path / "configs"


@pytest.fixture
def read(configs: Path) -> Read:
    """Read as the tenant acme."""

    def rows(
        path: str, kind: str = "csv", *, exports: bool = False, **settings: object
    ) -> list[dict[str, JsonValue]]:
        source = FilesSource.model_validate({"type": "files", "path": path, "format": kind, **settings})
        allowed = configs.parent / "exports" if exports else None
        return list(read_files(source, DiskFiles(configs, allowed).find("acme", (path,))))

    return rows


@pytest.fixture
def put(configs: Path) -> Put:
    """Write one of the tenant's files."""
    return lambda name, contents: (configs / "acme/files" / name).write_bytes(contents)
