"""Statements that differ in the names of their tables alone, as one.

Rows on their way have a table of their own in every run, so that the same statement comes with ever new names. What it
means to Google's analyzer depends on the tables' columns, not on what they are called.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from local.bigquery.googlesql.analyzer import Path

_STRING = r"""[rRbB]{0,2}(?:\"{3}(?:\\.|[^\\])*?\"{3}|'{3}(?:\\.|[^\\])*?'{3}|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
_COMMENT = r"--[^\n]*|\#[^\n]*|/\*.*?\*/"
_NAME = r"(?:`[^`]+`|[A-Za-z_][\w-]*)"
_TOKEN = re.compile(rf"(?P<kept>{_STRING}|{_COMMENT})|(?P<path>{_NAME}(?:\s*\.\s*{_NAME})*)", re.DOTALL)
_PART = re.compile(r"`([^`]+)`|([\w-]+)")
# What may come before the first word of a statement.
START = rf"(?:\s|{_COMMENT})*"
# Whose table is defined, and not among those that the statement reads.
_DEFINED = re.compile(
    rf"{START}(?:CREATE\s+(?:OR\s+REPLACE\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?|DROP\s+TABLE\s+(?:IF\s+EXISTS\s+)?)"
    rf"(?P<path>{_NAME}(?:\s*\.\s*{_NAME})*)",
    re.IGNORECASE | re.DOTALL,
)
_VIEW = re.compile(rf"{START}CREATE\b[^(]*?\bVIEW\b", re.IGNORECASE | re.DOTALL)
_WORD = re.compile(r"[\w-]+")


@dataclass(frozen=True)
class Canonical:
    """A statement with names in the place of its tables' own, and which is which."""

    sql: str
    path_by_name: dict[Path, Path] = field(default_factory=dict)

    def name_of(self, path: Path) -> Path:
        """What the table is called in `sql`."""
        return next((name for name, own in self.path_by_name.items() if own == path), path)


def canonical(sql: str, paths: Iterable[Path]) -> Canonical:
    """The statement with `table_1`, `table_2`, … for its tables; those whose name may mean a row stay as they are."""
    if _VIEW.match(sql):
        # A view keeps its query as it was written.
        return Canonical(sql)
    defined = _DEFINED.match(sql)
    known = [*paths, *([_parts(defined["path"])] if defined else [])]
    names = {path: f"table_{place}" for place, path in enumerate(dict.fromkeys(known), 1)}
    words = [word.lower() for word in _WORD.findall(sql)]
    taken = set(words)
    found: dict[Path, Path] = {}
    replaced: dict[Path, int] = dict.fromkeys(names, 0)
    for match in _TOKEN.finditer(sql):
        if match["path"] and _parts(match["path"]) in names:
            replaced[_parts(match["path"])] += 1
    # The last part of a table's name is what its rows are called, unless something else was said.
    safe = {
        path
        for path, count in replaced.items()
        if count and words.count(_last(path)) == count and names[path] not in taken
    }

    def rename(match: re.Match[str]) -> str:
        path = _parts(match["path"]) if match["path"] else ()
        if path not in safe:
            return match[0]
        found[(names[path],)] = path
        return f"`{names[path]}`"

    return Canonical(_TOKEN.sub(rename, sql), found)


def _parts(text: str) -> Path:
    return tuple(quoted or bare for quoted, bare in _PART.findall(text))


def _last(path: Path) -> str:
    return path[-1].rpartition(".")[2].lower()
