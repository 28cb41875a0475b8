"""`tenants.json` on disk, which `convergence validate --write` writes and Terraform reads."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cli.folder_hashes import read_folder_hashes
from shared.adapters.folder_configs import DiskFolder
from shared.config import kinds
from shared.config.problem import ConfigError, ConfigProblem
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

    def require_fresh(self, text: str) -> None:
        """Raise ConfigError if the file is not there, or holds something else."""
        try:
            found = self.path.read_bytes()
        except FileNotFoundError as error:
            raise self._problem(f"is not there; Terraform reads it. Write it: {WRITE}") from error
        except OSError as error:
            raise self._problem(f"can't be read: {_reason(error)}") from error
        if found != text.encode():
            raise self._problem(f"is not what the folders say; Terraform reads it. Write it: {WRITE}")

    def write(self, text: str) -> None:
        """Put it there whole, or leave what was there. Raises ConfigError."""
        part = self.path.with_name(f".{self.path.name}.part")
        try:
            part.write_bytes(text.encode())
            part.replace(self.path)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise self._problem(f"can't be written: {_reason(error)}") from error

    def _problem(self, message: str) -> ConfigError:
        place = f"{self.path.parent.name or self.path.parent}/{self.path.name}"
        return ConfigError([ConfigProblem(place, 1, 1, "", message, kind=kinds.TENANTS_FILE)])


def tenants_file_path(configs_dir: Path) -> Path:
    """Where it is, or would be."""
    return configs_dir / TENANTS_FILE


def open_tenants_file(configs_dir: Path, tenant_ids: Iterable[str]) -> TenantsFile:
    """The file for these tenants. Raises ConfigError for what can't be hashed: see read_folder_hashes."""
    hashes = read_folder_hashes(configs_dir, (*tenant_ids, TEMPLATES))
    return TenantsFile(tenants_file_path(configs_dir), hashes)


def _reason(error: OSError) -> str:
    return (error.strerror or "unknown error").lower()
