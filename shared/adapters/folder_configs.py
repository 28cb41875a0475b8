"""Configs over a tree of files, on disk or elsewhere."""

import errno
import os
import stat
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from shared.adapters.bounded_cache import BoundedCache
from shared.config import tenant_folder
from shared.config.folder import Folder, FolderChangedError
from shared.config.recipe import load_recipe
from shared.config.recorded_folder import Answers, RecordedFolder
from shared.config.schedules import load_schedules
from shared.config.text import LARGEST_BYTES, TOO_LONG, Unreadable, text_of
from shared.domain.egress import GLOBAL_ONLY, Egress
from shared.domain.pipeline import Address, Recipe
from shared.domain.schedule import ScheduledPipeline
from shared.domain.table import Table
from shared.domain.tenant import Tenant

_R = TypeVar("_R")
_MOST_CHARACTERS_KEPT = 1_000_000
"""Of the files that the recipes kept were read from: some three hundred recipes, 20 MB."""


class DiskFolder:
    """Folder over a directory; what is read is never outside it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.label = root.name or str(root)

    def read(self, path: str) -> str | Unreadable | None:
        """The file's text, or why it can't be read."""
        file = self._root / path
        try:
            kind = file.stat()
            if stat.S_ISDIR(kind.st_mode):
                return _as_folder(file)
            # To open a pipe is to wait for whoever writes into it.
            if not stat.S_ISREG(kind.st_mode):
                return Unreadable("is not a regular file")
            return TOO_LONG if kind.st_size > LARGEST_BYTES else text_of(file.read_bytes())
        except OSError as error:
            return reason_of(error, file)

    def names(self, path: str) -> list[str]:
        """The names in a folder, sorted."""
        try:
            return sorted(entry.name for entry in (self._root / path).iterdir())
        except OSError:
            return []


def _as_folder(file: Path) -> Unreadable:
    os.listdir(file)  # raises OSError where nobody may look into it
    return Unreadable("is a folder; a file is expected here", is_folder=True)


def reason_of(error: OSError, file: Path) -> Unreadable | None:
    """What is wrong with something that is there; None where there is nothing."""
    if error.errno == errno.ELOOP:
        return Unreadable("is a link that leads back to itself")
    if error.errno in (errno.ENOENT, errno.ENOTDIR) and file.is_symlink():
        return Unreadable(f"is a link to '{os.readlink(file)}', which is not there")
    if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG):
        return None
    return Unreadable(f"can't be read: {(error.strerror or 'unknown error').lower()}")


class FolderConfigs:
    """Looks at the folder anew for every call; `look` gives it as it is now.

    A recipe is a function of what the folder says of its files: as long as that is the same, so is the recipe.
    """

    def __init__(self, look: Callable[[], Folder], egress: Egress = GLOBAL_ONLY) -> None:
        """`egress` is what sources may reach."""
        self._look = look
        self._egress = egress
        self._recipes: BoundedCache[Address, tuple[Answers, Recipe]] = BoundedCache(
            heaviest=_MOST_CHARACTERS_KEPT
        )

    def tenant_ids(self) -> list[str]:
        """The tenants that have a folder with a `tenant.yml`."""
        return self._read(tenant_folder.tenant_ids)

    def load_tenant(self, tenant_id: str) -> Tenant:
        """`tenant.yml`."""
        return self._read(lambda folder: tenant_folder.load_tenant(folder, tenant_id))

    def load_tables(self, tenant_id: str) -> tuple[Table, ...]:
        """The tenant's tables."""
        return self._read(lambda folder: tenant_folder.load_tables(folder, tenant_id))

    def load_schedules(self) -> tuple[ScheduledPipeline, ...]:
        """The pipelines that have a schedule."""
        return self._read(load_schedules)

    def load_recipe(self, address: Address) -> Recipe:
        """The pipeline and all it names."""
        return self._read(lambda folder: self._load_recipe(folder, address))

    def _load_recipe(self, folder: Folder, address: Address) -> Recipe:
        kept = self._recipes.find(address)
        if kept is not None and kept[0].are_those_of(folder):
            return kept[1]
        recorded = RecordedFolder(folder)
        recipe = load_recipe(recorded, address, egress=self._egress)
        self._recipes.keep(address, (recorded.answers, recipe), weight=recorded.answers.length)
        return recipe

    def _read(self, load: Callable[[Folder], _R]) -> _R:
        try:
            return load(self._look())
        except FolderChangedError:
            return load(self._look())


def disk_configs(root: Path, egress: Egress = GLOBAL_ONLY) -> FolderConfigs:
    """Configs in a directory: an edit counts from the next call on."""
    return FolderConfigs(partial(DiskFolder, root), egress)
