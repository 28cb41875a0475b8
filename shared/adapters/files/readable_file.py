"""Files that a source's rows are read from."""

import os
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Protocol, TypeVar

from shared.adapters.files.problems import reading
from shared.domain.errors import StepError
from shared.domain.progress import FileVersion

FileState = tuple[int, int]
"""Of a file on disk: its size, and when it was last written to."""


@dataclass(frozen=True)
class ReadableFile:
    """A file on this machine; `name` is what it is called in messages.

    `may_be_unpacked` says that the file's name may promise a packing that was undone on its way here. `version` is what
    was found, if that was asked for, and `state` how the file itself was then, where it is read in place.
    """

    path: Path
    name: str
    may_be_unpacked: bool = False
    version: FileVersion | None = None
    state: FileState | None = None

    @contextmanager
    def opened(self) -> Iterator[BufferedReader]:
        """The file's bytes. Raises StepError at the end for a file that was changed meanwhile."""
        with reading(self.name):
            binary = self.path.open("rb")
        with binary:
            before = file_state(os.fstat(binary.fileno()))
            if self.state not in (None, before):
                raise StepError(f"{self.name} was changed after it was found; run again when it is whole")
            try:
                yield binary
            except StepError as error:
                # What was wrong may be no more than the half of two versions.
                self._require_unchanged(binary, before, cause=error)
                raise
            self._require_unchanged(binary, before)

    def _require_unchanged(
        self, binary: BufferedReader, before: FileState, *, cause: StepError | None = None
    ) -> None:
        if file_state(os.fstat(binary.fileno())) != before:
            raise StepError(
                f"{self.name} was changed while it was read; run again when it is whole"
            ) from cause


FoundFiles = Generator[ReadableFile, None, None]
"""To be closed at the end, so that no copy of a file stays behind."""


_Found = TypeVar("_Found")
Select = Callable[[Sequence[FileVersion]], Sequence[FileVersion]]
"""Which of the files that were found are to be read, in their order."""


def selected(
    found: Sequence[_Found], select: Select | None, *, version_of: Callable[[_Found], FileVersion]
) -> list[_Found]:
    """Those of the files that are to be read, in the order that `select` says; without one, all of them."""
    if select is None:
        return list(found)
    by_version = {version_of(each): each for each in found}
    return [by_version[version] for version in select(list(by_version))]


class Files(Protocol):
    """A place where a tenant may have files."""

    def find(self, tenant_id: str, pattern: str, *, select: Select | None = None) -> FoundFiles:
        """The files that match, in the order of their names; one is there until the next is asked for.

        With `select`, those of them that it takes of all that are there; each is read as it was found, in no other
        version. Raises StepError where none match, and in the same words for those that the tenant may not read;
        TransientError or StepError for a file that was changed since it was found.
        """

    def versions(self, tenant_id: str, pattern: str) -> tuple[FileVersion, ...]:
        """The files that match, in the order of their names, without reading any of them. Raises as `find`."""


def no_match(pattern: str, *, exactly: str | None = None) -> StepError:
    """The error of a pattern that matches nothing, or nothing that the tenant may know of.

    `exactly` is the pattern of a file that is called as `pattern` is, brackets and stars included.
    """
    hint = f"; the file that is called so is named by '{exactly}'" if exactly else ""
    return StepError(f"No file matches '{pattern}'{hint}")


def require_distinct(found: Sequence[FileVersion], pattern: str) -> None:
    """Raise StepError where two files have one name: names of no text are written in a form that others may have."""
    names = Counter(each.name for each in found)
    twice = next((name for name, count in names.items() if count > 1), None)
    if twice is not None:
        raise StepError(
            f"'{pattern}' matches two files whose names are both written '{twice}'; rename one of them"
        )


def file_state(found: os.stat_result) -> FileState:
    """What tells a file on disk from what it is at other times."""
    return found.st_size, found.st_mtime_ns
