"""Leaves out the fields that a table has no column for, where they may be left out."""

from collections.abc import Callable, Iterator
from typing import Any

from pydantic import JsonValue

from shared.domain.json_lines import JsonLines, RowOrLines
from shared.domain.table import SOURCE_FILE
from shared.steps.row_lines import RowShape


def known_fields(
    read: Callable[..., Iterator[RowOrLines]], shape: RowShape, **options: Any
) -> Iterator[RowOrLines]:
    """What is read, without those fields. One that the platform fills in stays, for it is refused."""
    columns = (shape.columns or frozenset()) | ({SOURCE_FILE} if shape.tells_file else set())
    for each in read(**options):
        match each:
            case JsonLines() if not each.fields <= columns:
                yield from (_kept(row, columns) for row in each.rows())
            case dict():
                yield _kept(each, columns)
            case _:
                yield each


def _kept(row: dict[str, JsonValue], columns: frozenset[str]) -> dict[str, JsonValue]:
    return row if row.keys() <= columns else {name: row[name] for name in row if name in columns}
