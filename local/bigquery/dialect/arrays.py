"""ARRAY_AGG and STRUCT.

BigQuery names the fields of `STRUCT(a, t.b)` after the columns, and combines IGNORE NULLS, ORDER BY and LIMIT in one
ARRAY_AGG. Upstream 1.4.0 makes nameless rows of the first, and a syntax error of the second.
"""

from __future__ import annotations

from sqlglot import exp

from local.bigquery.dialect.correction import Correction, call


def _correct_array_agg(node: exp.ArrayAgg) -> exp.Expression | None:
    """The inner part of an aggregate with LIMIT; IGNORE NULLS around it is corrected with it."""
    if isinstance(node.parent, exp.IgnoreNulls | exp.RespectNulls) or not isinstance(node.this, exp.Limit):
        return None
    return _limited(node, keep_nulls=True)


def _correct_ignore_nulls(node: exp.IgnoreNulls) -> exp.Expression | None:
    return _limited(node.this, keep_nulls=False) if isinstance(node.this, exp.ArrayAgg) else None


def _limited(node: exp.ArrayAgg, *, keep_nulls: bool) -> exp.Expression:
    operand = node.this
    limit = operand.expression if isinstance(operand, exp.Limit) else None
    ordered = operand.this if isinstance(operand, exp.Limit) else operand
    aggregate: exp.Expression = exp.ArrayAgg(this=ordered.copy())
    if not keep_nulls:
        present = exp.Not(this=exp.Is(this=exp.paren(_element(ordered)), expression=exp.Null()))
        aggregate = exp.Filter(this=aggregate, expression=exp.Where(this=present))
    return aggregate if limit is None else call("list_slice", aggregate, exp.Literal.number(1), limit)


def _element(operand: exp.Expression) -> exp.Expression:
    while isinstance(operand, exp.Order | exp.Distinct):
        operand = operand.expressions[0] if isinstance(operand, exp.Distinct) else operand.this
    return operand.copy()


def _correct_struct(node: exp.Struct) -> exp.Expression | None:
    # In an array the first struct names the fields of all.
    if isinstance(node.parent, exp.Array) and node.parent.expressions[0] is not node:
        return None
    for field in node.expressions:
        if isinstance(field, exp.Column | exp.Dot):
            field.replace(exp.PropertyEQ(this=exp.to_identifier(field.name), expression=field.copy()))
    return None


ARRAYS: dict[type[exp.Expression], Correction] = {
    exp.ArrayAgg: _correct_array_agg,
    exp.IgnoreNulls: _correct_ignore_nulls,
    exp.Struct: _correct_struct,
}
