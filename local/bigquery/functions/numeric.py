"""Exact products and quotients of NUMERIC: 38 digits, nine decimals, rounded half away from zero.

DuckDB would be exact for some, but divides 128 bits in microseconds. Arrow does it in tenths of that, and what
Arrow can't hold is left to Python's integers.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, localcontext

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from local.bigquery.functions.columnar import create_columnar
from local.bigquery.googlesql.evaluator import MARK

_NUMERIC, _DUCKDB = pa.decimal128(38, 9), "DECIMAL(38,9)"
# A product of these has no more digits than Arrow can hold, 76; a quotient none too many for its rounding, which is
# wrong where more than 18 digits are cut off.
_WIDE, _FACTOR, _DIVISOR = pa.decimal256(38, 9), pa.decimal256(37, 9), pa.decimal256(24, 9)
_ROUNDED = pa.decimal256(76, 9)
_SCALE = 10**9
_STEP = Decimal("1e-9")
# The name in DuckDB of what reads a NUMERIC with an exponent.
FROM_TEXT = "numeric_from_text"
_LIMIT = 10**38


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the functions known to a database."""
    for name, function in _FUNCTIONS.items():
        create_columnar(connection, name, function, parameters=[_DUCKDB, _DUCKDB], result=_DUCKDB)
    create_columnar(connection, FROM_TEXT, from_text, parameters=["VARCHAR"], result=_DUCKDB)


def from_text(texts: pa.Array) -> pa.Array:
    """The numbers that texts with an exponent spell, to nine decimals, half away from zero."""
    with localcontext(prec=160, rounding=ROUND_HALF_UP):
        found = [None if text is None else Decimal(text).quantize(_STEP) for text in texts.to_pylist()]
    return pa.array(found, type=_NUMERIC)


def product(left: pa.Array, right: pa.Array) -> pa.Array:
    """`left` × `right`, row by row."""
    try:
        return _rounded(pc.multiply(left.cast(_WIDE), right.cast(_FACTOR)))
    except pa.ArrowInvalid:
        return _one_by_one(left, right, _exact_product)


def quotient(left: pa.Array, right: pa.Array) -> pa.Array:
    """`left` / `right`, row by row."""
    try:
        # Truncated far behind the ninth decimal, where the next digit decides.
        return _rounded(pc.divide(left.cast(_WIDE), right.cast(_DIVISOR)))
    except pa.ArrowInvalid:
        return _one_by_one(left, right, _exact_quotient)


def safe_product(left: pa.Array, right: pa.Array) -> pa.Array:
    """`product`, NULL where that is refused."""
    return _unless_refused(product, left, right)


def safe_quotient(left: pa.Array, right: pa.Array) -> pa.Array:
    """`quotient`, NULL where that is refused."""
    return _unless_refused(quotient, left, right)


def _unless_refused(
    function: Callable[[pa.Array, pa.Array], pa.Array], left: pa.Array, right: pa.Array
) -> pa.Array:
    try:
        return function(left, right)
    except ValueError:
        if len(left) == 1:
            return pa.nulls(1, _NUMERIC)
    ones = (_unless_refused(function, left[at : at + 1], right[at : at + 1]) for at in range(len(left)))
    return pa.concat_arrays(list(ones))


def _rounded(values: pa.Array) -> pa.Array:
    return pc.round(values, 9, round_mode="half_towards_infinity").cast(_ROUNDED).cast(_NUMERIC)


def _one_by_one(left: pa.Array, right: pa.Array, function: Callable[[Decimal, Decimal], Decimal]) -> pa.Array:
    pairs = zip(left.to_pylist(), right.to_pylist(), strict=True)
    found = [None if a is None or b is None else function(a, b) for a, b in pairs]
    return pa.array(found, type=_NUMERIC)


def _exact_product(left: Decimal, right: Decimal) -> Decimal:
    answer = _divided(_scaled(left) * _scaled(right), _SCALE)
    return _fitting(answer, f"{text(left)} * {text(right)}")


def _exact_quotient(left: Decimal, right: Decimal) -> Decimal:
    if right == 0:
        raise ValueError(f"{MARK}division by zero: {text(left)} / 0{MARK}")
    answer = _divided(_scaled(left) * _SCALE, _scaled(right))
    return _fitting(answer, f"{text(left)} / {text(right)}")


def _scaled(value: Decimal) -> int:
    with localcontext(prec=60):
        return int(value.scaleb(9))


def _divided(value: int, divisor: int) -> int:
    """The quotient, rounded half away from zero."""
    whole, rest = divmod(abs(value), abs(divisor))
    whole += 2 * rest >= abs(divisor)
    return whole if (value < 0) == (divisor < 0) else -whole


def _fitting(scaled: int, expression: str) -> Decimal:
    if abs(scaled) >= _LIMIT:
        raise ValueError(f"{MARK}numeric overflow: {expression}{MARK}")
    with localcontext(prec=60):
        return Decimal(scaled).scaleb(-9)


def text(value: Decimal) -> str:
    """As GoogleSQL spells it: no exponent, no zeros at the end."""
    spelled = f"{value:f}"
    return spelled.rstrip("0").rstrip(".") if "." in spelled else spelled


_FUNCTIONS = {
    "google_numeric_product": product,
    "google_numeric_quotient": quotient,
    "google_safe_numeric_product": safe_product,
    "google_safe_numeric_quotient": safe_quotient,
}
