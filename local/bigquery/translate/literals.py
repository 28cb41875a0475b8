"""Values of Google's analyzer as DuckDB literals.

How they are packed: zetasql/public/value.proto, zetasql/public/civil_time.h, zetasql/public/interval_value.h.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from local.bigquery.googlesql.types import GoogleType
from local.bigquery.googlesql.value_protos import READERS
from local.bigquery.translate.limits import refused


def quoted(text: str) -> str:
    """A string literal."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A quoted name."""
    return '"' + name.replace('"', '""') + '"'


def python_value(kind: GoogleType, value: Any) -> Any:
    """The value in Python; text for what is not a number, a truth, text or bytes; None for NULL.

    An ARRAY is a list, a STRUCT a tuple, and a RANGE one of its two ends.
    """
    which = value.WhichOneof("value")
    if which is None:
        return None
    content = getattr(value, which)
    if kind.element is not None:
        return [python_value(kind.element, one) for one in content.element]
    if kind.is_struct:
        pairs = zip(kind.fields, content.field, strict=True)
        return tuple(python_value(one, inner) for (_name, one), inner in pairs)
    if kind.bound is not None:
        return tuple(python_value(kind.bound, one) for one in (content.start, content.end))
    read = _READ.get(kind.kind)
    return content if read is None else read(content)


def literal(kind: GoogleType, value: Any) -> str:
    """The value as DuckDB SQL, of exactly the type's DuckDB type."""
    return spelled(kind, python_value(kind, value))


def spelled(kind: GoogleType, value: Any) -> str:
    """What `python_value` gave, as DuckDB SQL."""
    if value is None:
        return f"CAST(NULL AS {storable(kind)})"
    if kind.element is not None:
        inner = ", ".join(spelled(kind.element, one) for one in value)
        return f"CAST([{inner}] AS {storable(kind)})"
    if kind.is_struct:
        parts = [
            f"'{kind.field_name(place)}': {spelled(one, inner)}"
            for place, ((_name, one), inner) in enumerate(zip(kind.fields, value, strict=True))
        ]
        return f"{{{', '.join(parts)}}}" if parts else "{'_0': NULL}"
    if kind.bound is not None:
        start, end = (spelled(kind.bound, one) for one in value)
        return f"{{'range_start': {start}, 'range_end': {end}}}"
    return _scalar(kind, value)


def storable(kind: GoogleType) -> str:
    """The DuckDB type. Raises ApiError for a type that can't be held here."""
    try:
        return kind.duckdb
    except KeyError as error:
        raise refused(f"the type {error.args[0]}") from error


def _scalar(kind: GoogleType, value: Any) -> str:
    stored = storable(kind)
    match kind.kind:
        case "INT64":
            # The least is no number with a minus before it, to DuckDB.
            return f"CAST({value} AS BIGINT)" if value < 0 else f"{value}::BIGINT"
        case "FLOAT64":
            return f"CAST('{value!r}' AS DOUBLE)" if math.isfinite(value) else _infinite(value)
        case "BOOL":
            return "TRUE" if value else "FALSE"
        case "STRING":
            return _text(value)
        case "BYTES":
            return f"from_hex('{value.hex()}')"
        case "NUMERIC":
            return f"CAST('{value:f}' AS DECIMAL(38,9))"
        case "INTERVAL":
            return str(value)
        case "DATE" | "TIME":
            return f"{kind.kind} '{value}'"
        case _:
            return f"CAST({quoted(value)} AS {stored})"


def _text(value: str) -> str:
    if "\0" in value:
        return "(" + " || chr(0) || ".join(quoted(part) for part in value.split("\0")) + ")"
    return quoted(value)


def _infinite(value: float) -> str:
    name = "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return f"CAST('{name}' AS DOUBLE)"


def _interval(content: bytes) -> str:
    months, days, nanoseconds = READERS["INTERVAL"](content)
    return f"(to_months({months}) + to_days({days}) + to_microseconds({nanoseconds // 1000}))"


def _text_of(kind: str) -> Callable[[Any], str]:
    """ISO 8601, with a blank between day and time."""
    return lambda content: str(READERS[kind](content))


_READ: dict[str, Callable[[Any], Any]] = {
    "NUMERIC": READERS["NUMERIC"],
    "DATE": _text_of("DATE"),
    "TIMESTAMP": _text_of("TIMESTAMP"),
    "DATETIME": _text_of("DATETIME"),
    "TIME": _text_of("TIME"),
    "INTERVAL": _interval,
}
