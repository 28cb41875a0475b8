"""What a column asks of its values beyond their type: lengths, digits, and what must not be NULL.

https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#parameterized_data_types
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from local.bigquery.functions import errors
from local.bigquery.functions.casts import (
    most_digits,
    of_length,
    of_precision,
    out_of_range,
    out_of_range_message,
)
from local.bigquery.functions.spelling import bound, braced
from local.bigquery.googlesql.types import GoogleType, type_of_rest
from local.bigquery.problem import ApiError
from local.bigquery.translate.literals import quoted

Field = dict[str, Any]
Fit = Callable[[Any], Any]
_LENGTHS = {"STRING": "length", "BYTES": "octet_length"}
# Digits before and behind the point.
_MOST_WHOLE, _MOST_SCALE = 29, 9


LIMITS = ("maxLength", "precision", "scale")
"""The members of a column's resource that say so."""


class LimitError(ValueError):
    """The value is not one that the column takes, in Google's words."""


def has_limits(field: Field) -> bool:
    """Whether the column may refuse or change a value of its type, apart from NULL."""
    return (
        bool(field.get("maxLength") or field.get("precision"))
        or field.get("mode") == "REPEATED"
        or any(has_limits(one) or one.get("mode") == "REQUIRED" for one in field.get("fields") or ())
    )


def stored(field: Field, sql: str) -> str:
    """A value as the column stores it: rounded to its scale, or refused. NULL stays NULL."""
    return _stored(field, type_of_rest(field), sql, path=field["name"]) if has_limits(field) else sql


def stored_rows(fields: Sequence[Field], source: str) -> str:
    """A query of rows, with its columns in the order of `fields`, as the columns store them."""
    if not any(map(has_limits, fields)):
        return source
    names = [f"given_{place}" for place in range(len(fields))]
    values = ", ".join(stored(field, name) for field, name in zip(fields, names, strict=True))
    return f"SELECT {values} FROM ({source}) AS given({', '.join(names)})"


def fits(field: Field, sql: str) -> str:
    """The condition that a scalar column takes the value, which is not NULL; "" where it takes all of its type."""
    kind = type_of_rest(field).kind
    if kind in _LENGTHS and field.get("maxLength"):
        return f"{_LENGTHS[kind]}({sql}) <= {int(field['maxLength'])}"
    if kind == "NUMERIC" and field.get("precision"):
        return f"NOT ({out_of_range(*_digits(field)).format(sql)})"
    return ""


def fit(field: Field) -> Fit | None:
    """The same of one value as `scalars` reads it; the function raises LimitError. None where every value fits."""
    kind = type_of_rest(field)
    single = (kind.element or kind).kind
    if single in _LENGTHS and field.get("maxLength"):
        return _length_fit(single, int(field["maxLength"]))
    return _digits_fit(*_digits(field)) if single == "NUMERIC" and field.get("precision") else None


def is_within(before: Field, after: Field) -> bool:
    """Whether every value that fits into a column fits into one of the same type with other limits."""
    if after.get("maxLength"):
        return bool(before.get("maxLength")) and int(before["maxLength"]) <= int(after["maxLength"])
    if not after.get("precision"):
        return True
    if not before.get("precision"):
        return False
    (old, old_scale), (new, new_scale) = _digits(before), _digits(after)
    return old_scale <= new_scale and old - old_scale <= new - new_scale


def parameterized(field: Field) -> str:
    """The column's type with its limits, as GoogleSQL spells it."""
    sql = type_of_rest(field).sql
    given = [str(field[name]) for name in LIMITS if field.get(name)]
    return f"{sql}({', '.join(given)})" if given else sql


def require_valid(field: Field) -> None:
    """Raises ApiError `invalid` for lengths and digits that no column has."""
    kind = type_of_rest(field)
    single = (kind.element or kind).kind
    name = field["name"]
    if field.get("maxLength") and (single not in _LENGTHS or int(field["maxLength"]) < 1):
        raise ApiError("invalid", f"Field {name}: maxLength is a number from 1, of a STRING or BYTES column")
    if not field.get("precision"):
        if field.get("scale"):
            raise ApiError("invalid", f"Field {name}: scale needs a precision")
        return
    precision, scale = _digits(field)
    is_right = 0 <= scale <= _MOST_SCALE and max(1, scale) <= precision <= scale + _MOST_WHOLE
    if single != "NUMERIC" or not is_right:
        message = f"Field {name}: NUMERIC(P, S) has S from 0 to 9 and P from max(1, S) to S + 29"
        raise ApiError("invalid", message)


def _digits(field: Field) -> tuple[int, int]:
    return int(field["precision"]), int(field.get("scale") or 0)


def _stored(field: Field, kind: GoogleType, sql: str, *, path: str) -> str:
    if kind.element is not None:
        return _stored_list(field, kind.element, sql, path=path)
    if kind.is_struct:
        return _stored_struct(field, kind, sql, path=path)
    told = f"Field {path}: "
    if kind.kind in _LENGTHS and field.get("maxLength"):
        return bound([sql], of_length(kind, int(field["maxLength"]), told=told))
    if kind.kind == "NUMERIC" and field.get("precision"):
        return bound([sql], of_precision(*_digits(field), told=told))
    return sql


def _stored_list(field: Field, element: GoogleType, sql: str, *, path: str) -> str:
    """The elements as they are stored; none of them is NULL, and an ARRAY that is, is empty."""
    inner = _stored({**field, "mode": "NULLABLE"}, element, "google_item", path=path)
    items = "{0}" if inner == "google_item" else f"list_transform({{0}}, lambda google_item: {braced(inner)})"
    message = f"Array cannot have a null element; error in writing field {path}"
    refusal = errors.while_writing(braced(quoted(message)))
    nothing = f"CAST([] AS {element.duckdb}[])"
    return bound(
        [sql],
        f"CASE WHEN {{0}} IS NULL THEN {nothing} WHEN list_count({{0}}) < len({{0}}) THEN {refusal} ELSE {items} END",
    )


def _stored_struct(field: Field, kind: GoogleType, sql: str, *, path: str) -> str:
    parts = []
    for place, (one, (_name, inner)) in enumerate(zip(field["fields"], kind.fields, strict=True)):
        name = kind.field_name(place)
        value = f"struct_extract({{0}}, '{name}')"
        where = f"{path}.{one['name']}"
        kept = _stored(one, inner, "google_part", path=where) if has_limits(one) else "google_part"
        if one.get("mode") == "REQUIRED":
            refusal = errors.while_writing(quoted(f"Required field {where} cannot be null"))
            kept = f"CASE WHEN google_part IS NULL THEN {refusal} ELSE {kept} END"
        if kept != "google_part":
            value = f"list_transform([{value}], lambda google_part: {braced(kept)})[1]"
        parts.append(f"'{name}': {value}")
    return bound([sql], f"CASE WHEN {{0}} IS NOT NULL THEN {{{{{', '.join(parts)}}}}} ELSE NULL END")


def _length_fit(kind: str, most: int) -> Fit:
    def fitted(value: Any) -> Any:
        # Four characters of base64 are three bytes.
        length = len(value) if kind == "STRING" else len(value) // 4 * 3 - value[-2:].count("=")
        if length > most:
            raise LimitError(f"{kind}({most}) has maximum length {most} but got a value with length {length}")
        return value

    return fitted


def _digits_fit(precision: int, scale: int) -> Fit:
    greatest = Decimal(most_digits(precision, scale))
    message, step = out_of_range_message(precision, scale), Decimal(1).scaleb(-scale)

    def fitted(value: Any) -> Any:
        with localcontext(prec=60):
            number = Decimal(value).quantize(step, rounding=ROUND_HALF_UP)
            if number.copy_abs() > greatest:
                raise LimitError(message)
        return f"{number:f}"

    return fitted
