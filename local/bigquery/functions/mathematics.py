"""Mathematical functions. Where DuckDB has no answer, or another one, Google's evaluator has it: errors, infinities."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from local.bigquery.functions import rounding
from local.bigquery.functions.spelling import bound, or_evaluator
from local.bigquery.translate.call import Call

Scalar = str | Callable[[Call], str | None]

AGGREGATES: dict[str, Any] = {}
WINDOWS: dict[str, Any] = {}

_LEAST = "-9223372036854775808"
# A NUMERIC that still fits when it is rounded up.
_FITS = "abs({0}) < CAST('10000000000000000000000000000' AS DECIMAL(38,9))"
_DECIMALS = 9


def _absolute(call: Call) -> str | None:
    if call.kind(0) == "INT64":
        return or_evaluator(call, f"{{0}} <> {_LEAST}", "abs({0})")
    return f"abs({call[0]})"


def _sign(call: Call) -> str | None:
    kind = call.type.duckdb
    if call.kind(0) == "FLOAT64":
        return bound(
            call.arguments, f"CASE WHEN isnan({{0}}) THEN {{0}} ELSE CAST(sign({{0}}) AS {kind}) END"
        )
    return f"CAST(sign({call[0]}) AS {kind})"


def _whole(function: str) -> Callable[[Call], str | None]:
    """CEIL, FLOOR, or TRUNC and ROUND without a number of decimals."""

    def sql(call: Call) -> str | None:
        if call.kind(0) == "FLOAT64":
            return f"{function}({call[0]})"
        return or_evaluator(call, _FITS, _numeric(f"{function}({{0}})"))

    return sql


def _numeric(sql: str) -> str:
    """A rounding of the NUMERIC `{0}`; DuckDB divides 128 bits in microseconds, 64 bits in nanoseconds."""
    narrow = sql.replace("{0}", "CAST({0} AS DECIMAL(18,9))")
    return (
        f"CASE WHEN {{0}} BETWEEN -900000000 AND 900000000 THEN CAST({narrow} AS DECIMAL(38,9))"
        f" ELSE CAST({sql} AS DECIMAL(38,9)) END"
    )


def _rounded(call: Call) -> str | None:
    if len(call) == 1:
        return _whole("round")(call)
    digits = _digits(call)
    if digits is None or len(call) > 2:
        return None
    if call.kind(0) == "FLOAT64":
        if digits == 0:
            return f"round({call[0]})"
        return or_evaluator(call, rounding.is_small("{0}", digits), rounding.double("{0}", digits))
    return call[0] if digits >= _DECIMALS else or_evaluator(call, _FITS, _numeric(f"round({{0}}, {digits})"))


def _truncated(call: Call) -> str | None:
    if len(call) == 1:
        return _whole("trunc")(call)
    digits = _digits(call)
    if digits is None or call.kind(0) == "FLOAT64":
        return None
    if digits >= _DECIMALS:
        return call[0]
    scale = f"CAST({10**digits} AS DECIMAL(10,0))"
    part = f"CAST({1 / 10**digits:.{digits}f} AS DECIMAL({digits + 1},{digits}))"
    small = f"abs({{0}}) < CAST({10**18} AS DECIMAL(38,9))"
    return or_evaluator(call, small, f"CAST(trunc({{0}} * {scale}) * {part} AS DECIMAL(38,9))")


def _digits(call: Call) -> int | None:
    """The number of decimals, if it is written, and neither negative nor great."""
    if call.kind(0) not in ("FLOAT64", "NUMERIC") or not call.is_literal(1):
        return None
    digits = call.value(1)
    return digits if isinstance(digits, int) and 0 <= digits <= _DECIMALS else None


def _remainder(call: Call) -> str | None:
    return or_evaluator(call, "{1} <> 0 AND {1} <> -1", "{0} % {1}")


def _integer_quotient(call: Call) -> str | None:
    if call.kind(0) != "INT64":
        return None
    return or_evaluator(call, "{1} <> 0 AND {1} <> -1", "{0} // {1}")


def _real(condition: str, sql: str) -> Callable[[Call], str | None]:
    """A function of FLOAT64s, where DuckDB has it."""
    return lambda call: or_evaluator(call, condition, sql) if call.kind(0) == "FLOAT64" else None


def _logarithm(call: Call) -> str | None:
    if len(call) == 1:
        return _real("{0} > 0", "ln({0})")(call)
    good = "{0} > 0 AND {1} > 0 AND {1} <> 1 AND isfinite({0}) AND isfinite({1})"
    return _real(good, "ln({0}) / ln({1})")(call)


_POWER = _real("{0} > 0 AND isfinite({0}) AND isfinite(pow({0}, {1}))", "pow({0}, {1})")
_FINITE = "isfinite({0})"

SCALARS: dict[str, Scalar] = {
    "abs": _absolute,
    "sign": _sign,
    "ceil": _whole("ceil"),
    "ceiling": _whole("ceil"),
    "floor": _whole("floor"),
    "round": _rounded,
    "trunc": _truncated,
    "mod": _remainder,
    "div": _integer_quotient,
    "ieee_divide": "({0} / {1})",
    "is_inf": "isinf({0})",
    "is_nan": "isnan({0})",
    "rand": "random()",
    "sqrt": _real("{0} >= 0", "sqrt({0})"),
    "exp": _real("isfinite(exp({0}))", "exp({0})"),
    "ln": _real("{0} > 0", "ln({0})"),
    "log": _logarithm,
    "log10": _real("{0} > 0", "log10({0})"),
    "pow": _POWER,
    "power": _POWER,
    "sin": _real(_FINITE, "sin({0})"),
    "cos": _real(_FINITE, "cos({0})"),
    "tan": _real(_FINITE, "tan({0})"),
    "asin": _real("abs({0}) <= 1", "asin({0})"),
    "acos": _real("abs({0}) <= 1", "acos({0})"),
    "atan": _real(_FINITE, "atan({0})"),
}
