"""What DuckDB lacks: macros (one .sql file a subject) and the few functions that need exact arithmetic."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from local.bigquery.dialect.json_text import encode_json

_MACROS = Path(__file__).parent / "macros"
_ORDER = ("numeric", "casts", "times", "json", "statements")
_EXACT = Context(prec=160, rounding=ROUND_HALF_UP)
_SCALE = Decimal("1e-9")
_LIMIT = Decimal(10) ** 29
_NUMERIC = "DECIMAL(38, 9)"


def create_functions(connection: Any) -> None:
    """Create or replace our functions and macros in the database of `connection`."""
    # Whole columns at a time: DuckDB needs about 0.1 ms for every single call into Python.
    columnar = {"type": "arrow", "null_handling": "special"}
    connection.create_function(
        "bqx_numeric_quotient", _divide_column, [_NUMERIC, _NUMERIC], _NUMERIC, **columnar
    )
    connection.create_function("bqx_numeric_from_text", _parse_column, ["VARCHAR"], _NUMERIC, **columnar)
    connection.create_function(
        "bqx_json_text", _encode_column, ["VARCHAR", "VARCHAR", "BOOLEAN"], "VARCHAR", **columnar
    )
    for name in _ORDER:
        connection.execute((_MACROS / f"{name}.sql").read_text())


def _divide_column(dividends: Any, divisors: Any) -> pa.Array:
    pairs = zip(dividends.to_pylist(), divisors.to_pylist(), strict=True)
    return pa.array([divide_numeric(*pair) for pair in pairs], type=pa.decimal128(38, 9))


def _parse_column(texts: Any) -> pa.Array:
    return pa.array([parse_numeric(text) for text in texts.to_pylist()], type=pa.decimal128(38, 9))


def _encode_column(texts: Any, types: Any, as_string: Any) -> pa.Array:
    rows = zip(texts.to_pylist(), types.to_pylist(), as_string.to_pylist(), strict=True)
    return pa.array([encode_json(*row) for row in rows], type=pa.string())


def divide_numeric(dividend: Decimal | None, divisor: Decimal | None) -> Decimal | None:
    """The quotient with 9 decimals, half away from zero; None of None, and of zero, which the caller refuses."""
    if dividend is None or not divisor:
        return None
    return _EXACT.divide(dividend, divisor).quantize(_SCALE, context=_EXACT)


def parse_numeric(text: str | None) -> Decimal | None:
    """The NUMERIC that `text` spells, half away from zero; None when it is out of range."""
    if text is None:
        return None
    try:
        value = Decimal(text.strip()).quantize(_SCALE, context=_EXACT)
    except ArithmeticError:
        return None
    return value if abs(value) < _LIMIT else None
