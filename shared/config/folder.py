"""A tree of configuration files, wherever it is kept."""

from typing import Protocol

from shared.config.text import Unreadable
from shared.domain.errors import TransientError


class FolderChangedError(TransientError):
    """What the folder said was there is there no more: it has to be looked at anew."""


class Folder(Protocol):
    """Text files by their path from the root of the configurations, e.g. `acme_corp_001/tenant.yml`."""

    label: str
    """What the root is called in messages, e.g. `configs`."""

    def read(self, path: str) -> str | Unreadable | None:
        """The file's text, why it can't be read, or None if there is nothing of that name."""

    def names(self, path: str) -> list[str]:
        """The names in a folder, sorted; none where there is no such folder."""
