"""`tenants.json` on disk, which `convergence validate --write` writes and Terraform reads."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cli.folder_hashes import read_folder_hashes
from shared.adapters.folder_configs import DiskFolder
from shared.config.problem import ConfigProblem
from shared.config.reading import TEMPLATES
from shared.config.tenants_file import TENANTS_FILE, build_tenants_file

WRITE = "convergence validate --write"
"""The command that writes it."""


@dataclass(frozen=True)
class TenantsFile:
    """The file beside the tenants' folders, and the hashes of these as they were before anybody read them.

    So an edit between hash and reading makes the file stale, and never wrong.
    """

    path: Path
    hashes: dict[str, str]

    def build(self) -> str:
        """What it has to hold for folders that are right. Raises ConfigError for names that clash."""
        return build_tenants_file(DiskFolder(self.path.parent), self.hashes).text

    def staleness(self, text: str) -> list[ConfigProblem]:
        """That the file is not there, or holds something else."""
        is_there = self.path.exists()
        if is_there and self.path.read_bytes() == text.encode():
            return []
        place = f"{self.path.parent.name or self.path.parent}/{self.path.name}"
        wrong = "is not what the folders say" if is_there else "is not there"
        return [ConfigProblem(place, 1, 1, "", f"{wrong}; Terraform reads it. Write it: {WRITE}")]

    def write(self, text: str) -> None:
        """Put it there whole, or leave what was there."""
        part = self.path.with_name(f".{self.path.name}.part")
        part.write_bytes(text.encode())
        part.replace(self.path)


def tenants_file_path(configs_dir: Path) -> Path:
    """Where it is, or would be."""
    return configs_dir / TENANTS_FILE


def open_tenants_file(configs_dir: Path, tenant_ids: Iterable[str]) -> TenantsFile:
    """The file for these tenants. Raises ConfigError for what can't be hashed: see read_folder_hashes."""
    hashes = read_folder_hashes(configs_dir, (*tenant_ids, TEMPLATES))
    return TenantsFile(tenants_file_path(configs_dir), hashes)
