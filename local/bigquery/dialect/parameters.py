"""Query parameters.

BigQuery types every parameter and knows its names apart from text in quotes. Upstream 1.4.0 replaces `@name` and
`$name` inside string literals too, leaves values untyped (an INT64 may arrive as another width, a NUMERIC with
the scale of its text), and ignores the parameters of a multi-statement script. DuckDB 1.5.5 takes Decimal("1E+3")
for 1.
"""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise
from typing import Any

from bqemulator.domain.errors import InvalidQueryError
from bqemulator.sql.parameters import _bq_to_duckdb_type, _extract_value
from sqlglot import TokenType, exp
from sqlglot.dialects.bigquery import BigQuery

from local.bigquery.dialect.functions import parse_numeric

# What is in a comment or in quotes, so that it is passed over, or a parameter.
_PIECE = re.compile(r"""/\*[\s\S]*?\*/|--[^\n]*|'(?:[^']|'')*'|"(?:[^"]|"")*"|[@$]([A-Za-z_]\w*)|(\?)""")
_SPELLING = {"INTEGER": "INT64", "FLOAT": "FLOAT64", "BOOLEAN": "BOOL"}


def bind_parameters(sql: str, query_parameters: list[dict[str, Any]] | None = None) -> tuple[str, list[Any]]:
    """DuckDB's `sql` with a typed placeholder for every parameter, and the values in the order of placeholders.

    Raises InvalidQueryError for a name that no parameter has.
    """
    if not query_parameters:
        return sql, []
    by_name = {p["name"].lower(): p for p in query_parameters if p.get("name")}
    positional = iter(query_parameters)
    values: list[Any] = []

    def replace(match: re.Match[str]) -> str:
        if match.group(1) is None and match.group(2) is None:
            return match.group(0)
        parameter = next(positional, None) if match.group(2) else by_name.get(match.group(1).lower())
        if parameter is None:
            raise InvalidQueryError(f"Query parameter '{match.group(1)}' not found", location="query")
        values.append(_bound_value(parameter))
        return _placeholder(parameter)

    return _PIECE.sub(replace, sql), values


def _bound_value(parameter: dict[str, Any]) -> Any:
    value = parameter.get("parameterValue") or {}
    return _with_nine_decimals(_extract_value({**parameter, "parameterValue": value}))


def _with_nine_decimals(value: Any) -> Any:
    """The value with every number in it written out, so that no exponent is left for DuckDB to drop."""
    match value:
        case Decimal():
            number = parse_numeric(str(value)) if value.is_finite() else None
            if number is None:
                raise InvalidQueryError(f"Invalid NUMERIC value: {value}", location="query")
            return number
        case list():
            return [_with_nine_decimals(item) for item in value]
        case dict():
            return {name: _with_nine_decimals(member) for name, member in value.items()}
        case _:
            return value


def _placeholder(parameter: dict[str, Any]) -> str:
    type_text = _bq_to_duckdb_type(parameter.get("parameterType", {}))
    return "?" if type_text is None else f"CAST(? AS {type_text})"


def inline_parameters(bq_sql: str, query_parameters: list[dict[str, Any]]) -> str:
    """A script with its named parameters written out as typed literals."""
    by_name = {p["name"].lower(): p for p in query_parameters if p.get("name")}
    tokens = BigQuery().tokenize(bq_sql)
    pieces: list[str] = []
    written = 0
    for sign, name in pairwise(tokens):
        parameter = by_name.get(name.text.lower())
        if sign.token_type != TokenType.PARAMETER or parameter is None:
            continue
        value = parameter.get("parameterValue") or {}
        pieces += [bq_sql[written : sign.start], _literal(parameter["parameterType"], value)]
        written = name.end + 1
    return "".join([*pieces, bq_sql[written:]])


def _literal(kind: dict[str, Any], value: dict[str, Any]) -> str:
    if kind["type"] == "ARRAY":
        items = ", ".join(_literal(kind["arrayType"], item) for item in value.get("arrayValues", []))
        return f"ARRAY<{_type_name(kind['arrayType'])}>[{items}]"
    if kind["type"] == "STRUCT":
        raise InvalidQueryError("STRUCT parameters of a script are not supported", location="query")
    text = value.get("value")
    quoted = "NULL" if text is None else exp.Literal.string(str(text)).sql(dialect="bigquery")
    return f"CAST({quoted} AS {_type_name(kind)})"


def _type_name(kind: dict[str, Any]) -> str:
    name = str(kind["type"])
    return _SPELLING.get(name, name)
