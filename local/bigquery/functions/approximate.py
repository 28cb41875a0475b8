"""APPROX_ functions. They are exact here, which BigQuery's are too while there is little to count."""

from __future__ import annotations

from collections.abc import Callable

from local.bigquery.functions.spelling import bound, filtered
from local.bigquery.translate.call import AggregateCall, Call
from local.bigquery.translate.limits import refused


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
    counted = f"list_transform(map_entries(histogram({call[0]})), lambda google_e: {{'w': CAST(google_e.value AS BIGINT), 'v': google_e.key}})"
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
    weight = "list_sum(list_transform(list_filter({0}, lambda google_r: google_r.v IS NOT DISTINCT FROM google_d.v), lambda google_r: google_r.w))"
    sums = (
        f"list_transform(list_distinct(list_transform({{0}}, lambda google_r: {{{{'v': google_r.v}}}})),"
        f" lambda google_d: {{{{'w': CAST({weight} AS {call.types[1].duckdb}), 'v': google_d.v}}}})"
    )
    return bound([rows], f"CASE WHEN {{0}} IS NOT NULL THEN {_heaviest(sums, call[2])} END")


def _heaviest(entries: str, most: str) -> str:
    """The first of `entries` by their weight from behind, those without one last."""
    keyed = f"list_transform({entries}, lambda google_e: {{{{'known': google_e.w IS NOT NULL, 'w': google_e.w, 'v': google_e.v}}}})"
    ordered = f"list_sort({keyed}, 'DESC')"
    return (
        f"list_transform(({ordered})[1:{most}], lambda google_e: {{{{'_1': google_e.v, '_2': google_e.w}}}})"
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
