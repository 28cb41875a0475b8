"""Values as JSON: TO_JSON and TO_JSON_STRING, spelled out for the type."""

from __future__ import annotations

import json
from typing import Any

from local.bigquery.functions.moments import civil
from local.bigquery.functions.spelling import bound, braced
from local.bigquery.googlesql.types import GoogleType, struct_of
from local.bigquery.translate.call import Call
from local.bigquery.translate.literals import quoted

# Stands for the value until the expression is complete: a brace of JSON must not be taken for an argument's.
_VALUE = "\x03"
_BOTH = {
    "BOOL": "CAST({0} AS VARCHAR)",
    "DATE": "'\"' || CAST({0} AS VARCHAR) || '\"'",
    "DATETIME": "'\"' || google_json_datetime({0}) || '\"'",
    "TIMESTAMP": f"'\"' || google_json_datetime({civil('{0}')}) || 'Z\"'",
    "TIME": "'\"' || google_json_time({0}) || '\"'",
    "BYTES": "'\"' || to_base64({0}) || '\"'",
    "JSON": "CAST({0} AS VARCHAR)",
}
# As members of a JSON value, numbers are numbers.
_IN_JSON = {
    **_BOTH,
    "INT64": "CAST({0} AS VARCHAR)",
    "FLOAT64": "google_json_float({0})",
    "NUMERIC": "google_json_numeric({0})",
    "STRING": "google_json_string({0})",
}
# As text, a number that a double doesn't hold stands in quotes.
_IN_TEXT = {
    **_BOTH,
    "INT64": "google_text_int({0})",
    "FLOAT64": "google_text_float({0})",
    "NUMERIC": "google_text_numeric({0})",
    "STRING": "google_text_string({0})",
}


def _written(kind: GoogleType, value: str, spelling: dict[str, str], *, depth: int = 0) -> str | None:
    """SQL of the JSON text of `value`; None for a type that has no spelling here."""
    if kind.element is not None:
        item = f"google_item{depth}"
        inner = _written(kind.element, item, spelling, depth=depth + 1)
        if inner is None:
            return None
        items = f"array_to_string(list_transform({value}, lambda {item}: {inner}), ',')"
        return f"coalesce('[' || {items} || ']', 'null')"
    if kind.is_struct:
        return _members(kind, value, spelling, depth=depth)
    template = spelling.get(kind.kind)
    return None if template is None else f"coalesce({template.format(value)}, 'null')"


def _members(kind: GoogleType, value: str, spelling: dict[str, str], *, depth: int) -> str | None:
    places = list(range(len(kind.fields)))
    if spelling is _IN_JSON:
        # The first of those that have one name stays.
        by_name = {kind.fields[place][0]: place for place in reversed(places)}
        places = [by_name[name] for name in sorted(by_name)]
    parts: list[str] = []
    for place in places:
        name, one = kind.fields[place]
        inner = _written(one, f"struct_extract({value}, '{kind.field_name(place)}')", spelling, depth=depth)
        if inner is None or not name.isprintable():
            return None
        comma = "," if parts else "{"
        parts.append(f"{quoted(f'{comma}{json.dumps(name, ensure_ascii=False)}:')} || {inner}")
    if not parts:
        return None
    return f"CASE WHEN {value} IS NULL THEN 'null' ELSE {' || '.join(parts)} || '}}' END"


def _whole(call: Call, spelling: dict[str, str]) -> str | None:
    if len(call) > 1 and not (call.is_literal(1) and call.value(1) is False):
        return None
    text = _written(call.types[0], _VALUE, spelling)
    return None if text is None else _over(call[0], text)


def _over(value: str, text: str) -> str:
    return bound([value], braced(text).replace(_VALUE, "{0}"))


def _to_json(call: Call) -> str | None:
    if call.kind(0) == "JSON":
        return f"coalesce({call[0]}, CAST('null' AS JSON))"
    text = _whole(call, _IN_JSON)
    return None if text is None else f"CAST({text} AS JSON)"


def _together(values: list[str], kind: GoogleType) -> str:
    """A STRUCT of the values."""
    return "{" + ", ".join(f"'{kind.field_name(place)}': {value}" for place, value in enumerate(values)) + "}"


def _array(call: Call) -> str | None:
    kind = struct_of(("", one) for one in call.types)
    parts = [
        _written(one, f"struct_extract({_VALUE}, '{kind.field_name(place)}')", _IN_JSON)
        for place, one in enumerate(call.types)
    ]
    known = [part for part in parts if part is not None]
    if not known or len(known) < len(parts):
        return None
    text = "'[' || " + " || ',' || ".join(known) + " || ']'"
    return f"CAST({_over(_together(call.arguments, kind), text)} AS JSON)"


def _object(call: Call) -> str | None:
    """JSON_OBJECT of names that are written."""
    names: list[str] = []
    for place in range(0, len(call), 2):
        name = call.value(place) if call.is_literal(place) else None
        if not isinstance(name, str):
            return None
        names.append(name)
    if not names:
        return None
    kind = struct_of(zip(names, call.types[1::2], strict=True))
    return _to_json(Call("to_json", [_together(call.arguments[1::2], kind)], [kind], call.type))


SCALARS: dict[str, Any] = {
    "json_array": _array,
    "json_object": _object,
    "to_json": _to_json,
    "to_json_string": lambda call: _whole(call, _IN_TEXT),
}
