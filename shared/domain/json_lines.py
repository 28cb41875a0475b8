"""Rows as JSON, written where they are read: several at once pass at a fraction of what they cost as objects."""

import json
from dataclasses import dataclass

from pydantic import JsonValue

from shared.domain.progress import FileBegun
from shared.domain.row_fit import BrokenRow


@dataclass(frozen=True, slots=True)
class JsonLines:
    """`count` rows, at least one: a JSON object a line, without blanks, each with its line end.

    `fields` are the names that any of them has.
    """

    text: bytes
    count: int
    fields: frozenset[str]

    def rows(self) -> list[dict[str, JsonValue]]:
        """The rows as objects, for whoever looks into them."""
        return [json.loads(line) for line in self.text.splitlines()]


RowOrLines = dict[str, JsonValue] | JsonLines | FileBegun | BrokenRow
"""What a source gives: rows one by one, or some at once; one of files, also whose they are.

Those that don't fit are among them where they are to be set aside.
"""
