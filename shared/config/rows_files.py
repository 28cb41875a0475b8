"""Rows in files beside a test: CSV with a header line, or a JSON object a line."""

import csv
import json
from collections.abc import Iterator
from decimal import Decimal

from pydantic import JsonValue

LineOfFile = tuple[int, dict[str, object]]
"""A row and the line that it begins in. Numbers with a point are Decimal, so that no digit is lost."""


class UnreadableRowError(ValueError):
    """Why a line is no row."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def csv_rows(text: str) -> Iterator[LineOfFile]:
    """Each row; an empty field is NULL. Raises UnreadableRowError."""
    lines = csv.reader(text.splitlines(keepends=True), strict=True)
    try:
        header = next(lines, None)
        if not header:
            raise UnreadableRowError(1, "has no header line with the names of columns")
        if len(set(header)) < len(header):
            raise UnreadableRowError(1, "names a column twice in its header line")
        begins = lines.line_num + 1
        for fields in lines:
            if fields and len(fields) != len(header):
                raise UnreadableRowError(begins, f"has {len(fields)} fields, the header {len(header)}")
            if fields:
                yield begins, {name: field or None for name, field in zip(header, fields, strict=True)}
            begins = lines.line_num + 1
    except csv.Error as error:
        raise UnreadableRowError(max(lines.line_num, 1), f"is no CSV: {error}") from error


def json_rows(text: str) -> Iterator[LineOfFile]:
    """Each row; empty lines are left out. Raises UnreadableRowError."""
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line, parse_float=Decimal, parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            raise UnreadableRowError(number, "is no JSON") from error
        if not isinstance(row, dict):
            raise UnreadableRowError(number, "must be a JSON object")
        yield number, row


def parse_json(text: str) -> JsonValue:
    """The value of a JSON column in a field of CSV. Raises ValueError."""
    try:
        value: JsonValue = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise ValueError("is no JSON") from None
    return value


def plain_json(value: object) -> JsonValue:
    """A value that was read with Decimals, as JSON holds it."""
    match value:
        case dict():
            return {str(key): plain_json(each) for key, each in value.items()}
        case list() | tuple():
            return [plain_json(each) for each in value]
        case Decimal():
            return float(value)
        case str() | bool() | int() | float() | None:
            return value
        case _:
            raise ValueError("is no JSON")


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no JSON")
