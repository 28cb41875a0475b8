"""Patterns of object names: those of files, as pathlib understands them (docs.python.org/3/library/pathlib.html)."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from glob import has_magic
from itertools import takewhile


@dataclass(frozen=True)
class ObjectPattern:
    """`*`, `?` and `[…]` match within a name, and `**` any number of folders."""

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
        return self.text.removeprefix(self.prefix).count("/") == 0 and not self.text.endswith("**")

    def matches(self, name: str) -> bool:
        """Whether the whole name matches. A `**` at the end takes every file below."""
        segments = name.split("/")
        # How many of the name's segments the pattern's segments so far may have taken.
        reached = {0}
        for segment in self.text.split("/"):
            if segment == "**":
                reached = set(range(min(reached), len(segments) + 1))
            else:
                reached = {
                    count + 1
                    for count in reached
                    if count < len(segments) and fnmatchcase(segments[count], segment)
                }
            if not reached:
                return False
        return len(segments) in reached


def _is_plain(segment: str) -> bool:
    return not has_magic(segment)
