"""MERGE.

BigQuery refuses a MERGE in which one target row matches several source rows, and `INSERT ROW` takes every column
of the source in order. Upstream 1.4.0 lets the last match win, and can't parse `INSERT ROW`.
"""

from __future__ import annotations

from sqlglot import exp

from local.bigquery.dialect.correction import Correction, call


def _correct_merge(node: exp.Merge) -> exp.Expression | None:
    whens = node.args["whens"].expressions
    matched = [when for when in whens if when.args.get("matched")]
    if matched and not isinstance(node.args["on"], exp.Boolean):
        node.set("using", _guarded_source(node, matched))
    for when in whens:
        _spell_row(when.args["then"])
    return None


def _spell_row(clause: exp.Expression) -> None:
    """DuckDB's `INSERT *` is BigQuery's `INSERT ROW`."""
    if isinstance(clause, exp.Insert) and clause.this.name.upper() == "ROW":
        clause.set("this", exp.Star())
        clause.set("expression", None)


def _guarded_source(node: exp.Merge, matched: list[exp.Expression]) -> exp.Expression:
    """The source, which can be read only if no target row has several matches in it."""
    source = node.args["using"]
    ambiguous = (
        exp.select(exp.Literal.number(1))
        .from_(node.this.copy())
        .join(source.copy(), on=_match_condition(node, matched), join_type="inner")
        .group_by(exp.column("rowid", table=node.this.alias_or_name))
        .having(exp.GT(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(1)))
    )
    count = exp.select(exp.Count(this=exp.Star())).from_(ambiguous.subquery("ambiguous"))
    bare = source.copy()
    bare.set("alias", None)
    inner = exp.select("*").from_(exp.alias_(bare, "source", table=True))
    return inner.where(call("bq_require_single_match", count.subquery())).subquery(source.alias_or_name)


def _match_condition(node: exp.Merge, matched: list[exp.Expression]) -> exp.Expr:
    """Rows that a WHEN MATCHED clause would change."""
    on = exp.paren(node.args["on"].copy())
    conditions = [when.args.get("condition") for when in matched]
    if any(condition is None for condition in conditions):
        return on
    return exp.and_(on, exp.or_(*[condition.copy() for condition in conditions if condition is not None]))


MERGES: dict[type[exp.Expression], Correction] = {exp.Merge: _correct_merge}
