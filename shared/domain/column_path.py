"""Columns, and paths into them, as configuration writes them: `usage_date`, `data.invoice.month`, `data."a.b"`."""

import json
import re
from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from shared.domain.model import unless_recorded

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_QUOTED = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_ROUGHLY_ONE_NAME = re.compile(r'"(?:[^"\\]|\\.)*"|`[^`]*`|\[[^\]]*\]|[^.\["`]+')
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_FIELD_NAME = re.compile(r"[\w&%=+:'<>#| -]{1,300}")
_LONGEST = 1000
_HOW = (
    "must be names with dots between them, each of letters, digits and underscores and not beginning with a digit, "
    "or else in double quotes"
)
_EXAMPLE = f'{_HOW}, e.g. data."lineItem/UnblendedCost"'


def path_names(path: str) -> tuple[str, ...]:
    """The names along a path: a column, and what is inside it.

    A name in double quotes is read as JSON reads a string. Raises ValueError, with the path as it probably was meant.
    """
    names: list[str] = []
    position = 0
    while True:
        found = _PLAIN.match(path, position) or _QUOTED.match(path, position)
        if found is None:
            raise ValueError(_refusal(path))
        names.append(_name(found.group(), path))
        position = found.end()
        if position == len(path):
            return tuple(names)
        if path[position] != ".":
            raise ValueError(_refusal(path))
        position += 1


def path_of(names: Iterable[str]) -> str:
    """The path along these names, as configuration writes it."""
    return ".".join(
        name if _PLAIN.fullmatch(name) else json.dumps(name, ensure_ascii=False) for name in names
    )


def is_field_name(name: str) -> bool:
    """Whether a column of BigQuery, or a field of a struct, may be called so.

    "Flexible column names" in docs.cloud.google.com/bigquery/docs/schemas. Nothing in them ends a quoted name.
    """
    return _FIELD_NAME.fullmatch(name) is not None


def _name(written: str, path: str) -> str:
    if not written.startswith('"'):
        return written
    try:
        name: str = json.loads(written)
    except ValueError as error:
        raise ValueError(_refusal(path)) from error
    if _SURROGATE.search(name):
        raise ValueError(f"{_HOW}; half a pair of surrogates is no character")
    return name


def _refusal(path: str) -> str:
    names = [name.strip("\"`[]' ") for name in _ROUGHLY_ONE_NAME.findall(path)]
    if not all(names) or not names or len(path) > _LONGEST:
        return _EXAMPLE
    return f"{_HOW}. Did you mean {path_of(names)}?"


def _require_path(path: str) -> str:
    if len(path) > _LONGEST:
        raise ValueError(f"must be at most {_LONGEST:,} characters long")
    path_names(path)
    return path


ColumnPath = Annotated[
    str,
    unless_recorded(_require_path),
    Field(
        description='a column, or a path into one: usage_date, data.usage.amount, data."lineItem/UnblendedCost"'
    ),
]
