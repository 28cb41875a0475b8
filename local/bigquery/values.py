"""Values of streamed and loaded rows: JSON in, the text DuckDB takes out, or the words BigQuery has for why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import InvalidOperation
from typing import Any

from local.bigquery.column_limits import LimitError, fit
from local.bigquery.googlesql.types import type_of_rest
from local.bigquery.scalars import READERS, Read, json_in_text, json_value

_IN_STATEMENTS_ONLY = ("INTERVAL", "RANGE")
ReadRow = Callable[[Mapping[str, Any]], dict[str, Any]]


class ValueRefusedError(Exception):
    """A value the column does not take. `location` is the column's path."""

    def __init__(self, location: str, message: str) -> None:
        super().__init__(message)
        self.location = location
        self.message = message


def row_reader(
    fields: Sequence[dict[str, Any]],
    *,
    ignore_unknown: bool = False,
    json_in_strings: bool = True,
    leaves_defaults: bool = False,
    path: str = "",
) -> ReadRow:
    """Reads a row into one entry for every column, named as the fields of a stored STRUCT are.

    The function raises ValueRefusedError. With `json_in_strings` a string for a JSON column is JSON text, as in
    streamed rows; without, it is a JSON string, as in files. With `leaves_defaults` a row that lacks a column with a
    default value has no entry for it.
    """
    reads = [
        (f"_{place}", field["name"].lower(), _field_reader(field, ignore_unknown, json_in_strings, path=path))
        for place, field in enumerate(fields, 1)
    ]
    known = {lower for _place, lower, _read in reads}

    defaults = {field["name"].lower() for field in fields if field.get("defaultValueExpression")}
    left_out = defaults if leaves_defaults else set()

    def read_row(row: Mapping[str, Any]) -> dict[str, Any]:
        given = {name.lower(): value for name, value in row.items()}
        if not ignore_unknown and not given.keys() <= known:
            name = next(name for name in row if name.lower() not in known)
            raise ValueRefusedError(path + name, f"no such field: {path}{name}.")
        if not left_out <= given.keys():
            return {
                place: read(given.get(lower))
                for place, lower, read in reads
                if lower in given or lower not in left_out
            }
        return {place: read(given.get(lower)) for place, lower, read in reads}

    return read_row


def _field_reader(field: dict[str, Any], ignore_unknown: bool, json_in_strings: bool, *, path: str) -> Read:
    path += field["name"]
    kind = type_of_rest(field)
    if (kind.element or kind).is_struct:
        inner = row_reader(
            field["fields"], ignore_unknown=ignore_unknown, json_in_strings=json_in_strings, path=f"{path}."
        )

        def read_record(value: Any) -> Any:
            return inner(_record(value, path))

        single: Read = read_record
    elif (kind.element or kind).kind == "JSON":
        single = _scalar_reader("json", json_in_text if json_in_strings else json_value, path)
    elif (kind.element or kind).kind in _IN_STATEMENTS_ONLY:
        single = _refusing((kind.element or kind).kind, path)
    else:
        single = _fitted(_scalar_reader(*READERS[(kind.element or kind).kind], path), field, path)
    required = kind.is_array or str(field.get("mode", "")).upper() == "REQUIRED"

    def read(value: Any) -> Any:
        if value is None:
            if required:
                raise ValueRefusedError(path, f"Missing required field: {path}.")
            return None
        return single(value)

    if not kind.is_array:
        return read
    return lambda value: [read(item) for item in (value if isinstance(value, list | None) else [value]) or ()]


def _refusing(kind: str, path: str) -> Read:
    def read(_value: Any) -> Any:
        message = f"The local stand-in takes {kind} values in statements only. Field: {path}."
        raise ValueRefusedError(path, message)

    return read


def _fitted(read: Read, field: dict[str, Any], path: str) -> Read:
    """The same for a column that takes not all values of its type."""
    fitted = fit(field)
    if fitted is None:
        return read

    def read_fitting(value: Any) -> Any:
        try:
            return fitted(read(value))
        except LimitError as error:
            raise ValueRefusedError(path, f"Field {path}: {error}") from error

    return read_fitting


def _record(value: Any, path: str) -> dict[str, Any]:
    if isinstance(value, list):
        raise ValueRefusedError(path, f"Array specified for non-repeated field: {path}.")
    if not isinstance(value, dict):
        raise ValueRefusedError(path, f"This field: {path} is not a record.")
    return value


def _scalar_reader(name: str, convert: Read, path: str) -> Read:
    takes_any = name == "json"

    def read(value: Any) -> Any:
        if isinstance(value, list | dict) and not takes_any:
            if isinstance(value, list):
                raise ValueRefusedError(path, f"Array specified for non-repeated field: {path}.")
            raise ValueRefusedError(path, f"This field: {path} is not a record.")
        try:
            return convert(value)
        except (ValueError, TypeError, InvalidOperation, OverflowError, RecursionError) as error:
            raise ValueRefusedError(path, f"Cannot convert value to {name}.") from error

    return read
