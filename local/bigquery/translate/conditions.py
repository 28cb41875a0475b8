"""Conditions on rows: what has to be TRUE, and may as well be FALSE as NULL where it is not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from local.bigquery.functions.comparisons import CONDITIONS
from local.bigquery.translate.expressions import Columns, Expressions, function_name


def condition_sql(node: Any, columns: Columns, expressions: Expressions) -> str:
    """The resolved expression as a condition behind WHERE. Raises ApiError."""
    return " AND ".join(_part_sql(part, columns, expressions) for part in conjuncts(node))


def conjuncts(node: Any) -> Iterator[Any]:
    """The parts of the resolved expression all of which have to hold."""
    base = _call(node)
    if base is None or function_name(base) != "$and":
        yield node
        return
    for one in base.argument_list:
        yield from conjuncts(one)


def _part_sql(node: Any, columns: Columns, expressions: Expressions) -> str:
    base = _call(node)
    simple = CONDITIONS.get(function_name(base)) if base is not None else None
    return (simple and simple(expressions.call(base, columns))) or f"({expressions.sql(node, columns)})"


def _call(node: Any) -> Any:
    """The scalar call that the expression is, or None."""
    if node.WhichOneof("node") != "resolved_function_call_base_node":
        return None
    base = node.resolved_function_call_base_node
    return base.resolved_function_call_node.parent if base.HasField("resolved_function_call_node") else None
