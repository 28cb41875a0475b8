"""Patterns of file and object names, as pathlib understands them (docs.python.org/3/library/pathlib.html)."""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property, reduce
from glob import has_magic
from itertools import islice, takewhile
from typing import Protocol, TypeVar

from shared.domain.errors import StepError

Reached = frozenset[int]
"""How many of the pattern's segments the names so far may have taken."""
MOST_FILES = 10_000
"""Of one source. Their names are held in memory."""
_ANY_FOLDERS = "**"


@dataclass(frozen=True)
class ObjectPattern:
    """`*`, `?` and `[…]` match within a name, and `**` any number of folders; at the end it takes every file below.

    None of them matches a name that begins with a dot: such files are about others, or not finished.
    """

    text: str

    @property
    def names_one(self) -> bool:
        """Whether there is nothing in it that could match several names."""
        return not has_magic(self.text)

    @property
    def prefix(self) -> str:
        """The folders that every match is in, with a slash at the end; `""` where that is the root."""
        segments = self.text.split("/")
        return "".join(f"{segment}/" for segment in takewhile(_is_plain, segments[:-1]))

    @property
    def is_flat(self) -> bool:
        """Whether every match is directly in the folder that is the prefix."""
        return self.text.removeprefix(self.prefix).count("/") == 0 and not self.text.endswith(_ANY_FOLDERS)

    def matches(self, name: str) -> bool:
        """Whether the whole name matches."""
        return self.is_whole(reduce(self.after, name.split("/"), self.start))

    @property
    def start(self) -> Reached:
        """What is reached before any name."""
        return self._with_no_folders({0})

    def after(self, reached: Reached, name: str, *, is_link: bool = False) -> Reached:
        """What is reached with one name more, of a folder or a file; nothing where it can't lead to a match.

        `**` goes through no folder that `is_link`: it could lead back to where it is.
        """
        found: set[int] = set()
        for count in reached:
            segment = self._segments[count] if count < len(self._segments) else None
            if segment == _ANY_FOLDERS:
                found.update({count} if not is_link and not name.startswith(".") else ())
            elif segment is not None and _matches_name(name, segment):
                found.add(count + 1)
        return self._with_no_folders(found)

    def is_whole(self, reached: Reached) -> bool:
        """Whether the names so far are those of a match."""
        return len(self._segments) in reached

    @cached_property
    def _segments(self) -> list[str]:
        segments = self.text.split("/")
        return [*segments, "*"] if segments[-1] == _ANY_FOLDERS else segments

    def _with_no_folders(self, reached: Iterable[int]) -> Reached:
        # Each `**` may also stand for no folder.
        found = set(reached)
        for count, segment in enumerate(self._segments):
            if count in found and segment == _ANY_FOLDERS:
                found.add(count + 1)
        return frozenset(found)


def _is_plain(segment: str) -> bool:
    return not has_magic(segment)


def _matches_name(name: str, segment: str) -> bool:
    return fnmatchcase(name, segment) and (segment.startswith(".") or not name.startswith("."))


class _Named(Protocol):
    @property
    def name(self) -> str: ...


_Listed = TypeVar("_Listed", bound=_Named)


def few_matching(pattern: ObjectPattern, listed: Iterable[_Listed], *, asked: str) -> list[_Listed]:
    """Those that match, in the order of their names. Raises StepError where they are more than a source may have."""
    found = list(islice((item for item in listed if pattern.matches(item.name)), MOST_FILES + 1))
    require_few(len(found), asked=asked)
    return sorted(found, key=lambda item: item.name)


def require_few(count: int, *, asked: str) -> None:
    """Raise StepError for more files than a source may have."""
    if count > MOST_FILES:
        raise StepError(f"'{asked}' matches more than {MOST_FILES:,} files")
