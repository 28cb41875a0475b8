"""CAST and SAFE_CAST.

BigQuery reads NUMERIC as 38 digits with 9 decimals and rounds half away from zero, takes `true` and `false` only
for BOOL and whole numbers only for INT64, and says which value it refuses. Upstream 1.4.0 leaves the texts to
DuckDB (`yes` is a BOOL, `1.7` is the INT64 2) and NUMERIC to DuckDB's DECIMAL(18, 3).
"""

from __future__ import annotations

import datetime

from sqlglot import exp

from local.bigquery.dialect.correction import Correction, call

_MACROS = {
    exp.DataType.Type.DECIMAL: "numeric",
    exp.DataType.Type.BIGINT: "int64",
    exp.DataType.Type.INT: "int64",
    exp.DataType.Type.DOUBLE: "float64",
    exp.DataType.Type.BOOLEAN: "bool",
    exp.DataType.Type.DATE: "date",
    exp.DataType.Type.TIMESTAMPTZ: "timestamp",
    exp.DataType.Type.TEXT: "string",
}


def _correct_cast(node: exp.Cast) -> exp.Expression | None:
    target = node.to
    if target.expressions and not _is_numeric(target):
        return None
    if node.args.get("format") or node.find_ancestor(exp.Property, exp.Properties):
        return None
    macro = _MACROS.get(target.this)
    if macro is None or _is_plain_date(node):
        return None
    # Every value has a text, so there is nothing to be safe from.
    safely = "safe_" if isinstance(node, exp.TryCast) and macro != "string" else ""
    return call(f"bq_{safely}cast_{macro}", node.this)


def _is_numeric(target: exp.DataType) -> bool:
    """NUMERIC without parameters; a declared NUMERIC(p, s) is DuckDB's own DECIMAL(p, s)."""
    sizes = [parameter.name for parameter in target.expressions]
    return target.this == exp.DataType.Type.DECIMAL and sizes == ["38", "9"]


def _is_plain_date(node: exp.Cast) -> bool:
    """A literal that DuckDB reads alike stays one, so that the planner sees a constant."""
    if node.to.this != exp.DataType.Type.DATE or not isinstance(node.this, exp.Literal):
        return False
    try:
        datetime.date.fromisoformat(node.this.name)
    except ValueError:
        return False
    return len(node.this.name) == len("2025-11-01")


def _correct_type(node: exp.DataType) -> exp.Expression | None:
    """A NUMERIC column or array holds 38 digits with 9 decimals."""
    if node.this != exp.DataType.Type.DECIMAL or node.expressions:
        return None
    node.set("expressions", [exp.DataTypeParam(this=exp.Literal.number(size)) for size in (38, 9)])
    return None


CASTS: dict[type[exp.Expression], Correction] = {
    exp.Cast: _correct_cast,
    exp.TryCast: _correct_cast,
    exp.DataType: _correct_type,
}
