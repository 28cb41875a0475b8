"""APPROX_ functions. They are exact here, which BigQuery's are too while there is little to count."""

from __future__ import annotations

from collections.abc import Callable

from local.bigquery.functions.spelling import bound, filtered
from local.bigquery.translate.call import AggregateCall, Call
from local.bigquery.translate.limits import refused

_ENTRY, _ROW = "google_entry", "google_row"


def _count_distinct(call: AggregateCall) -> str:
    return filtered(call, "count", "", distinct=True)


def _quantiles(call: AggregateCall) -> str | None:
    """The values at so many equal steps through all of them in their order, from the least to the greatest."""
    if not call.is_literal(1):
        return None
    steps = call.value(1)
    kept = "" if call.ignore_nulls is False else f"{call[0]} IS NOT NULL"
    values = filtered(call, "list", kept, order=f"{call[0]} ASC NULLS FIRST")
    place = f"greatest(1, (google_k * len({{0}}) + {steps - 1}) // {steps})"
    return bound(
        [values],
        f"CASE WHEN {{0}} IS NOT NULL THEN list_transform(range({steps + 1}), lambda google_k: {{0}}[{place}]) END",
    )


def _top_count(call: AggregateCall) -> str | None:
    if call.over:
        return None
    entry = f"{{'w': CAST({_ENTRY}.value AS BIGINT), 'v': {_ENTRY}.key}}"
    counted = f"list_transform(map_entries(histogram({call[0]})), lambda {_ENTRY}: {entry})"
    nulls = f"count(*) FILTER (WHERE {call[0]} IS NULL)"
    null = f"{{{{'w': {{1}}, 'v': CAST(NULL AS {call.types[0].duckdb})}}}}"
    all_counted = f"list_concat({{0}}, CASE WHEN {{1}} > 0 THEN [{null}] END)"
    return bound(
        [counted, nulls, "count(*)"], f"CASE WHEN {{2}} > 0 THEN {_heaviest(all_counted, call[1])} END"
    )


def _top_sum(call: AggregateCall) -> str | None:
    if call.over:
        return None
    rows = f"list({{'v': {call[0]}, 'w': {call[1]}}})"
    values = f"list_distinct(list_transform({{0}}, lambda {_ROW}: {{{{'v': {_ROW}.v}}}}))"
    own = f"list_filter({{0}}, lambda {_ROW}: {_ROW}.v IS NOT DISTINCT FROM {_ENTRY}.v)"
    weight = f"CAST(list_sum(list_transform({own}, lambda {_ROW}: {_ROW}.w)) AS {call.types[1].duckdb})"
    sums = f"list_transform({values}, lambda {_ENTRY}: {{{{'w': {weight}, 'v': {_ENTRY}.v}}}})"
    return bound([rows], f"CASE WHEN {{0}} IS NOT NULL THEN {_heaviest(sums, call[2])} END")


def _heaviest(entries: str, most: str) -> str:
    """The first of `entries` by their weight from behind, those without one last."""
    keys = f"{{{{'known': {_ENTRY}.w IS NOT NULL, 'w': {_ENTRY}.w, 'v': {_ENTRY}.v}}}}"
    ordered = f"list_sort(list_transform({entries}, lambda {_ENTRY}: {keys}), 'DESC')"
    return (
        f"list_transform(({ordered})[1:{most}], lambda {_ENTRY}: {{{{'_1': {_ENTRY}.v, '_2': {_ENTRY}.w}}}})"
    )


def _sketch(call: Call) -> str:
    raise refused(f"the function {call.name.upper()}")


SCALARS: dict[str, Callable[[Call], str]] = {"hll_count.extract": _sketch}
AGGREGATES: dict[str, Callable[[AggregateCall], str | None]] = {
    "approx_count_distinct": _count_distinct,
    "approx_quantiles": _quantiles,
    "approx_top_count": _top_count,
    "approx_top_sum": _top_sum,
}
