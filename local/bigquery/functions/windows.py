"""Functions that only have a sense with OVER."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from local.bigquery.translate.call import AggregateCall

SCALARS: dict[str, Any] = {}
AGGREGATES: dict[str, Any] = {}


def _ranking(function: str) -> Callable[[AggregateCall], str]:
    return lambda call: f"{function}({', '.join(call.arguments)}) OVER ({call.over})"


def _navigation(function: str) -> Callable[[AggregateCall], str]:
    def sql(call: AggregateCall) -> str:
        nulls = " IGNORE NULLS" if call.ignore_nulls else ""
        return f"{function}({', '.join(call.arguments)}{nulls}) OVER ({call.over})"

    return sql


def _neighbour(function: str) -> Callable[[AggregateCall], str]:
    """LAG or LEAD; DuckDB would turn round for a negative offset."""
    message = f"'The offset to the function {function.upper()} must not be negative'"

    def sql(call: AggregateCall) -> str:
        arguments = list(call.arguments)
        if len(arguments) > 1 and not (call.is_literal(1) and call.value(1) >= 0):
            arguments[1] = (
                f"CASE WHEN {arguments[1]} < 0 THEN google_error({message}) ELSE {arguments[1]} END"
            )
        return f"{function}({', '.join(arguments)}) OVER ({call.over})"

    return sql


def _percentile_cont(call: AggregateCall) -> str | None:
    if call.kind(0) != "FLOAT64" or call.ignore_nulls is False:
        return None
    # NaN is less than any number in GoogleSQL, and greater in DuckDB.
    value = f"CASE WHEN isnan({call[0]}) THEN CAST('-Infinity' AS DOUBLE) ELSE {call[0]} END"
    found = f"quantile_cont({value}, {call[1]}) OVER ({call.over})"
    odd = f"bool_or(isnan({call[0]})) OVER ({call.over})"
    return f"CASE WHEN {odd} AND {found} = CAST('-Infinity' AS DOUBLE) THEN CAST('NaN' AS DOUBLE) ELSE {found} END"


def _percentile_disc(call: AggregateCall) -> str | None:
    if call.kind(0) == "FLOAT64" or call.ignore_nulls is False:
        return None
    return f"quantile_disc({call[0]}, {call[1]}) OVER ({call.over})"


WINDOWS: dict[str, Callable[[AggregateCall], str | None]] = {
    "row_number": _ranking("row_number"),
    "rank": _ranking("rank"),
    "dense_rank": _ranking("dense_rank"),
    "percent_rank": _ranking("percent_rank"),
    "cume_dist": _ranking("cume_dist"),
    "ntile": _ranking("ntile"),
    "lag": _neighbour("lag"),
    "lead": _neighbour("lead"),
    "first_value": _navigation("first_value"),
    "last_value": _navigation("last_value"),
    "nth_value": _navigation("nth_value"),
    "percentile_cont": _percentile_cont,
    "percentile_disc": _percentile_disc,
}
