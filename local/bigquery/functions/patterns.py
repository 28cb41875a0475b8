"""Regular expressions. Both engines are RE2; they differ in what no match, no group and a bad pattern give."""

from __future__ import annotations

import re
from typing import Any

from local.bigquery.functions.spelling import bound, braced
from local.bigquery.translate.call import EVALUATOR, Call

# Pieces of which a pattern is surely one of RE2's. Any other is left to Google's evaluator, which says what is wrong.
_CLASS = (
    r"\[\^?(?:[A-Za-z0-9_ .,:;@#%&/+*?(){}|$<>=!~'\"-]|\\[dwsDWS.\\/\[\]-]|\\x[0-9a-f]{2}|[^\x00-\x7f])+\]"
)
_ATOM = rf"(?:{_CLASS}|\\[dwsbDWSBAzntrfv.\\/^$|?*+(){{}}\[\]-]|[^\\\[\](){{}}*+?|^$]|[.^$|])"
_REPEATED = r"(?:[*+?]|\{\d{1,2}(?:,\d{0,2})?\})\??"
_PIECE = re.compile(rf"\(\?i\)|\((?:\?:|\?P<\w+>)?|\)(?:{_REPEATED})?|{_ATOM}(?:{_REPEATED})?", re.DOTALL)
_GROUP = re.compile(r"\((?!\?)|\(\?P<")
_REWRITE = re.compile(r"(?:[^\\]|\\[0-9\\])*", re.DOTALL)


def groups(pattern: str) -> int | None:
    """How many groups a pattern has that surely is sound; None if that can't be told."""
    depth, place, count = 0, 0, 0
    while place < len(pattern):
        piece = _PIECE.match(pattern, place)
        if piece is None:
            return None
        text = piece.group()
        count += _GROUP.match(text) is not None
        depth += text.startswith("(") - text.startswith(")") - (text == "(?i)")
        if depth < 0 or (
            text.startswith("(") and text != "(?i)" and pattern[piece.end() : piece.end() + 1] in "*+?{"
        ):
            return None
        place = piece.end()
    return _sound(pattern, count) if depth == 0 else None


def _sound(pattern: str, count: int) -> int | None:
    try:
        # A range in the wrong order, a repetition of nothing: what Python refuses as well.
        found = re.compile(pattern)
    except re.error:
        return None
    return count if found.groups == count else None


def _pattern(call: Call) -> int | None:
    if call.kind(0) != "STRING" or not call.is_literal(1):
        return None
    pattern = call.value(1)
    return None if pattern is None else groups(pattern)


def _contains(call: Call) -> str | None:
    # DuckDB compiles a parameter's pattern once as well, and says of a bad one what Google says.
    is_parameter = (
        call.kind(0) == "STRING"
        and not call.safe
        and call.nodes[1].WhichOneof("node") == "resolved_parameter_node"
    )
    if is_parameter or _pattern(call) is not None:
        return f"regexp_matches({call[0]}, {call[1]})"
    return None


def _extract(call: Call) -> str | None:
    count = _pattern(call)
    if len(call) > 2 or count is None or count > 1:
        return None
    found = f"regexp_extract({{0}}, {braced(call[1])}, {count})"
    # Nothing was found, or a group took no part, or an empty text was found.
    body = (
        f"CASE WHEN {found} <> '' THEN {found}"
        f" WHEN regexp_matches({{0}}, {braced(call[1])}) THEN {EVALUATOR}({{0}}, {braced(call[1])}) END"
    )
    return bound(call.arguments[:1], body)


def _replace(call: Call) -> str | None:
    count = _pattern(call)
    if count is None or not call.is_literal(2) or call.value(2) is None:
        return None
    rewrite = call.value(2)
    named = [int(digit) for digit in re.findall(r"\\(\d)", rewrite.replace("\\\\", ""))]
    if not _REWRITE.fullmatch(rewrite) or any(digit > count for digit in named):
        return None
    return f"regexp_replace({call[0]}, {call[1]}, {call[2]}, 'g')"


SCALARS: dict[str, Any] = {
    "regexp_contains": _contains,
    "regexp_extract": _extract,
    "regexp_replace": _replace,
}
