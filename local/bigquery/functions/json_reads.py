"""What is read out of JSON."""

from __future__ import annotations

from typing import Any

from local.bigquery.functions.json_paths import extracted, member, paths
from local.bigquery.functions.spelling import bound, braced
from local.bigquery.translate.call import EVALUATOR, Call

_INT = "^-?[0-9]{{1,18}}$"
_NUMBER_BEGINS = "('-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9')"
# Stands for an argument of a template within another.
_TEXT = "\x03text\x03"
_FLOAT = "^-?[0-9.]{{1,17}}(e[-+][0-9]+)?$"


def _found(call: Call) -> str | None:
    """The JSON at the written path, as text."""
    if call.kind(0) != "JSON":
        return None
    places = paths(call, 1)
    return None if places is None else f"CAST({extracted(call[0], places)} AS VARCHAR)"


def _value(call: Call) -> str | None:
    found = _found(call)
    if found is not None:
        return bound([found], "google_json_scalar({0})")
    return _value_of_text(call)


def _found_in_text(call: Call) -> str | None:
    """The JSON at the written path of a STRING, as text, over `_TEXT`; None for a path that leads into an array."""
    places = paths(call, 1)
    if call.kind(0) != "STRING" or places is None or any("[" in path for path in places) or len(call) == 1:
        return None
    return f"CAST({extracted(_TEXT, places)} AS VARCHAR)"


def _value_of_text(call: Call) -> str | None:
    found = _found_in_text(call)
    if found is None:
        return None
    google = f"{EVALUATOR}({{0}}, {call[1]})"
    # Google keeps a number as it is written, which DuckDB may not: it makes 0 of -0.
    number = f"{{1}}[1] IN {_NUMBER_BEGINS} AND NOT regexp_matches({{1}}, '{_INT}')"
    number += " OR {1} = '0' AND google_json_has({0}, '-0')"
    scalar = bound(
        [_TEXT, found], f"CASE WHEN {number} THEN {google} ELSE google_json_text_scalar({{1}}) END"
    )
    return _read_of_text(call, scalar)


def _part_of_text(call: Call, part: str) -> str | None:
    """What is read of a STRING: `part`, over {1}, of the JSON at the written path, where that is spelt as it was."""
    found = _found_in_text(call)
    if found is None:
        return None
    google = f"{EVALUATOR}({{0}}, {call[1]})"
    body = (
        "CASE WHEN {1} IS NULL OR {1} = 'null' THEN NULL"
        f" WHEN google_json_rewritten({{0}}, {{1}}) THEN {google} ELSE {part} END"
    )
    return _read_of_text(call, bound([_TEXT, found], body))


def _read_of_text(call: Call, sql: str) -> str:
    """`sql` over `_TEXT` where the STRING is JSON to both. Google's evaluator reads what it can of what is no JSON."""
    body = (
        "CASE WHEN {0} IS NULL THEN NULL WHEN NOT json_valid({0}) OR google_json_lax({0})"
        f" THEN {EVALUATOR}({{0}}, {call[1]}) ELSE {braced(sql).replace(_TEXT, '{0}')} END"
    )
    return bound(call.arguments[:1], body)


def _query(call: Call) -> str | None:
    found = _found(call)
    if found is None or len(call) == 1:
        return _part_of_text(call, "{1}")
    # A number may be spelt as DuckDB has it: Google's evaluator writes the value that was found once more.
    google = f"{EVALUATOR}(CAST({{0}} AS JSON), '$')"
    body = f"CAST(CASE WHEN google_json_respelt({{0}}) THEN {google} ELSE {{0}} END AS JSON)"
    return bound([found], body)


def _query_array(call: Call) -> str | None:
    found = _found(call)
    if found is None or len(call) == 1:
        return _part_of_text(
            call, "CASE WHEN {1}[1] <> '[' THEN NULL ELSE CAST(json_extract({1}, '$[*]') AS VARCHAR[]) END"
        )
    body = (
        "CASE WHEN {0}[1] <> '[' THEN NULL WHEN google_json_respelt({0})"
        f" THEN CAST({EVALUATOR}(CAST({{0}} AS JSON), '$') AS JSON[]) ELSE json_extract({{0}}, '$[*]') END"
    )
    return bound([found], body)


def _value_array(call: Call) -> str | None:
    found = _found(call)
    if found is None or len(call) == 1:
        return None
    body = (
        "CASE WHEN {0}[1] <> '[' THEN NULL WHEN list_has_any(json_type({0}, '$[*]'), ['OBJECT', 'ARRAY']) THEN NULL"
        f" WHEN google_json_respelt({{0}}) THEN {EVALUATOR}(CAST({{0}} AS JSON), '$')"
        " ELSE json_extract_string({0}, '$[*]') END"
    )
    return bound([found], body)


def _member(call: Call) -> str | None:
    """`json.name.name`, or `json['name']`: the names are string literals."""
    names = [one[1:-1].replace("''", "'") for one in call.arguments[1:]]
    steps = [member(name) for name in names]
    if None in steps:
        return None
    found = extracted(call[0], [f"${''.join(str(step) for step in steps)}"])
    head = "".join(f'{{{{"{name}":'.replace("'", "''") for name in names)
    wrapped = f"CAST('{head}' || {{0}} || '{'}}' * len(names)}' AS JSON)"
    google = f"{EVALUATOR}({wrapped}, {', '.join(call.arguments[1:])})"
    body = f"CAST(CASE WHEN google_json_respelt({{0}}) THEN {google} ELSE {{0}} END AS JSON)"
    return bound([f"CAST({found} AS VARCHAR)"], body)


def _subscript(call: Call) -> str | None:
    """`json['name']` and `json[0]`, neither of which reads one as the other."""
    if call.kind(0) != "JSON" or not call.is_literal(1) or call.value(1) is None:
        return None
    value = call.value(1)
    if isinstance(value, str):
        return _member(call)
    if value < 0:
        return None
    found = extracted(call[0], [f"$[{value}]"])
    google = f"{EVALUATOR}(CAST('[' || {{0}} || ']' AS JSON), 0)"
    body = f"CAST(CASE WHEN google_json_respelt({{0}}) THEN {google} ELSE {{0}} END AS JSON)"
    return bound([f"CAST({found} AS VARCHAR)"], body)


def _scalar(condition: str, value: str, *, kind: str) -> Any:
    def spell(call: Call) -> str | None:
        if call.kind(0) != "JSON" or call.type.kind != kind:
            return None
        if len(call) > 1 and not (call.is_literal(1) and call.value(1) == "round"):
            return None
        rest = "".join(f", {one}" for one in call.arguments[1:])
        body = (
            f"CASE WHEN {{0}} IS NULL THEN NULL WHEN {condition} THEN {value}"
            f" ELSE {EVALUATOR}(CAST({{0}} AS JSON){rest}) END"
        )
        return bound([f"CAST({call[0]} AS VARCHAR)"], body)

    return spell


SCALARS: dict[str, Any] = {
    "json_value": _value,
    "json_extract_scalar": _value,
    "json_query": _query,
    "json_extract": _query,
    "json_query_array": _query_array,
    "json_extract_array": _query_array,
    "json_value_array": _value_array,
    "json_extract_string_array": _value_array,
    "$subscript": _subscript,
    "$json_field": _member,
    "json_type": lambda call: bound([f"CAST({call[0]} AS VARCHAR)"], "google_json_type({0})"),
    "string": _scalar("{0}[1] = '\"'", "google_json_scalar({0})", kind="STRING"),
    "int64": _scalar(f"regexp_matches({{0}}, '{_INT}')", "CAST({0} AS BIGINT)", kind="INT64"),
    "float64": _scalar(f"regexp_matches({{0}}, '{_FLOAT}')", "CAST({0} AS DOUBLE)", kind="FLOAT64"),
    "lax_string": _scalar(
        f"{{0}}[1] = '\"' OR regexp_matches({{0}}, '{_INT}')", "google_json_scalar({0})", kind="STRING"
    ),
    "lax_int64": _scalar(f"regexp_matches({{0}}, '{_INT}')", "CAST({0} AS BIGINT)", kind="INT64"),
    "lax_float64": _scalar(f"regexp_matches({{0}}, '{_FLOAT}')", "CAST({0} AS DOUBLE)", kind="FLOAT64"),
    "lax_bool": _scalar("{0} IN ('true', 'false')", "({0} = 'true')", kind="BOOL"),
    "bool": _scalar("{0} IN ('true', 'false')", "({0} = 'true')", kind="BOOL"),
}
