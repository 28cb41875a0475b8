"""Witnesses: expressions that have the type of another and are never evaluated.

DuckDB's binder knows the type of a macro's argument only where it holds no aggregate and no window.
"""

from __future__ import annotations

from typing import Any

from sqlglot import exp

_TYPE_KEEPING = (exp.Sum, exp.Min, exp.Max, exp.AnyValue, exp.First, exp.Last, exp.Nullif)
_COUNTING = (exp.Count, exp.CountIf, exp.ApproxDistinct, exp.RowNumber)


def witness_of(node: exp.Expression) -> exp.Expression:
    """An expression of the type of `node`, which stays as it was."""
    # A root has no place to be replaced in, so the copy is given one.
    holder = exp.Paren(this=node.copy())
    for part in reversed(list(holder.walk(prune=lambda inner: isinstance(inner, exp.Query)))):
        replacement = _without_aggregate(part)
        if replacement is not None:
            part.replace(replacement)
    return holder


def _without_aggregate(part: Any) -> exp.Expression | None:
    within = _operand(part)
    return exp.paren(within.copy()) if within is not None else _constant(part)


def _operand(part: Any) -> exp.Expression | None:
    """The expression within an aggregate that has the aggregate's type."""
    operand: exp.Expression | None = None
    if isinstance(part, exp.Distinct) and len(part.expressions) == 1:
        operand = part.expressions[0]
    elif isinstance(part, (exp.Window, exp.HavingMax, *_TYPE_KEEPING)):
        operand = part.this
    return operand


def _constant(part: Any) -> exp.Expression | None:
    if isinstance(part, _COUNTING):
        return exp.Cast(this=exp.Literal.number(0), to=exp.DataType.build("BIGINT"))
    if isinstance(part, exp.Anonymous) and part.name == "bq_average":
        return exp.Anonymous(
            this="bq_fit_real", expressions=[part.expressions[0].copy(), exp.Literal.number(0)]
        )
    return None
