"""Loads the statements beside this file, and writes identifiers into them."""

import re
from collections.abc import Collection
from functools import cache
from importlib import resources
from string import Template

from shared.domain.column_path import is_field_name

_CONDITION = re.compile(r" +-- where @(\w+) is given$")
_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPED = re.compile(r"['\\\x00-\x1f\x7f-\x9f\u2028\u2029]")


@cache
def _template(name: str, given: frozenset[str] | None) -> Template:
    text = resources.files("shared.sql").joinpath(f"{name}.sql").read_text(encoding="utf-8")
    if given is not None:
        text = "".join(line for line in text.splitlines(keepends=True) if _is_said(line, given))
    return Template(text)


def _is_said(line: str, given: frozenset[str]) -> bool:
    condition = _CONDITION.search(line.rstrip("\n"))
    return condition is None or condition[1] in given


def statement(name: str, *, given: Collection[str] | None = None, **parts: str) -> str:
    """The text of `<name>.sql` with each `${part}` filled in.

    A line that ends with `-- where @name is given` stays only if `given` has that name, where `given` is said: a
    condition that a NULL switches off keeps BigQuery from reading fewer partitions.

    Parts are identifiers that `quoted` wrote, or SQL that this package or the tenant's checked files hold; values
    never come in here, they are query parameters. Raises KeyError for a part that is missing.
    """
    return _template(name, None if given is None else frozenset(given)).substitute(parts)


def quoted(*names: str) -> str:
    """The names joined by dots and quoted, e.g. `` `acme`.`raw_data` ``.

    Raises ValueError for anything that configuration should have refused: there is no escaping to get wrong.
    """
    for name in names:
        if _IDENTIFIER.fullmatch(name) is None:
            raise ValueError(f"not an identifier: {name!r}")
    return ".".join(f"`{name}`" for name in names)


def quoted_field(*names: str) -> str:
    """Like `quoted`, for columns of somebody else's table and fields inside them.

    Raises ValueError for names that no column of BigQuery has.
    """
    for name in names:
        if not is_field_name(name):
            raise ValueError(f"not a column's name: {name!r}")
    return ".".join(f"`{name}`" for name in names)


def literal(text: str) -> str:
    """The text as a string literal of GoogleSQL, for the names that it takes nowhere else; values are parameters."""
    return "'" + _ESCAPED.sub(lambda match: _escape(match.group()), text) + "'"


def _escape(character: str) -> str:
    return f"\\{character}" if character in "'\\" else f"\\u{ord(character):04x}"


def quoted_list(names: tuple[str, ...], *, prefix: str = "") -> str:
    """Quoted column names with commas, each after `prefix` and a dot where there is one."""
    return ", ".join(f"{prefix}.{quoted(name)}" if prefix else quoted(name) for name in names)
