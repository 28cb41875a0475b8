"""Aggregate functions, which are window functions too where they have OVER."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from local.bigquery.translate.call import AggregateCall
from local.bigquery.translate.limits import refused

SCALARS: dict[str, Any] = {}
WINDOWS: dict[str, Any] = {}


def _count(call: AggregateCall) -> str:
    return call.spell("count", call[0])


def _count_star(call: AggregateCall) -> str:
    return call.spell("count", "*")


def _countif(call: AggregateCall) -> str:
    if call.distinct:
        return call.spell("count", f"CASE WHEN {call[0]} THEN {call[0]} END")
    return call.spell("count", f"CASE WHEN {call[0]} THEN 1 END")


def _sum(call: AggregateCall) -> str:
    if call.type.kind == "NUMERIC":
        # One digit more than a DECIMAL has is no error to DuckDB.
        return f"CAST({call.spell('sum', call[0])} + CAST(0 AS DECIMAL(38,9)) AS DECIMAL(38,9))"
    return call.spell("sum", call[0], cast=True)


def _avg(call: AggregateCall) -> str:
    total = call.spell("sum", call[0])
    if call.type.kind == "NUMERIC":
        count = call.spell("count", call[0])
        divisor = f"CAST(nullif({count}, 0) AS DECIMAL(38,9))"
        return f"google_numeric_quotient(CAST({total} AS DECIMAL(38,9)), {divisor})"
    return call.spell("avg", call[0])


def _extreme(function: str, worst: str) -> Callable[[AggregateCall], str]:
    """MIN or MAX; of FLOAT64 it is NaN if any is NaN."""

    def sql(call: AggregateCall) -> str:
        plain = call.spell(function, call[0])
        if call.type.kind == "FLOAT64" and worst:
            return f"CASE WHEN isnan({call.spell(worst, call[0])}) THEN {call.spell(worst, call[0])} ELSE {plain} END"
        return plain

    return sql


def _any_value(call: AggregateCall) -> str:
    return call.spell("any_value" if call.ignore_nulls else "first", call[0])


def _array_agg(call: AggregateCall) -> str:
    kept = f" FILTER (WHERE {call[0]} IS NOT NULL)" if call.ignore_nulls else ""
    items = _filtered(call, "list", kept)
    return f"{items}[1:{call.limit}]" if call.limit else items


def _filtered(call: AggregateCall, function: str, kept: str) -> str:
    """The call with a FILTER, which stands before OVER."""
    sql = call.spell(function, call[0])
    head, over, tail = sql.partition(" OVER (") if call.over else (sql, "", "")
    return f"{head}{kept}{over}{tail}"


def _string_agg(call: AggregateCall) -> str:
    delimiter = call[1] if len(call) > 1 else ("','" if call.kind(0) == "STRING" else "from_hex('2c')")
    if call.kind(0) != "STRING":
        raise refused("STRING_AGG of BYTES")
    if call.limit:
        items = _filtered(call, "list", f" FILTER (WHERE {call[0]} IS NOT NULL)")
        return f"array_to_string({items}[1:{call.limit}], {delimiter})"
    return call.spell("string_agg", call[0], delimiter)


AGGREGATES: dict[str, Callable[[AggregateCall], str]] = {
    "count": _count,
    "$count_star": _count_star,
    "countif": _countif,
    "sum": _sum,
    "avg": _avg,
    "min": _extreme("min", "max"),
    "max": _extreme("max", ""),
    "any_value": _any_value,
    "array_agg": _array_agg,
    "string_agg": _string_agg,
    "logical_and": lambda call: call.spell("bool_and", call[0]),
    "logical_or": lambda call: call.spell("bool_or", call[0]),
}
