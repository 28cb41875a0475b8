"""Files that a source's rows are read from."""

import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Protocol

from shared.adapters.files.problems import reading
from shared.domain.errors import StepError


@dataclass(frozen=True)
class ReadableFile:
    """A file on this machine; `name` is what it is called in messages.

    `may_be_unpacked` says that the file's name may promise a packing that was undone on its way here.
    """

    path: Path
    name: str
    may_be_unpacked: bool = False

    @contextmanager
    def opened(self) -> Iterator[BufferedReader]:
        """The file's bytes. Raises StepError at the end for a file that was changed meanwhile."""
        with reading(self.name):
            binary = self.path.open("rb")
        with binary:
            before = _version(binary)
            try:
                yield binary
            except StepError as error:
                # What was wrong may be no more than the half of two versions.
                self._require_unchanged(binary, before, cause=error)
                raise
            self._require_unchanged(binary, before)

    def _require_unchanged(
        self, binary: BufferedReader, before: tuple[int, int], *, cause: StepError | None = None
    ) -> None:
        if _version(binary) != before:
            raise StepError(
                f"{self.name} was changed while it was read; run again when it is whole"
            ) from cause


FoundFiles = Generator[ReadableFile, None, None]
"""To be closed at the end, so that no copy of a file stays behind."""


class Files(Protocol):
    """A place where a tenant may have files."""

    def find(self, tenant_id: str, pattern: str) -> FoundFiles:
        """The files that match, in the order of their names; one is there until the next is asked for.

        Raises StepError where there are none, and in the same words for those that the tenant may not read.
        """


def no_match(pattern: str, *, exactly: str | None = None) -> StepError:
    """The error of a pattern that matches nothing, or nothing that the tenant may know of.

    `exactly` is the pattern of a file that is called as `pattern` is, brackets and stars included.
    """
    hint = f"; the file that is called so is named by '{exactly}'" if exactly else ""
    return StepError(f"No file matches '{pattern}'{hint}")


def _version(binary: BufferedReader) -> tuple[int, int]:
    """Its size, and when it was last written to."""
    found = os.fstat(binary.fileno())
    return found.st_size, found.st_mtime_ns
