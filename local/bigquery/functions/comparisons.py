"""Comparisons. Where DuckDB's differ: NaN, which equals nothing here, and STRUCTs with NULL in a field."""

from __future__ import annotations

import math
from collections.abc import Callable

from local.bigquery.functions.spelling import bound
from local.bigquery.googlesql.types import GoogleType
from local.bigquery.translate.call import Call

_LOWEST = "CAST('-Infinity' AS DOUBLE)"


def equal_sql(kind: GoogleType, left: str, right: str) -> str:
    """Whether two values of the type are equal; both expressions may be repeated."""
    if kind.is_struct:
        parts = [
            equal_sql(one, f"struct_extract({left}, '{name}')", f"struct_extract({right}, '{name}')")
            for name, one in ((kind.field_name(place), one) for place, (_, one) in enumerate(kind.fields))
        ]
        return f"({' AND '.join(parts)})"
    if kind.kind == "FLOAT64":
        return f"({left} = {right} AND NOT isnan({left} + {right}))"
    return f"({left} = {right})"


def is_exact(call: Call, place: int) -> bool:
    """Whether DuckDB compares the argument as Google does, whatever the other is: all but NaN and STRUCTs."""
    if call.types[place].is_struct:
        return False
    return call.kind(place) != "FLOAT64" or is_finite_literal(call, place)


def is_finite_literal(call: Call, place: int) -> bool:
    """Whether the argument is a number that was written."""
    if not call.is_literal(place):
        return False
    value = call.value(place)
    return isinstance(value, int | float) and math.isfinite(value)


def _equal(call: Call) -> str:
    if is_exact(call, 0) or is_exact(call, 1):
        return f"({call[0]} = {call[1]})"
    return bound(call.arguments, equal_sql(call.types[0], "{0}", "{1}"))


def _not_equal(call: Call) -> str:
    if is_exact(call, 0) or is_exact(call, 1):
        return f"({call[0]} <> {call[1]})"
    return bound(call.arguments, f"NOT {equal_sql(call.types[0], '{0}', '{1}')}")


def _less(operator: str) -> Callable[[Call], str]:
    return lambda call: less_sql(call, operator)


def _greater(operator: str) -> Callable[[Call], str]:
    """`a > b` is `b < a`."""
    return lambda call: less_sql(call, operator, left=1, right=0)


def less_sql(call: Call, operator: str, *, left: int = 0, right: int = 1) -> str:
    """Whether the argument at `left` is less than, with `<=` at most, the one at `right`."""
    low, high = call[left], call[right]
    if call.kind(left) != "FLOAT64" or is_finite_literal(call, right):
        return f"({low} {operator} {high})"
    if is_finite_literal(call, left):
        # NaN is the greatest value in DuckDB, whatever its sign.
        return f"(-{high} {operator} -{low})"
    return bound(
        [low, high], f"CASE WHEN isnan({{1}}) THEN {{0}} < {_LOWEST} ELSE {{0}} {operator} {{1}} END"
    )


def _between(call: Call) -> str:
    if call.kind(0) != "FLOAT64":
        return f"({call[0]} BETWEEN {call[1]} AND {call[2]})"
    if is_finite_literal(call, 1) and is_finite_literal(call, 2):
        return f"({call[0]} BETWEEN {call[1]} AND {call[2]})"
    return bound(
        call.arguments,
        f"(CASE WHEN isnan({{0}}) THEN {{1}} < {_LOWEST} ELSE {{1}} <= {{0}} END"
        f" AND CASE WHEN isnan({{2}}) THEN {{0}} < {_LOWEST} ELSE {{0}} <= {{2}} END)",
    )


def _in(call: Call) -> str:
    places = range(1, len(call))
    if is_exact(call, 0) or all(is_exact(call, place) for place in places):
        return f"({call[0]} IN ({', '.join(call.arguments[1:])}))"
    parts = [equal_sql(call.types[0], "{0}", f"{{{place}}}") for place in places]
    return bound(call.arguments, f"({' OR '.join(parts)})")


def _is_in_array(call: Call) -> str | None:
    return f"list_contains({call[1]}, {call[0]})" if _is_simple(call) else None


def _is_simple(call: Call) -> bool:
    return call.kind(0) != "FLOAT64" and not call.types[0].is_struct


def _in_array(call: Call) -> str | None:
    if not _is_simple(call):
        return None
    return bound(
        call.arguments,
        "CASE WHEN coalesce(len({1}), 0) = 0 THEN FALSE"
        " WHEN list_contains({1}, {0}) THEN TRUE"
        " WHEN {0} IS NOT NULL AND list_count({1}) = len({1}) THEN FALSE END",
    )


def _extreme(function: str) -> Callable[[Call], str]:
    """GREATEST or LEAST: NULL if any is NULL, else NaN if any is NaN."""

    def sql(call: Call) -> str:
        items = f"[{', '.join(call.arguments)}]"
        chosen = f"list_{function}({{0}})"
        if call.type.kind == "FLOAT64" and function == "min":
            chosen = "CASE WHEN isnan(list_max({0})) THEN list_max({0}) ELSE list_min({0}) END"
        return bound([items], f"CASE WHEN list_count({{0}}) = len({{0}}) THEN {chosen} END")

    return sql


def _nullif(call: Call) -> str:
    if is_exact(call, 0) or is_exact(call, 1):
        return f"nullif({call[0]}, {call[1]})"
    return bound(
        call.arguments, f"CASE WHEN {equal_sql(call.types[0], '{0}', '{1}')} THEN NULL ELSE {{0}} END"
    )


def _case_with_value(call: Call) -> str:
    whens = range(1, len(call) - 1, 2)
    otherwise = f" ELSE {call[len(call) - 1]}" if len(call) % 2 == 0 else ""
    if is_exact(call, 0) or all(is_exact(call, place) for place in whens):
        branches = " ".join(f"WHEN {call[place]} THEN {call[place + 1]}" for place in whens)
        return f"(CASE {call[0]} {branches}{otherwise} END)"
    branches = " ".join(
        f"WHEN {bound([call[0], call[place]], equal_sql(call.types[0], '{0}', '{1}'))} THEN {call[place + 1]}"
        for place in whens
    )
    return f"(CASE {branches}{otherwise} END)"


CONDITIONS: dict[str, Callable[[Call], str | None]] = {"$in_array": _is_in_array}
"""The same as SCALARS where only TRUE counts."""
SCALARS: dict[str, str | Callable[[Call], str | None]] = {
    "$equal": _equal,
    "$not_equal": _not_equal,
    "$less": _less("<"),
    "$less_or_equal": _less("<="),
    "$greater": _greater("<"),
    "$greater_or_equal": _greater("<="),
    "$between": _between,
    "$in": _in,
    "$in_array": _in_array,
    "$is_distinct_from": "({0} IS DISTINCT FROM {1})",
    "$is_not_distinct_from": "({0} IS NOT DISTINCT FROM {1})",
    "$case_with_value": _case_with_value,
    "greatest": _extreme("max"),
    "least": _extreme("min"),
    "nullif": _nullif,
}
