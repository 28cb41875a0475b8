"""Aggregate functions, which are window functions too where they have OVER.

One without an entry here is carried out by Google's evaluator over the list of its arguments: see `collected`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from local.bigquery.functions import approximate
from local.bigquery.functions.spelling import bound, filtered
from local.bigquery.translate.call import AggregateCall

SCALARS: dict[str, Any] = {}
WINDOWS: dict[str, Any] = {}

Template = Callable[[AggregateCall], str | None]


def _countif(call: AggregateCall) -> str:
    return call.spell("count", f"CASE WHEN {call[0]} THEN TRUE END")


def _sum(call: AggregateCall) -> str | None:
    match call.type.kind:
        case "INT64":
            return call.spell("sum", call[0], cast=True)
        case "NUMERIC":
            # A sum may have a digit more than a DECIMAL; adding finds that out.
            return f"({call.spell('sum', call[0])} + CAST(0 AS DECIMAL(38,9)))"
        case "FLOAT64":
            plain, exact = call.spell("sum", call[0]), call.spell("fsum", call[0])
            odd = call.spell("bool_or", f"NOT isfinite({call[0]})")
            refusal = "WHEN {1} IS NOT NULL THEN google_error('double overflow')"
            return bound(
                [plain, exact, odd],
                f"CASE WHEN {{2}} THEN {{0}} WHEN isfinite({{1}}) THEN {{1}} {refusal} END",
            )
        case _:
            return None


def _avg(call: AggregateCall) -> str | None:
    match call.types[0].kind:
        case "NUMERIC":
            total, count = call.spell("sum", call[0]), call.spell("count", call[0])
            divisor = f"CAST(nullif({count}, 0) AS DECIMAL(38,9))"
            return f"google_numeric_quotient(CAST({total} AS DECIMAL(38,9)), {divisor})"
        case "INT64":
            return call.spell("avg", call[0])
        case "FLOAT64":
            return call.spell("favg", call[0]) if call.over else _mean(call)
        case _:
            return None


def _min(call: AggregateCall) -> str:
    least = call.spell("min", call[0])
    if call.type.kind != "FLOAT64":
        return least
    # NaN, if any is; to DuckDB it is the greatest.
    return bound([call.spell("max", call[0]), least], "CASE WHEN isnan({0}) THEN {0} ELSE {1} END")


def _any_value(call: AggregateCall) -> str:
    return call.spell("first" if call.ignore_nulls is False else "any_value", call[0])


def _array_agg(call: AggregateCall) -> str:
    return _limited(call, filtered(call, "list", f"{call[0]} IS NOT NULL" if call.ignore_nulls else ""))


def _array_concat_agg(call: AggregateCall) -> str:
    return f"flatten({_limited(call, filtered(call, 'list', f'{call[0]} IS NOT NULL'))})"


def _limited(call: AggregateCall, items: str) -> str:
    return f"CASE WHEN {call.limit} > 0 THEN {items}[1:{call.limit}] END" if call.limit else items


def _string_agg(call: AggregateCall) -> str:
    is_text = call.kind(0) == "STRING"
    delimiter = call[1] if len(call) > 1 else ("','" if is_text else "from_hex('2c')")
    if is_text and not call.limit:
        return call.spell("string_agg", call[0], delimiter)
    items = _limited(call, filtered(call, "list", f"{call[0]} IS NOT NULL"))
    if is_text:
        return f"array_to_string({items}, {delimiter})"
    return f"list_reduce({items}, lambda google_a, google_b: google_a || {delimiter} || google_b)"


def _bits(function: str) -> Template:
    return lambda call: call.spell(function, call[0]) if call.kind(0) == "INT64" else None


def _mean(call: AggregateCall) -> str:
    """The average, and what was lost in computing it added."""
    values = filtered(call, "list", f"{call[0]} IS NOT NULL")
    rest = "list_sum(list_transform({0}, lambda google_v: google_v - {1})) / len({0})"
    # Where a sum is too great, but not the average.
    parts = "list_sum(list_transform({0}, lambda google_v: google_v / len({0})))"
    body = f"CASE WHEN isfinite({{1}}) THEN {{1}} + {rest} WHEN {{1}} IS NOT NULL THEN {parts} END"
    return bound([values, call.spell("avg", call[0])], body)


def _spread(*, sample: bool, root: bool) -> Template:
    """Variance or standard deviation of FLOAT64s: NaN if any is not finite, which DuckDB refuses."""
    divisor = "(len({0}) - 1)" if sample else "len({0})"
    variance = f"list_sum(list_transform({{0}}, lambda google_v: (google_v - {{1}}) * (google_v - {{1}}))) / {divisor}"
    spread = f"sqrt({variance})" if root else variance

    def sql(call: AggregateCall) -> str | None:
        if call.kind(0) != "FLOAT64":
            return None
        if call.over:
            odd = call.spell("bool_or", f"NOT isfinite({call[0]})")
            sound = call.spell(call.name, f"CASE WHEN isfinite({call[0]}) THEN {call[0]} END")
            return f"CASE WHEN {odd} THEN CAST('NaN' AS DOUBLE) ELSE {sound} END"
        values = filtered(call, "list", f"{call[0]} IS NOT NULL")
        return bound([values, _mean(call)], f"CASE WHEN len({{0}}) > {int(sample)} THEN {spread} END")

    return sql


def _together(spread: str) -> Template:
    """A measure of how two FLOAT64s spread together, over the rows where both are."""

    def sql(call: AggregateCall) -> str | None:
        if call.kind(0) != "FLOAT64" or call.over or call.distinct:
            return None
        complete = f"{call[0]} IS NOT NULL AND {call[1]} IS NOT NULL"
        pairs = f"list({{'x': {call[0]}, 'y': {call[1]}}}) FILTER (WHERE {complete})"
        means = [f"avg({one}) FILTER (WHERE {complete})" for one in call.arguments]
        return bound([pairs, *means], spread)

    return sql


_PRODUCTS = "list_sum(list_transform({0}, lambda google_p: (google_p.x - {1}) * (google_p.y - {2})))"
_X_SQUARES = "list_sum(list_transform({0}, lambda google_p: (google_p.x - {1}) * (google_p.x - {1})))"
_Y_SQUARES = "list_sum(list_transform({0}, lambda google_p: (google_p.y - {2}) * (google_p.y - {2})))"

AGGREGATES: dict[str, Template] = {
    **approximate.AGGREGATES,
    "count": lambda call: call.spell("count", call[0]),
    "$count_star": lambda call: call.spell("count", "*"),
    "countif": _countif,
    "sum": _sum,
    "avg": _avg,
    "min": _min,
    "max": lambda call: call.spell("max", call[0]),
    "max_by": lambda call: call.spell("arg_max_null", *call.arguments),
    "min_by": lambda call: call.spell("arg_min_null", *call.arguments),
    "any_value": _any_value,
    "array_agg": _array_agg,
    "array_concat_agg": _array_concat_agg,
    "string_agg": _string_agg,
    "logical_and": lambda call: call.spell("bool_and", call[0]),
    "logical_or": lambda call: call.spell("bool_or", call[0]),
    "bit_and": _bits("bit_and"),
    "bit_or": _bits("bit_or"),
    "bit_xor": _bits("bit_xor"),
    "covar_pop": _together(f"CASE WHEN len({{0}}) > 0 THEN {_PRODUCTS} / len({{0}}) END"),
    "covar_samp": _together(f"CASE WHEN len({{0}}) > 1 THEN {_PRODUCTS} / (len({{0}}) - 1) END"),
    "corr": _together(f"CASE WHEN len({{0}}) > 1 THEN {_PRODUCTS} / sqrt({_X_SQUARES} * {_Y_SQUARES}) END"),
    "stddev_pop": _spread(sample=False, root=True),
    "stddev_samp": _spread(sample=True, root=True),
    "var_pop": _spread(sample=False, root=False),
    "var_samp": _spread(sample=True, root=False),
}
