"""A BigQuery statement, corrected before upstream translates it, and the translation, corrected after.

A correction is a function from a node of the parsed statement to the node that replaces it, or to None. Each is
named with the kind of node that it is for; children are corrected before their parents.
"""

from __future__ import annotations

from typing import Any

import sqlglot
from bqemulator.domain.errors import InvalidQueryError
from bqemulator.domain.result import Ok
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from local.bigquery.dialect.arithmetic import ARITHMETIC
from local.bigquery.dialect.arrays import ARRAYS
from local.bigquery.dialect.casts import CASTS
from local.bigquery.dialect.column_names import name_columns
from local.bigquery.dialect.correction import Correction
from local.bigquery.dialect.json_values import JSON_VALUES
from local.bigquery.dialect.merge import MERGES
from local.bigquery.dialect.times import TIMES
from local.bigquery.dialect.unnest import expand_unnested_structs

_CORRECTIONS: dict[type[exp.Expression], Correction] = {
    **CASTS,
    **ARITHMETIC,
    **ARRAYS,
    **JSON_VALUES,
    **TIMES,
    **MERGES,
}


class SyntaxRefusedError(Exception):
    """The statement is not GoogleSQL; `refusal` says so in BigQuery's words."""

    def __init__(self, refusal: InvalidQueryError) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


def correct_statement(bq_sql: str) -> str:
    """`bq_sql` with every correction applied, still in BigQuery's dialect. Raises SyntaxRefusedError."""
    try:
        trees = [tree for tree in sqlglot.parse(bq_sql, read="bigquery") if tree is not None]
    except (ParseError, TokenError) as error:
        raise SyntaxRefusedError(_syntax_error(error)) from error
    # GoogleSQL has no FROM (VALUES …): that is what upstream has made of INFORMATION_SCHEMA by now, in DuckDB's words.
    if len(trees) != 1 or isinstance(trees[0], exp.Command) or _reads_values(trees[0]):
        return bq_sql
    return _corrected(trees[0]).sql(dialect="bigquery")


def _corrected(tree: Any) -> exp.Expression:
    # A root has no place to be replaced in, so it is given one.
    holder = exp.Paren(this=tree)
    node: Any
    for node in reversed(list(tree.walk())):
        correct = _CORRECTIONS.get(type(node))
        replacement = correct(node) if correct else None
        if replacement is not None:
            node.replace(replacement)
    corrected: exp.Expression = holder.this
    name_columns(corrected)
    return corrected


def _reads_values(tree: Any) -> bool:
    return any(not isinstance(values.parent, exp.Insert | exp.When) for values in tree.find_all(exp.Values))


def finish_statement(translated: Ok[str]) -> Ok[str]:
    """The DuckDB statement, with what BigQuery's dialect has no words for.

    It ends in a line end: sqlglot 30 cannot tokenize a text with a `$parameter` that ends in an empty string literal.
    """
    text = f"{translated.value}\n"
    if "unnest" not in text.lower():
        return Ok(text)
    tree = sqlglot.parse_one(text, read="duckdb")
    expand_unnested_structs(tree)
    return Ok(tree.sql(dialect="duckdb") + "\n")


def _syntax_error(error: ParseError | TokenError) -> InvalidQueryError:
    found: dict[str, Any] = (getattr(error, "errors", None) or [{}])[0]
    word = str(found.get("highlight") or "").strip()
    if not found.get("line"):
        return InvalidQueryError(f"Syntax error: {str(error).splitlines()[0]}", location="query")
    # The parser counts to the end of the word, BigQuery to its beginning.
    place = f"[{found['line']}:{max(int(found['col']) - len(word) + 1, 1)}]"
    what = f'Unexpected "{word}"' if word else "Unexpected end of script"
    return InvalidQueryError(f"Syntax error: {what} at {place}", location="query")
