"""Functions of text and bytes. What is not here, and bytes in most, is Google's evaluator's."""

from __future__ import annotations

import re
from typing import Any

from local.bigquery.functions import patterns, python_texts
from local.bigquery.functions.spelling import bound
from local.bigquery.translate.call import EVALUATOR, SESSION_USER, Call
from local.bigquery.translate.limits import refused
from local.bigquery.translate.literals import quoted

# Letters whose case Google changes with all of Unicode's rules (İ, a final Σ, ß, ligatures), or to a newer Unicode.
_LOWER = r"[\x{130}\x{3a3}\x{1c89}\x{a7cb}-\x{a7cc}\x{a7da}\x{a7dc}\x{10d50}-\x{10d65}]"
_UPPER = (
    r"[\x{df}\x{149}\x{19b}\x{1f0}\x{264}\x{345}\x{390}\x{3b0}\x{587}\x{1c8a}\x{1e96}-\x{1e9a}\x{1f50}\x{1f52}\x{1f54}"
    r"\x{1f56}\x{1f80}-\x{1faf}\x{1fb2}-\x{1fb4}\x{1fb6}-\x{1fb7}\x{1fbc}\x{1fc2}-\x{1fc4}\x{1fc6}-\x{1fc7}\x{1fcc}"
    r"\x{1fd2}-\x{1fd3}\x{1fd6}-\x{1fd7}\x{1fe2}-\x{1fe4}\x{1fe6}-\x{1fe7}\x{1ff2}-\x{1ff4}\x{1ff6}-\x{1ff7}\x{1ffc}"
    r"\x{a7cd}\x{a7db}\x{fb00}-\x{fb06}\x{fb13}-\x{fb17}\x{10d70}-\x{10d85}]"
)
# Unicode's White_Space, which TRIM takes away where nothing is said.
_BLANKS = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029"
    "\u202f\u205f\u3000"
)
_IS_ASCII = "strlen({0}) = length({0})"
# Of the result of padding or repeating, where the number is written.
_SHORT = 1000


def text_only(template: str) -> Any:
    """The template where all arguments are STRINGs."""

    def spell(call: Call) -> str | None:
        if any(call.kind(place) != "STRING" for place in range(len(call))):
            return None
        return template.format(*call.arguments)

    return spell


def _case(function: str, exceptions: str) -> Any:
    def spell(call: Call) -> str | None:
        if call.kind(0) != "STRING":
            return None
        body = (
            f"CASE WHEN {_IS_ASCII} THEN {function}({{0}})"
            f" WHEN regexp_matches({{0}}, '{exceptions.replace('{', '{{').replace('}', '}}')}')"
            f" THEN {EVALUATOR}({{0}}) ELSE {function}({{0}}) END"
        )
        return bound(call.arguments, body)

    return spell


def _trim(function: str) -> Any:
    def spell(call: Call) -> str | None:
        if call.kind(0) != "STRING":
            return None
        if len(call) > 1:
            return f"{function}({call[0]}, {call[1]})"
        # Most texts have nothing to trim, which is seen in a tenth of the time.
        return bound(
            call.arguments,
            "CASE WHEN {0}[1] BETWEEN '!' AND '~' AND {0}[-1] BETWEEN '!' AND '~' THEN {0}"
            f" ELSE {function}({{0}}, '{_BLANKS}') END",
        )

    return spell


def concat(call: Call) -> str | None:
    """CONCAT and || of texts and of bytes."""
    if call.type.kind not in ("STRING", "BYTES"):
        return None
    return f"({' || '.join(call.arguments)})"


def _length(call: Call) -> str:
    return f"length({call[0]})" if call.kind(0) == "STRING" else f"octet_length({call[0]})"


def _byte_length(call: Call) -> str:
    return f"strlen({call[0]})" if call.kind(0) == "STRING" else f"octet_length({call[0]})"


def _written(call: Call, place: int, within: range) -> bool:
    """Whether the argument is a constant in the range."""
    if not call.is_literal(place):
        return False
    value = call.value(place)
    return value is not None and value in within


def _substr(call: Call) -> str | None:
    if call.kind(0) != "STRING":
        return None
    if all(_written(call, place, range(place % 2, 1 << 31)) for place in range(1, len(call))):
        return f"substring({', '.join(call.arguments)})"
    start = (
        "CASE WHEN {1} > 0 THEN least({1}, 4294967294) WHEN {1} = 0 THEN 1"
        " WHEN {1} < -4294967294 THEN 1 ELSE greatest(length({0}) + {1} + 1, 1) END"
    )
    if len(call) == 2:
        return bound(call.arguments, f"CASE WHEN {{1}} IS NOT NULL THEN substring({{0}}, {start}) END")
    body = (
        f"CASE WHEN {{1}} IS NULL OR {{2}} IS NULL THEN NULL WHEN {{2}} < 0 THEN {EVALUATOR}({{0}}, {{1}}, {{2}})"
        f" ELSE substring({{0}}, {start}, least({{2}}, 4294967294)) END"
    )
    return bound(call.arguments, body)


def _side(function: str) -> Any:
    def spell(call: Call) -> str | None:
        if call.kind(0) != "STRING":
            return None
        body = (
            f"CASE WHEN {{1}} IS NULL THEN NULL WHEN {{1}} < 0 THEN {EVALUATOR}({{0}}, {{1}})"
            f" ELSE {function}({{0}}, least({{1}}, 4294967294)) END"
        )
        return (
            f"{function}({call[0]}, {call[1]})"
            if _written(call, 1, range(1 << 31))
            else bound(call.arguments, body)
        )

    return spell


def _pad(function: str) -> Any:
    def spell(call: Call) -> str | None:
        if call.kind(0) != "STRING" or not _written(call, 1, range(_SHORT)):
            return None
        if len(call) > 2 and not (call.is_literal(2) and call.value(2)):
            return None
        return f"{function}({call[0]}, {call[1]}::INTEGER, {call[2] if len(call) > 2 else quoted(' ')})"

    return spell


def _repeat(call: Call) -> str | None:
    if call.kind(0) != "STRING" or not _written(call, 1, range(_SHORT)):
        return None
    return f"repeat({call[0]}, {call[1]})"


def _reverse(call: Call) -> str | None:
    if call.kind(0) != "STRING":
        return None
    body = f"CASE WHEN {_IS_ASCII} THEN reverse({{0}}) ELSE {EVALUATOR}({{0}}) END"
    return bound(call.arguments, body)


def _split(call: Call) -> str | None:
    if call.kind(0) != "STRING":
        return None
    if len(call) == 1:
        return f"string_split({call[0]}, ',')"
    if call.is_literal(1) and call.value(1) is not None:
        return f"string_split({call[0]}, {call[1]})"
    return bound(call.arguments, "CASE WHEN {1} IS NOT NULL THEN string_split({0}, {1}) END")


def _find(call: Call) -> str | None:
    if len(call) > 2 or call.kind(0) != "STRING":
        return None
    return f"strpos({call[0]}, {call[1]})"


_FORMATTED = re.compile(r"%([sdi%])|([^%]+)", re.DOTALL)


def _format(call: Call) -> str | None:
    text = call.value(0) if call.is_literal(0) else None
    if not text or "\0" in text or "".join(match[0] for match in _FORMATTED.finditer(text)) != text:
        return None
    parts, place = [], 1
    for element, plain in _FORMATTED.findall(text):
        if element in ("", "%"):
            parts.append(quoted(plain or "%"))
        elif place < len(call) and call.kind(place) == ("STRING" if element == "s" else "INT64"):
            parts.append(f"CAST({call[place]} AS VARCHAR)" if element != "s" else call[place])
            place += 1
        else:
            return None
    return f"({' || '.join(parts)})" if place == len(call) else None


def _digest(function: str) -> Any:
    def spell(call: Call) -> str | None:
        return f"unhex({function}({call[0]}))"

    return spell


def _refused(call: Call) -> str:
    raise refused(f"the function {call.name.upper()}")


SCALARS: dict[str, Any] = {
    "concat": concat,
    "lower": _case("lower", _LOWER),
    "upper": _case("upper", _UPPER),
    "trim": _trim("trim"),
    "ltrim": _trim("ltrim"),
    "rtrim": _trim("rtrim"),
    "length": _length,
    "char_length": _length,
    "character_length": _length,
    "byte_length": _byte_length,
    "octet_length": _byte_length,
    "substr": _substr,
    "substring": _substr,
    "left": _side("left"),
    "right": _side("right"),
    "replace": text_only("replace({0}, {1}, {2})"),
    "starts_with": text_only("starts_with({0}, {1})"),
    "ends_with": text_only("suffix({0}, {1})"),
    "strpos": _find,
    "instr": _find,
    "lpad": _pad("lpad"),
    "rpad": _pad("rpad"),
    "repeat": _repeat,
    "reverse": _reverse,
    "split": _split,
    "format": _format,
    "to_hex": "lower(hex({0}))",
    "to_base64": "to_base64({0})",
    "md5": _digest("md5"),
    "sha1": _digest("sha1"),
    "sha256": _digest("sha256"),
    # Google's library ends in the middle of the first two, and has no third.
    "net.public_suffix": _refused,
    "net.reg_domain": _refused,
    "session_user": f"CAST(${SESSION_USER} AS VARCHAR)",
    "generate_uuid": "CAST(uuid() AS VARCHAR)",
    "rand": "random()",
    **patterns.SCALARS,
    **python_texts.SCALARS,
}
AGGREGATES: dict[str, Any] = {}
WINDOWS: dict[str, Any] = {}
