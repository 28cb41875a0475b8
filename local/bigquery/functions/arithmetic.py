"""Sums, products and quotients. INT64 and NUMERIC are exact, and refused where they overflow."""

from __future__ import annotations

from collections.abc import Callable

from local.bigquery.functions import intervals
from local.bigquery.functions.comparisons import is_finite_literal
from local.bigquery.functions.spelling import bound, or_evaluator
from local.bigquery.translate.call import Call


def _sum(operator: str) -> Callable[[Call], str | None]:
    def sql(call: Call) -> str | None:
        match call.kind(0), call.kind(1):
            case ("INT64", "INT64") | ("NUMERIC", "NUMERIC"):
                return f"({call[0]} {operator} {call[1]})"
            case ("FLOAT64", "FLOAT64"):
                return _unless_overflow(call, operator)
            case ("DATE", "INT64"):
                return _later_date(call, f"{operator} CAST({{1}} AS INTEGER)", date="{0}", days="{1}")
            case ("INT64", "DATE"):
                return _later_date(call, "+ CAST({0} AS INTEGER)", date="{1}", days="{0}")
            case _:
                moved = intervals.moved(call, operator)
                return intervals.difference(call) if moved is None and operator == "-" else moved

    return sql


def _later_date(call: Call, addend: str, *, date: str, days: str) -> str:
    """A DATE some days on; left to the evaluator where it would leave the years 1 to 9999."""
    condition = (
        f"CASE WHEN {days} BETWEEN -3652058 AND 3652058 THEN"
        f" {date} {addend} BETWEEN DATE '0001-01-01' AND DATE '9999-12-31' END"
    )
    return or_evaluator(call, condition, f"{date} {addend}")


def _unless_overflow(call: Call, operator: str) -> str:
    result = f"{{0}} {operator} {{1}}"
    return or_evaluator(call, f"isfinite({result}) OR NOT isfinite({{0}}) OR NOT isfinite({{1}})", result)


def _product(call: Call) -> str | None:
    match call.kind(0), call.kind(1):
        case ("INT64", "INT64"):
            return f"({call[0]} * {call[1]})"
        case ("FLOAT64", "FLOAT64"):
            small = any(is_finite_literal(call, place) and abs(call.value(place)) <= 1 for place in (0, 1))
            return f"({call[0]} * {call[1]})" if small else _unless_overflow(call, "*")
        case ("NUMERIC", "NUMERIC"):
            return _numeric_product(call)
        case _:
            return None


def _numeric_product(call: Call) -> str:
    for numeric, whole in ((0, 1), (1, 0)):
        integer = _integer(call, whole)
        if integer:
            # No digit is lost, so DuckDB is exact. Otherwise it is exact too, but takes microseconds for a row.
            return f"({call[numeric]} * {integer})"
    return f"google_numeric_product({call[0]}, {call[1]})"


def _integer(call: Call, place: int) -> str:
    """The NUMERIC argument as a DECIMAL without decimals, if it is one by its looks; else empty."""
    if call.is_literal(place):
        value = call.value(place)
        if value is not None and value == value.to_integral_value() and abs(value) < 10**18:
            return f"CAST({int(value)} AS DECIMAL(19,0))"
    node = call.nodes[place] if place < len(call.nodes) else None
    if node is not None and node.WhichOneof("node") == "resolved_cast_node":
        inner = integer_operand(call[place])
        if inner:
            return f"CAST({inner} AS DECIMAL(19,0))"
    return ""


def integer_operand(sql: str) -> str:
    """Of an INT64 that was cast to NUMERIC, the INT64; else empty."""
    head, tail = "CAST(CAST(", " AS BIGINT) AS DECIMAL(38,9))"
    return (
        sql.removeprefix("CAST(").removesuffix(" AS DECIMAL(38,9))")
        if (sql.startswith(head) and sql.endswith(tail))
        else ""
    )


def _quotient(call: Call) -> str | None:
    match call.kind(0), call.kind(1):
        case ("NUMERIC", "NUMERIC"):
            return f"google_numeric_quotient({call[0]}, {call[1]})"
        case ("FLOAT64", "FLOAT64"):
            if is_finite_literal(call, 1) and abs(call.value(1)) >= 1:
                return f"({call[0]} / {call[1]})"
            result = "{0} / {1}"
            good = f"{{1}} <> 0 AND (isfinite({result}) OR NOT isfinite({{0}}) OR NOT isfinite({{1}}))"
            return or_evaluator(call, good, result)
        case _:
            return None


def _negative(call: Call) -> str | None:
    return f"(-{call[0]})" if call.kind(0) in ("INT64", "FLOAT64", "NUMERIC", "INTERVAL") else None


def _safely(sql: str) -> Callable[[Call], str | None]:
    """NULL where an INT64 overflows: computed in twice the bits. Other types are left to Google's evaluator."""
    return lambda call: (
        f"TRY_CAST({sql.format(*call.arguments)} AS BIGINT)" if call.type.kind == "INT64" else None
    )


def _safe_product(call: Call) -> str | None:
    if call.type.kind == "NUMERIC":
        return f"google_safe_numeric_product({call[0]}, {call[1]})"
    return _safely("CAST({0} AS HUGEINT) * {1}")(call)


def _safe_quotient(call: Call) -> str | None:
    match call.type.kind:
        case "FLOAT64":
            result = "{0} / {1}"
            good = f"isfinite({result}) OR ({{1}} <> 0 AND (NOT isfinite({{0}}) OR NOT isfinite({{1}})))"
            return bound(call.arguments, f"CASE WHEN {good} THEN {result} END")
        case "NUMERIC":
            return f"google_safe_numeric_quotient({call[0]}, {call[1]})"
        case _:
            return None


SCALARS: dict[str, str | Callable[[Call], str | None]] = {
    "$interval": intervals.interval,
    "$add": _sum("+"),
    "$subtract": _sum("-"),
    "$multiply": _product,
    "$divide": _quotient,
    "$unary_minus": _negative,
    "safe_add": _safely("CAST({0} AS HUGEINT) + {1}"),
    "safe_subtract": _safely("CAST({0} AS HUGEINT) - {1}"),
    "safe_multiply": _safe_product,
    "safe_negate": _safely("-CAST({0} AS HUGEINT)"),
    "safe_divide": _safe_quotient,
}
