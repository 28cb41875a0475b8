"""TO_JSON and TO_JSON_STRING: DuckDB's JSON text of a value, spelt as BigQuery spells it.

Source: the JSON encodings table of the GoogleSQL reference. DuckDB writes a timestamp as `2025-11-01 00:00:00+00`
and a NUMERIC with all nine decimals; which member holds which type is only in the type's own text,
`STRUCT(a TIMESTAMP WITH TIME ZONE, b STRUCT(c DECIMAL(38,9))[])`, and so both are walked together.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

_EXACT_INTEGER = 2**53
Encode = Callable[[Any, bool], Any]


@dataclass(frozen=True)
class _Number:
    """A number with its own spelling, which a float of the same value would not keep."""

    text: str


def encode_json(text: str | None, type_text: str, as_string: bool) -> str | None:
    """The JSON of a value whose DuckDB JSON is `text`; numbers a double can't hold are quoted if `as_string`."""
    if text is None:
        return "null"
    value = json.loads(text, parse_float=Decimal)
    return _dump(_encoder(type_text)(value, as_string))


def _dump(value: Any) -> str:
    if isinstance(value, dict):
        return (
            "{" + ",".join(f"{json.dumps(k, ensure_ascii=False)}:{_dump(v)}" for k, v in value.items()) + "}"
        )
    if isinstance(value, list):
        return "[" + ",".join(_dump(item) for item in value) + "]"
    if isinstance(value, _Number):
        return value.text
    if isinstance(value, Decimal):
        return _plain_float(value)
    return json.dumps(value, ensure_ascii=False)


def _plain_float(value: Decimal) -> str:
    text = repr(float(value))
    return text.removesuffix(".0") if "e" not in text else text


@lru_cache(maxsize=512)
def _encoder(type_text: str) -> Encode:
    if type_text.endswith("[]"):
        item = _encoder(type_text[:-2])
        return lambda value, quoted: None if value is None else [item(each, quoted) for each in value]
    if type_text.startswith("STRUCT("):
        fields = {name: _encoder(kind) for name, kind in _split_fields(type_text[len("STRUCT(") : -1])}
        return lambda value, quoted: _encode_struct(value, fields=fields, quoted=quoted)
    return _SCALARS.get(type_text.partition("(")[0], _as_is)


def _encode_struct(value: Any, *, fields: dict[str, Encode], quoted: bool) -> Any:
    if value is None:
        return None
    return {name: fields.get(name, _as_is)(member, quoted) for name, member in value.items()}


def _split_fields(text: str) -> list[tuple[str, str]]:
    """`a INTEGER, "b c" STRUCT(d DATE)` as pairs of name and type."""
    fields: list[tuple[str, str]] = []
    depth, start, quoted = 0, 0, False
    for position, character in enumerate(text + ","):
        if character == '"':
            quoted = not quoted
        elif not quoted and character in "()":
            depth += 1 if character == "(" else -1
        elif not quoted and character == "," and depth == 0:
            fields.append(_split_field(text[start:position].strip()))
            start = position + 1
    return fields


def _split_field(text: str) -> tuple[str, str]:
    if text.startswith('"'):
        end = text.index('" ', 1)
        return text[1:end].replace('""', '"'), text[end + 2 :]
    name, _, kind = text.partition(" ")
    return name, kind


def _as_is(value: Any, _quoted: bool) -> Any:
    return value


def _timestamp(value: Any, _quoted: bool) -> Any:
    if not isinstance(value, str):
        return value
    return _fraction(value.removesuffix("+00").replace(" ", "T")) + "Z"


def _datetime(value: Any, _quoted: bool) -> Any:
    return _fraction(value.replace(" ", "T")) if isinstance(value, str) else value


def _fraction(text: str) -> str:
    """The fraction of a second with three or six digits."""
    whole, dot, fraction = text.partition(".")
    return whole if not dot else f"{whole}.{fraction.ljust(3 if len(fraction) <= 3 else 6, '0')}"


def _numeric(value: Any, quoted: bool) -> Any:
    if value is None:
        return None
    number = Decimal(value)
    text = format(number.normalize(), "f") if number else "0"
    whole = "." not in text and abs(number) <= _EXACT_INTEGER
    return text if quoted and not whole else _Number(text)


def _integer(value: Any, quoted: bool) -> Any:
    return str(value) if quoted and value is not None and abs(value) > _EXACT_INTEGER else value


_SCALARS: dict[str, Encode] = {
    "TIMESTAMP WITH TIME ZONE": _timestamp,
    "TIMESTAMP": _datetime,
    "DECIMAL": _numeric,
    "BIGINT": _integer,
    "HUGEINT": _integer,
}
