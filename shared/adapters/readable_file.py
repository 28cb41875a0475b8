"""Files that a source's rows are read from."""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from shared.domain.errors import StepError


@dataclass(frozen=True)
class ReadableFile:
    """A file on this machine; `name` is what it is called in messages."""

    path: Path
    name: str
    is_gzipped: bool


FoundFiles = Generator[ReadableFile, None, None]
"""To be closed at the end, so that no copy of a file stays behind."""


class Files(Protocol):
    """A place where a tenant may have files."""

    def find(self, tenant_id: str, pattern: str) -> FoundFiles:
        """The files that match, in the order of their names; one is there until the next is asked for.

        Raises StepError where there are none, and in the same words for those that the tenant may not read.
        """


def no_match(pattern: str) -> StepError:
    """The error of a pattern that matches nothing, or nothing that the tenant may know of."""
    return StepError(f"No file matches '{pattern}'")
