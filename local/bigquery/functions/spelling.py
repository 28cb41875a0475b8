"""DuckDB SQL of which templates are made."""

from __future__ import annotations

import re

from local.bigquery.translate.call import EVALUATOR, AggregateCall, Call

# DuckDB takes a lambda's parameter for a column that has its name.
_BOUND = "google_bound"
_COLUMN = r'(?:\w+\.)?(?:[A-Za-z_]\w*|"[^"]*")'
_LITERAL = r"-?\d+(?:::BIGINT)?|'[^']*'|\$\w+"
_NAME = rf"(?:{_COLUMN}|{_LITERAL})"
_TYPE = r"[A-Z ]+(?:\([\d,]+\))?(?:\[\])?"
_PLAIN = re.compile(rf"{_NAME}|CAST\({_NAME} AS {_TYPE}\)|(?:DATE|TIME) '[^']*'")


def is_plain(sql: str) -> bool:
    """Whether the expression is a column or a constant, which may be repeated at no cost."""
    return bool(_PLAIN.fullmatch(sql))


def bound(arguments: list[str], body: str) -> str:
    """`body` over `{0}`, `{1}`, …, each argument being computed once.

    DuckDB has no LET; a lambda over a list of one has the same effect and costs some 70 ns a row.
    """
    if all(is_plain(one) for one in arguments):
        return f"({body.format(*arguments)})"
    names = [f"a{place}" for place in range(len(arguments))]
    fields = ", ".join(f"'{name}': {one}" for name, one in zip(names, arguments, strict=True))
    inner = body.format(*(f"{_BOUND}.{name}" for name in names))
    return f"list_transform([{{{fields}}}], lambda {_BOUND}: {inner})[1]"


def braced(sql: str) -> str:
    """SQL as a part of a body, whose braces stand for arguments."""
    return sql.replace("{", "{{").replace("}", "}}")


def or_evaluator(call: Call, condition: str, sql: str) -> str:
    """`sql` where `condition` holds, elsewhere Google's evaluator; NULL if an argument is. Over `{0}`, `{1}`, …."""
    is_word = [kind.kind == "ENUM" for kind in call.types]
    places = [f"{{{place}}}" for place in range(len(call)) if not is_word[place]]
    nothing = " OR ".join(f"{place} IS NULL" for place in places)
    evaluated = f"{EVALUATOR}({', '.join(places)})"
    # A word, such as DAY, is a part of the evaluator's function and no value.
    values = ["NULL" if word else one for word, one in zip(is_word, call.arguments, strict=True)]
    return bound(values, f"CASE WHEN {condition} THEN {sql} WHEN {nothing} THEN NULL ELSE {evaluated} END")


def filtered(
    call: AggregateCall, function: str, condition: str, *, order: str = "", distinct: bool | None = None
) -> str:
    """The call of DuckDB's `function` over those rows for which `condition` holds; all if it is empty."""
    is_distinct = call.distinct if distinct is None else distinct
    ordered = f" ORDER BY {order or call.order}" if order or call.order else ""
    kept = f" FILTER (WHERE {condition})" if condition else ""
    over = f" OVER ({call.over})" if call.over else ""
    return f"{function}({'DISTINCT ' if is_distinct else ''}{call[0]}{ordered}){kept}{over}"
