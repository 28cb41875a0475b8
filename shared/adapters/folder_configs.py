"""Configs in a folder on disk."""

from pathlib import Path

from shared.config import tenant_folder
from shared.config.recipe import load_recipe
from shared.domain.pipeline import Address, Recipe
from shared.domain.table import Table
from shared.domain.tenant import Tenant


class DiskFolder:
    """Folder over a directory; what is read is never outside it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.label = root.name or str(root)

    def read(self, path: str) -> str | None:
        """The file's text. Bytes that are not UTF-8 become replacement characters, which YAML then refuses."""
        try:
            return (self._root / path).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None

    def names(self, path: str) -> list[str]:
        """The names in a folder, sorted."""
        try:
            return sorted(entry.name for entry in (self._root / path).iterdir())
        except OSError:
            return []


class FolderConfigs:
    """Reads the files at every call: an edit counts from the next run on."""

    def __init__(self, root: Path) -> None:
        self._folder = DiskFolder(root)

    def tenant_ids(self) -> list[str]:
        """The tenants that have a folder with a `tenant.yml`."""
        return tenant_folder.tenant_ids(self._folder)

    def load_tenant(self, tenant_id: str) -> Tenant:
        """`tenant.yml`."""
        return tenant_folder.load_tenant(self._folder, tenant_id)

    def load_tables(self, tenant_id: str) -> tuple[Table, ...]:
        """The tenant's tables."""
        return tenant_folder.load_tables(self._folder, tenant_id)

    def load_recipe(self, address: Address) -> Recipe:
        """The pipeline and all it names."""
        return load_recipe(self._folder, address)
