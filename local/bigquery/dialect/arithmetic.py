"""Arithmetic on NUMERIC and INT64.

BigQuery: NUMERIC with NUMERIC or INT64 stays NUMERIC, exact, nine decimals; a decimal literal beside a NUMERIC is
one too; SUM of INT64 is INT64. Upstream 1.4.0 leaves types to DuckDB, where quotients and averages of decimals
are doubles, products have 18 decimals, sums of integers are 128 bits wide and literals make everything a double.
"""

from __future__ import annotations

from contextvars import ContextVar
from functools import wraps

from sqlglot import exp

from local.bigquery.dialect.correction import Correction, call
from local.bigquery.dialect.witness import witness_of

# True while a statement is translated again whose witnesses DuckDB could not type: within a subquery that stands
# for a value they are left out, and its value is fitted as a whole.
UNTYPED_SUBQUERIES: ContextVar[bool] = ContextVar("UNTYPED_SUBQUERIES", default=False)

_READERS = (exp.From, exp.Join, exp.SetOperation, exp.CTE, exp.Merge, exp.Create, exp.Insert, exp.Lateral)
_ROUNDING = (exp.Round, exp.Trunc, exp.Ceil, exp.Floor)


def _is_windowed(node: exp.Expression) -> bool:
    """The call stands before OVER, so that only the whole window can be wrapped."""
    return isinstance(node.parent, exp.Window | exp.IgnoreNulls | exp.RespectNulls)


def _correct_sum(node: exp.Sum) -> exp.Expression | None:
    return None if _is_windowed(node) else call("bq_fit", witness_of(node), node)


def _correct_count(node: exp.CountIf) -> exp.Expression | None:
    return None if _is_windowed(node) else exp.Cast(this=node.copy(), to=exp.DataType.build("BIGINT"))


def _correct_rounding(node: exp.Expression) -> exp.Expression:
    return call("bq_fit_real", witness_of(node.this), node)


def _correct_window(node: exp.Window) -> exp.Expression | None:
    if isinstance(node.this, exp.Avg):
        return _windowed_average(node)
    return (
        call("bq_fit", witness_of(node.this), node) if isinstance(node.this, exp.Sum | exp.CountIf) else None
    )


def _windowed_average(node: exp.Window) -> exp.Expression:
    """The average beside its sum and its count, for a NUMERIC's exact quotient."""
    averaged = node.this.this
    total, count = node.copy(), node.copy()
    total.set("this", exp.Sum(this=averaged.copy()))
    count.set("this", exp.Count(this=averaged.copy()))
    return call("bq_windowed_average", witness_of(averaged), total, count, node)


def _correct_average(node: exp.Avg) -> exp.Expression | None:
    if _is_windowed(node):
        return None
    if isinstance(node.this, exp.Distinct):
        return call("bq_fit_real", witness_of(node.this), node)
    return call("bq_average", node.this)


def _correct_product(node: exp.Mul) -> exp.Expression | None:
    _widen_integers(node)
    _correct_literals(node)
    return call("bq_fit", witness_of(_sum_of(node)), node)


def _sum_of(node: exp.Expression) -> exp.Expression:
    """A sum has the type of the operands, where a product or a quotient has not."""
    return exp.Add(this=exp.paren(node.this.copy()), expression=exp.paren(node.expression.copy()))


def _widen_integers(node: exp.Mul) -> None:
    """An integer literal is an INT64; DuckDB takes it for 32 bits, which a product soon overflows."""
    for side in ("this", "expression"):
        operand = node.args[side]
        if isinstance(operand, exp.Literal) and operand.is_int:
            node.set(side, exp.Cast(this=operand.copy(), to=exp.DataType.build("BIGINT")))


def _correct_quotient(node: exp.Div | exp.SafeDivide) -> exp.Expression | None:
    _correct_literals(node)
    macro = "bq_divide" if isinstance(node, exp.Div) else "bq_safe_divide"
    return call(macro, witness_of(_sum_of(node)), node.this, node.expression)


def _correct_literals(node: exp.Expression) -> exp.Expression | None:
    """Give each decimal literal the type of an operand beside it."""
    operands = _operands(node)
    witness = next((operand for operand in operands if not _is_constant(operand)), None)
    if witness is None:
        return None
    for operand in operands:
        digits = _decimal_text(operand)
        if digits is not None:
            operand.replace(call("bq_literal_as", witness_of(witness), exp.Literal.string(digits)))
    return None


def _operands(node: exp.Expression) -> list[exp.Expression]:
    if isinstance(node, exp.Case):
        branches = [branch.args["true"] for branch in node.args["ifs"]]
        return [*branches, *([node.args["default"]] if node.args.get("default") else [])]
    if isinstance(node, exp.If):
        return [operand for operand in (node.args.get("true"), node.args.get("false")) if operand]
    if isinstance(node, exp.Between):
        return [node.this, node.args["low"], node.args["high"]]
    return [operand for operand in (node.this, node.args.get("expression"), *node.expressions) if operand]


def _is_constant(operand: exp.Expression) -> bool:
    bare = operand.this if isinstance(operand, exp.Neg | exp.Paren) else operand
    return isinstance(bare, exp.Literal | exp.Null)


def _decimal_text(operand: exp.Expression) -> str | None:
    """`0.5` or `-0.5` as text; None for anything else."""
    sign = "-" if isinstance(operand, exp.Neg) else ""
    bare = operand.this if sign else operand
    if not isinstance(bare, exp.Literal) or bare.is_string or bare.is_int:
        return None
    return sign + bare.name


def _stands_for_value(node: exp.Expression) -> bool:
    """A query in the place of an operand, and not one that is read from."""
    return not isinstance(node.parent, _READERS)


def _is_in_value_subquery(node: exp.Expression) -> bool:
    query = node.find_ancestor(exp.Select)
    while query is not None:
        holder = query.parent
        if isinstance(holder, exp.Subquery | exp.Exists | exp.In | exp.Array) and _stands_for_value(holder):
            return True
        query = query.find_ancestor(exp.Select)
    return False


def _where_typed(correct: Correction) -> Correction:
    @wraps(correct)
    def corrected(node: exp.Expression) -> exp.Expression | None:
        if UNTYPED_SUBQUERIES.get() and _is_in_value_subquery(node):
            return None
        return correct(node)

    return corrected


def _correct_value_subquery(node: exp.Subquery) -> exp.Expression | None:
    if not UNTYPED_SUBQUERIES.get() or not isinstance(node.this, exp.Select) or not _stands_for_value(node):
        return None
    return call("bq_fit", node, node)


_TYPED: dict[type[exp.Expression], Correction] = {
    **dict.fromkeys(_ROUNDING, _correct_rounding),
    exp.Sum: _correct_sum,
    exp.CountIf: _correct_count,
    **dict.fromkeys(
        (
            exp.Add,
            exp.Sub,
            exp.EQ,
            exp.NEQ,
            exp.LT,
            exp.LTE,
            exp.GT,
            exp.GTE,
            exp.Between,
            exp.Coalesce,
            exp.Greatest,
            exp.Least,
        ),
        _correct_literals,
    ),
    **dict.fromkeys((exp.If, exp.Case), _correct_literals),
    exp.Window: _correct_window,
    exp.Avg: _correct_average,
    exp.Mul: _correct_product,
    exp.Div: _correct_quotient,
    exp.SafeDivide: _correct_quotient,
}

ARITHMETIC: dict[type[exp.Expression], Correction] = {
    **{kind: _where_typed(correct) for kind, correct in _TYPED.items()},
    exp.Subquery: _correct_value_subquery,
}
