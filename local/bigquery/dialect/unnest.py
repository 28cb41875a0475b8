"""UNNEST of an array of structs without an alias.

BigQuery makes the fields columns (`SELECT SUM(amount) FROM UNNEST(credits)`). Upstream 1.4.0 makes one column
named `unnest`.
"""

from __future__ import annotations

from sqlglot import exp


def expand_unnested_structs(tree: exp.Expr) -> None:
    """Rewrite every `FROM UNNEST(x)` without an alias in a DuckDB statement."""
    for unnest in list(tree.find_all(exp.Unnest)):
        if unnest.args.get("alias") or unnest.args.get("offset"):
            continue
        if not isinstance(unnest.parent, exp.From | exp.Join):
            continue
        # One level of structs becomes columns; an element that is no struct stays as it is.
        depth = exp.PropertyEQ(this=exp.to_identifier("max_depth"), expression=exp.Literal.number(2))
        expanded = exp.Anonymous(this="unnest", expressions=[unnest.expressions[0].copy(), depth])
        unnest.replace(exp.select(expanded).subquery("unnested"))
