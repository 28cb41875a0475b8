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


WINDOWS: dict[str, Callable[[AggregateCall], str]] = {
    "row_number": _ranking("row_number"),
    "rank": _ranking("rank"),
    "dense_rank": _ranking("dense_rank"),
    "percent_rank": _ranking("percent_rank"),
    "cume_dist": _ranking("cume_dist"),
    "ntile": _ranking("ntile"),
    "lag": _navigation("lag"),
    "lead": _navigation("lead"),
    "first_value": _navigation("first_value"),
    "last_value": _navigation("last_value"),
    "nth_value": _navigation("nth_value"),
}
