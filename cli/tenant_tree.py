"""A tenant's folder tree on disk. Nothing that is there is ever overwritten."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from shared.domain.tenant import Tenant

_FOLDERS = ("pipelines", "sources", "dq_rules", "schemas", "transforms")
_SECRETS = "secrets"
_PRIVATE_FOLDER, _PRIVATE_FILE = 0o700, 0o600
_OTHERS = 0o077
"""The permission bits of everybody but the owner."""


@dataclass(frozen=True)
class Made:
    """One thing of the tree and what became of it."""

    path: Path
    outcome: Literal["created", "already there", "made private"]


def make_tenant_tree(folder: Path, tenant: Tenant) -> Iterator[Made]:
    """Make whatever the tenant's folder lacks, and yield each part of it.

    Secrets are readable by their owner only: the folder is 0700, every file in it 0600.
    """
    folder.mkdir(parents=True, exist_ok=True)
    yield _make_file(folder / "tenant.yml", _tenant_yml(tenant))
    for name in _FOLDERS:
        yield _make_folder(folder / name)
    yield _make_folder(folder / _SECRETS, mode=_PRIVATE_FOLDER)
    yield from _make_private(folder / _SECRETS)


def _make_file(path: Path, text: str) -> Made:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        return Made(path, "already there")
    return Made(path, "created")


def _make_folder(path: Path, *, mode: int = 0o777) -> Made:
    existed = path.is_dir()
    path.mkdir(mode=mode, exist_ok=True)
    if not any(path.iterdir()):  # git keeps no empty folder
        (path / ".gitkeep").touch(mode=_PRIVATE_FILE if mode == _PRIVATE_FOLDER else 0o666)
    return Made(path, "already there" if existed else "created")


def _make_private(secrets: Path) -> Iterator[Made]:
    wanted = {secrets: _PRIVATE_FOLDER}
    wanted |= {path: _PRIVATE_FILE for path in sorted(secrets.iterdir()) if path.is_file()}
    for path, mode in wanted.items():
        if path.stat().st_mode & _OTHERS:
            path.chmod(mode)
            yield Made(path, "made private")


def _tenant_yml(tenant: Tenant) -> str:
    # A JSON string is a YAML string, whatever the name contains.
    name = json.dumps(tenant.display_name, ensure_ascii=False)
    return f"display_name: {name}\nlocation: {tenant.location}\n"
