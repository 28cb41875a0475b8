"""JSON without loss: texts and values whose digits must be the same on the other side."""

import json
import re
from datetime import UTC, date, datetime
from datetime import time as day_time
from decimal import Decimal, InvalidOperation
from math import isfinite
from typing import cast

from pydantic import JsonValue

EXACT_INTEGER = 2**53
_LONGEST_INTEGER = len(str(-EXACT_INTEGER))
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_JSON_BLANKS = " \t\r\n"


class TwiceError(Exception):
    """A JSON object says the same field twice; readers would disagree which one counts."""


class HalfCharacterError(ValueError):
    """JSON's escapes can say one half of a surrogate pair, which is no character."""


def parse_json(contents: bytes) -> JsonValue:
    """The value that the bytes say, with numbers that a double can't hold as text.

    Raises TwiceError for an object with a field twice and HalfCharacterError; ValueError for what is no JSON (NaN and
    Infinity are none), and RecursionError for what is nested too deeply.
    """
    try:
        text = contents.decode()
        return parse_json_text(text)
    except ValueError:
        # What is wrong, or begins with a byte-order mark, or is not in UTF-8: as json.loads reads bytes.
        return parse_json_text(contents.decode(json.detect_encoding(contents)))


def parse_json_text(text: str) -> JsonValue:
    """The value that the text says; as `parse_json`, but for text that is decoded already."""
    stripped = text.strip(_JSON_BLANKS)
    value, end = EXACT_JSON.raw_decode(stripped)
    if end != len(stripped):
        raise ValueError("something follows the value")
    if "\\u" in stripped and _HALF.search(stripped):
        _require_whole_characters(value)
    return cast(JsonValue, value)


def _require_whole_characters(value: object) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise HalfCharacterError from error


def json_value(value: object) -> JsonValue:
    """A Python value as JSON holds it without loss: decimals and big integers as strings, times in UTC."""
    match value:
        case None | bool() | str():
            return value
        case float():
            return value if isfinite(value) else str(value)
        case int():
            return value if abs(value) <= EXACT_INTEGER else str(value)
        case Decimal():
            return f"{value:f}"
        case datetime():
            # Where pandas is installed, Arrow makes its times, which hold nanoseconds and lose them in text.
            if getattr(value, "nanosecond", 0):
                raise ValueError(value)
            moment = value if value.tzinfo else value.replace(tzinfo=UTC)
            return re.sub(r"\+00:00$", "Z", moment.astimezone(UTC).isoformat())
        case date() | day_time():
            return value.isoformat()
        case bytes():
            return value.hex()
        case dict():
            return {str(key): json_value(inner) for key, inner in value.items()}
        case list() | tuple():
            return [json_value(inner) for inner in value]
        case _:
            return str(value)


def _each_field_once(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise TwiceError
    return fields


def _exact_number(text: str) -> float | str:
    # What a double can't hold stays text: money must not change on its way through JSON.
    number = float(text)
    return number if isfinite(number) and Decimal(repr(number)) == _decimal(text) else text


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent of more than eighteen digits
        return None


def _exact_integer(text: str) -> int | str:
    # Python makes no number of more than 4,300 digits.
    return int(text) if len(text) <= _LONGEST_INTEGER and abs(int(text)) <= EXACT_INTEGER else text


def _no_constant(text: str) -> None:
    raise ValueError(text)


EXACT_JSON = json.JSONDecoder(
    parse_float=_exact_number,
    parse_int=_exact_integer,
    parse_constant=_no_constant,
    object_pairs_hook=_each_field_once,
)
"""One for all lines: to make one takes as long as to read a short line."""
