"""Files that a source's rows are read from."""

import os
from collections import Counter
from collections.abc import Callable, Generator, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Protocol, TypeVar

from shared.adapters.files.problems import reading
from shared.domain.errors import StepError
from shared.domain.message import listed
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

    @property
    def told_name(self) -> str:
        """What its rows call it."""
        return self.version.name if self.version else self.name

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
Patterns = tuple[str, ...]
"""One or more patterns of names: what a source's path stands for in a run."""
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

    def find(self, tenant_id: str, patterns: Patterns, *, select: Select | None = None) -> FoundFiles:
        """The files that match any of the patterns, each once: those of the first pattern first, in the order of their
        names. One is there until the next is asked for.

        With `select`, those of them that it takes of all that are there; each is read as it was found, in no other
        version. Raises StepError where a pattern matches none, and in the same words for those that the tenant may not
        read; TransientError or StepError for a file that was changed since it was found.
        """

    def versions(self, tenant_id: str, patterns: Patterns) -> tuple[FileVersion, ...]:
        """The files that match, in the same order, without reading any of them. Raises as `find`."""


class NoMatchError(StepError):
    """A pattern matches nothing, or nothing that the tenant may know of."""


def no_match(pattern: str, *, exactly: str | None = None) -> NoMatchError:
    """The error of such a pattern.

    `exactly` is the pattern of a file that is called as `pattern` is, brackets and stars included.
    """
    hint = f"; the file that is called so is named by '{exactly}'" if exactly else ""
    return NoMatchError(f"No file matches '{pattern}'{hint}")


def matching_any(
    patterns: Patterns, match: Callable[[str], Iterable[_Found]], *, key: Callable[[_Found], Hashable]
) -> list[_Found]:
    """What matches any of the patterns, what has the same key once. Raises StepError where one matches nothing."""
    found: dict[Hashable, _Found] = {}
    missing: dict[str, NoMatchError] = {}
    for pattern in patterns:
        try:
            for each in match(pattern):
                found.setdefault(key(each), each)
        except NoMatchError as error:
            missing[pattern] = error
    if len(missing) > 1:
        quoted = [f"'{pattern}'" for pattern in missing]
        raise NoMatchError(f"No file matches {listed(quoted)}")
    for only in missing.values():
        raise only
    return list(found.values())


def shown_patterns(patterns: Patterns) -> str:
    """The patterns in a sentence."""
    return patterns[0] if len(patterns) == 1 else listed(patterns)


def require_distinct(found: Sequence[FileVersion], asked: str) -> None:
    """Raise StepError where two files have one name: names of no text are written in a form that others may have."""
    names = Counter(each.name for each in found)
    twice = next((name for name, count in names.items() if count > 1), None)
    if twice is not None:
        raise StepError(
            f"'{asked}' matches two files whose names are both written '{twice}'; rename one of them"
        )


def file_state(found: os.stat_result) -> FileState:
    """What tells a file on disk from what it is at other times."""
    return found.st_size, found.st_mtime_ns
