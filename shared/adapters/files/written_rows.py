"""Rows of files written as JSON, several at once."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

import orjson
from pydantic import JsonValue

from shared.domain.json_lines import JsonLines, RowOrLines

_Item = TypeVar("_Item")
Row = dict[str, JsonValue]

ROWS_AT_ONCE = 16
"""Enough that what is done once for all of them costs little for each, few enough to be held however long they are."""


def several(items: Iterator[_Item]) -> Iterator[list[_Item]]:
    """A few at a time; those before an error are given before it is raised."""
    while True:
        some: list[_Item] = []
        try:
            some.extend(islice(items, ROWS_AT_ONCE))
        finally:
            if some:
                yield some
        if not some:
            return


def written_rows(rows: list[Row], *, fields: frozenset[str]) -> Iterator[RowOrLines]:
    """The rows as lines; one by one where they are nested too deeply for that, for whoever writes them otherwise."""
    if not rows:
        return
    try:
        text = b"\n".join(map(orjson.dumps, rows))
    except orjson.JSONEncodeError:
        yield from rows
        return
    yield JsonLines(text + b"\n", len(rows), fields)


def some_at_once(rows: Iterable[Row], *, fields: frozenset[str]) -> Iterator[RowOrLines]:
    """As `written_rows`, of rows that all have these fields and of which any number may follow."""
    left = iter(rows)
    while some := list(islice(left, ROWS_AT_ONCE)):
        yield from written_rows(some, fields=fields)
