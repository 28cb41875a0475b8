"""Query parameters: their types for the analyzer, and their values for DuckDB."""

from __future__ import annotations

import base64
import binascii
import datetime
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from typing import Any

from local.bigquery.googlesql.json_text import rounded
from local.bigquery.googlesql.types import GoogleType, type_of_parameter
from local.bigquery.problem import ApiError
from local.bigquery.translate.call import SESSION_USER

_NUMERIC_STEP = Decimal("1e-9")
_NUMERIC_LIMIT = Decimal(10) ** 29
_INT64 = range(-(2**63), 2**63)
_NAMED = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w+)""")
_ZONE = re.compile(r"\s*(?:UTC|Z|z)$")


@dataclass(frozen=True)
class Parameters:
    """`types` by name, or in order; `values` by the name that DuckDB's statement has for each."""

    types: Mapping[str, GoogleType] | Sequence[GoogleType] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    session_user: str = ""

    def of(self, sql: str) -> dict[str, Any] | None:
        """The values that a DuckDB statement names; it takes no others."""
        if not self.values and SESSION_USER not in sql:
            return None
        named = {match[1] for match in _NAMED.finditer(sql)}
        known = {**self.values, SESSION_USER: self.session_user}
        return {name: value for name, value in known.items() if name in named} or None


def parse_parameters(query: dict[str, Any], *, session_user: str) -> Parameters:
    """The parameters of a query configuration. Raises ApiError `invalidQuery` for what is no value of its type."""
    given = query.get("queryParameters") or []
    if not given:
        return Parameters(session_user=session_user)
    kinds = [_type(one) for one in given]
    values = [_value(kind, one.get("parameterValue") or {}) for kind, one in zip(kinds, given, strict=True)]
    if all(one.get("name") for one in given):
        names = [str(one["name"]).lower() for one in given]
        types, by_name = dict(zip(names, kinds, strict=True)), dict(zip(names, values, strict=True))
        return Parameters(types, by_name, session_user)
    return Parameters(kinds, {f"p{place}": value for place, value in enumerate(values, 1)}, session_user)


def _type(parameter: dict[str, Any]) -> GoogleType:
    try:
        return type_of_parameter(parameter.get("parameterType") or {})
    except KeyError as error:
        message = f"Invalid value for type of query parameter {parameter.get('name', '')}: {error.args[0]}"
        raise ApiError("invalid", message) from error


def _value(kind: GoogleType, given: dict[str, Any]) -> Any:
    if kind.element is not None:
        items = given.get("arrayValues")
        if items is None and "value" in given:
            return None
        return [_value(kind.element, item or {}) for item in items or []]
    if kind.is_struct:
        members = given.get("structValues")
        if members is None:
            return None
        by_name = {name.lower(): value for name, value in members.items()}
        return {
            kind.field_name(place): _value(inner, by_name.get(name.lower()) or {})
            for place, (name, inner) in enumerate(kind.fields)
        }
    text = given.get("value")
    return None if text is None else _scalar(kind, str(text))


def _scalar(kind: GoogleType, text: str) -> Any:
    try:
        return _READERS[kind.kind](text)
    except KeyError as error:
        message = f"Query parameters of type {kind.kind} are not offered by the local stand-in"
        raise ApiError("invalidQuery", message, location="query") from error
    except (ValueError, InvalidOperation, OverflowError, binascii.Error) as error:
        raise ApiError("invalidQuery", f"Invalid {kind.kind} value: {text}", location="query") from error


def _integer(text: str) -> int:
    number = int(text)
    if number not in _INT64:
        raise ValueError("out of range")
    return number


def _numeric(text: str) -> Decimal:
    """To nine decimals, half away from zero; an exponent is written out, of which DuckDB would drop it."""
    number = Decimal(text)
    if not number.is_finite() or number.adjusted() > _NUMERIC_LIMIT.adjusted():
        raise ValueError("out of range")
    with localcontext(prec=60):
        number = number.quantize(_NUMERIC_STEP, rounding=ROUND_HALF_UP)
    if abs(number) >= _NUMERIC_LIMIT:
        raise ValueError("out of range")
    return number


def _boolean(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError("not a boolean")
    return text.lower() == "true"


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _datetime(text: str) -> datetime.datetime:
    read = datetime.datetime.fromisoformat(text)
    if read.tzinfo is not None:
        raise ValueError("a DATETIME has no zone")
    return read


def _timestamp(text: str) -> datetime.datetime:
    read = datetime.datetime.fromisoformat(_ZONE.sub("+00:00", text.strip()))
    return read.astimezone(datetime.UTC) if read.tzinfo else read.replace(tzinfo=datetime.UTC)


def _json(text: str) -> str:
    json.loads(text)
    return rounded(text)


_READERS: dict[str, Callable[[str], Any]] = {
    "STRING": str,
    "INT64": _integer,
    "FLOAT64": float,
    "NUMERIC": _numeric,
    "BOOL": _boolean,
    "BYTES": _bytes,
    "DATE": datetime.date.fromisoformat,
    "TIME": datetime.time.fromisoformat,
    "DATETIME": _datetime,
    "TIMESTAMP": _timestamp,
    "JSON": _json,
}
