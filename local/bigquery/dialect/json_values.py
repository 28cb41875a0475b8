"""JSON functions.

BigQuery: JSON_VALUE is NULL for objects and arrays; JSON_QUERY of JSON is JSON and of STRING is STRING;
JSON_QUERY_ARRAY of a missing member is NULL; TO_JSON spells times as RFC 3339; a typed accessor refuses another
type. Upstream 1.4.0 reads arrays through text, gives STRING for every JSON_QUERY, and keeps DuckDB's spelling of
times and numbers.
"""

from __future__ import annotations

from sqlglot import exp

from local.bigquery.dialect.correction import Correction, call


def _path(node: exp.Expression | None, *, every_item: bool = False) -> exp.Expression:
    """DuckDB's spelling of a JSON path: every key in quotes."""
    if node is not None and not isinstance(node, exp.JSONPath):
        return node.copy()
    pieces = [_path_piece(part) for part in (node.expressions if node is not None else [])]
    return exp.Literal.string("$" + "".join(pieces) + ("[*]" if every_item else ""))


def _path_piece(part: exp.Expression) -> str:
    if isinstance(part, exp.JSONPathKey):
        return f'."{part.this}"'
    if isinstance(part, exp.JSONPathSubscript):
        return f"[{part.this}]" if isinstance(part.this, int) else f'."{part.this}"'
    return ""


def _correct_value(node: exp.JSONExtractScalar) -> exp.Expression:
    return call("bq_json_value", node.this, _path(node.expression))


def _correct_query(node: exp.JSONExtract) -> exp.Expression:
    return call("bq_json_query", node.this, _path(node.expression))


def _correct_query_array(node: exp.JSONExtractArray) -> exp.Expression:
    path = node.args.get("expression")
    return call("bq_json_query_array", node.this, _path(path), _path(path, every_item=True))


def _correct_value_array(node: exp.JSONValueArray) -> exp.Expression:
    path = node.args.get("expression")
    return call("bq_json_value_array", node.this, _path(path), _path(path, every_item=True))


def _correct_subscript(node: exp.Bracket) -> exp.Expression | None:
    """Only JSON has members in brackets by name, and only a bare position may be JSON's."""
    if len(node.expressions) != 1 or node.args.get("offset") is not None:
        return None
    key = node.expressions[0]
    if isinstance(key, exp.Literal) and key.is_string:
        return call("bq_json_query", node.this, exp.Literal.string(f'$."{key.name}"'))
    return call("bq_element", node.this, key)


def _correct_format(node: exp.JSONFormat) -> exp.Expression:
    return call("bq_to_json" if node.args.get("to_json") else "bq_to_json_string", node.this)


def _correct_string(node: exp.String) -> exp.Expression | None:
    return None if node.args.get("zone") else call("bq_json_string", node.this)


JSON_VALUES: dict[type[exp.Expression], Correction] = {
    exp.JSONExtractScalar: _correct_value,
    exp.JSONExtract: _correct_query,
    exp.JSONExtractArray: _correct_query_array,
    exp.JSONValueArray: _correct_value_array,
    exp.JSONFormat: _correct_format,
    exp.Bracket: _correct_subscript,
    exp.String: _correct_string,
    exp.Int64: lambda node: call("bq_json_int64", node.this),
    exp.Float64: lambda node: call("bq_json_float64", node.this),
    exp.JSONBool: lambda node: call("bq_json_bool", node.this),
    exp.JSONType: lambda node: call("bq_json_type", node.this),
}
