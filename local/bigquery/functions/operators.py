"""Operators and conditional expressions; comparisons and arithmetic have modules of their own."""

from __future__ import annotations

from collections.abc import Callable

from local.bigquery.functions import arithmetic, comparisons
from local.bigquery.functions.spelling import bound
from local.bigquery.translate.call import EVALUATOR, Call


def _joined(word: str) -> Callable[[Call], str]:
    return lambda call: f"({f' {word} '.join(call.arguments)})"


def _case_no_value(call: Call) -> str:
    branches = " ".join(f"WHEN {call[place]} THEN {call[place + 1]}" for place in range(0, len(call) - 1, 2))
    otherwise = f" ELSE {call[len(call) - 1]}" if len(call) % 2 else ""
    return f"(CASE {branches}{otherwise} END)"


def _like(call: Call) -> str | None:
    if call.kind(0) != "STRING":
        return None
    if not call.is_literal(1):
        # A pattern may end with a backslash, which is an error.
        return bound(
            call.arguments,
            f"CASE WHEN contains({{1}}, '\\') THEN {EVALUATOR}({{0}}, {{1}}) ELSE {{0}} LIKE {{1}} END",
        )
    pattern = call.value(1)
    if pattern is not None and "\\" in pattern:
        bare = pattern.replace("\\\\", "")
        return None if bare.endswith("\\") else f"({call[0]} LIKE {call[1]} ESCAPE '\\')"
    return f"({call[0]} LIKE {call[1]})"


def _bitwise(operator: str) -> Callable[[Call], str | None]:
    return lambda call: operator.format(*call.arguments) if call.kind(0) == "INT64" else None


def _element(call: Call, start: int) -> str:
    """The element at a place that counts from `start`; refused by Google's evaluator where there is none."""
    inside = f"{{1}} >= {start} AND {{1}} < len({{0}}) + {start}"
    place = "{1} + 1" if start == 0 else "{1}"
    return bound(
        call.arguments,
        f"CASE WHEN {{0}} IS NULL OR {{1}} IS NULL THEN NULL"
        f" WHEN {inside} THEN {{0}}[{place}] ELSE {EVALUATOR}({{0}}, {{1}}) END",
    )


def _safe_element(call: Call, start: int) -> str:
    if call.is_literal(1) and (call.value(1) or 0) >= start:
        return f"({call[0]})[{call.value(1) + 1 - start}]"
    place = "{1} + 1" if start == 0 else "{1}"
    return bound(
        call.arguments,
        f"CASE WHEN {{1}} >= {start} AND {{1}} < len({{0}}) + {start} THEN {{0}}[{place}] END",
    )


def _make_array(call: Call) -> str:
    return f"CAST([{', '.join(call.arguments)}] AS {call.type.duckdb})"


def _error(call: Call) -> str:
    return f"CAST(google_error({call[0]}) AS {call.type.duckdb})"


SCALARS: dict[str, str | Callable[[Call], str | None]] = {
    **comparisons.SCALARS,
    **arithmetic.SCALARS,
    "$and": _joined("AND"),
    "$or": _joined("OR"),
    "$not": "(NOT {0})",
    "$is_null": "({0} IS NULL)",
    "$is_true": "({0} IS TRUE)",
    "$is_false": "({0} IS FALSE)",
    "$case_no_value": _case_no_value,
    "if": "(CASE WHEN {0} THEN {1} ELSE {2} END)",
    "ifnull": "coalesce({0}, {1})",
    "coalesce": lambda call: f"coalesce({', '.join(call.arguments)})",
    "$like": _like,
    "$concat_op": "({0} || {1})",
    "$bitwise_and": _bitwise("({0} & {1})"),
    "$bitwise_or": _bitwise("({0} | {1})"),
    "$bitwise_xor": _bitwise("xor({0}, {1})"),
    "$bitwise_not": _bitwise("(~{0})"),
    "$array_at_offset": lambda call: _element(call, 0),
    "$array_at_ordinal": lambda call: _element(call, 1),
    "$safe_array_at_offset": lambda call: _safe_element(call, 0),
    "$safe_array_at_ordinal": lambda call: _safe_element(call, 1),
    "$make_array": _make_array,
    "error": _error,
}
AGGREGATES: dict[str, object] = {}
WINDOWS: dict[str, object] = {}
