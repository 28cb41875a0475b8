"""Identifiers and names as SQL writes them."""

import re

from shared.domain.column_path import is_field_name

_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPED = re.compile(r"['\\\x00-\x1f\x7f-\x9f\u2028\u2029]")


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
