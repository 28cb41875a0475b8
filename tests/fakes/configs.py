"""Configuration files in memory, read by the code that reads them on disk."""

from collections.abc import Mapping
from functools import cache

from shared.config import tenant_folder
from shared.config.recipe import load_recipe
from shared.config.schedules import load_schedules
from shared.domain.pipeline import Address, Recipe
from shared.domain.schedule import ScheduledPipeline
from shared.domain.table import Table
from shared.domain.tenant import Tenant


class MemoryFolder:
    """Folder over texts by path."""

    label = "configs"

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = dict(files)

    def read(self, path: str) -> str | None:
        return self.files.get(path)

    def names(self, path: str) -> list[str]:
        prefix = f"{path}/" if path else ""
        inside = (file.removeprefix(prefix) for file in self.files if file.startswith(prefix))
        return sorted({name.split("/", maxsplit=1)[0] for name in inside})


class MemoryConfigs:
    """Configs over texts by path."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.folder = MemoryFolder(files)

    def tenant_ids(self) -> list[str]:
        return tenant_folder.tenant_ids(self.folder)

    def load_tenant(self, tenant_id: str) -> Tenant:
        return tenant_folder.load_tenant(self.folder, tenant_id)

    def load_tables(self, tenant_id: str) -> tuple[Table, ...]:
        return tenant_folder.load_tables(self.folder, tenant_id)

    def load_schedules(self) -> tuple[ScheduledPipeline, ...]:
        return load_schedules(self.folder)

    def load_recipe(self, address: Address) -> Recipe:
        return _recipe(frozenset(self.folder.files.items()), address)


@cache
def _recipe(files: frozenset[tuple[str, str]], address: Address) -> Recipe:
    """Most tests read the same few files, and nothing of a recipe can be changed."""
    return load_recipe(MemoryFolder(dict(files)), address)
