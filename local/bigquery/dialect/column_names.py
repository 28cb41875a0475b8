"""Names of the columns of a result.

BigQuery names an expression without an alias `f0_`, `f1_`, …, counting those without a name. Upstream 1.4.0 shows
DuckDB's text of the expression.
"""

from __future__ import annotations

from sqlglot import exp

_NAMED = (exp.Alias, exp.Column, exp.Star)


def name_columns(tree: exp.Expression) -> None:
    """Give the outermost SELECT of a query an alias for every column that has no name."""
    select = tree
    while isinstance(select, exp.SetOperation | exp.Subquery):
        select = select.this
    if not isinstance(select, exp.Select) or select.args.get("kind"):
        return
    unnamed_count = 0
    for column in list(select.expressions):
        if isinstance(column, _NAMED):
            continue
        # The last name of a path is its column's name.
        name = column.name if isinstance(column, exp.Dot) else f"f{unnamed_count}_"
        unnamed_count += not isinstance(column, exp.Dot)
        column.replace(exp.alias_(column.copy(), name))
