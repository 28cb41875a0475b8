"""Lines of JSON rewritten by a fast parser, where it can be seen that the exact one would read the same values.

The fast parser makes doubles of all numbers that are no integers, and of a field that an object has twice it keeps one.
Where that may change a value, here nothing is decided.
"""

import orjson

from shared.domain.json_lines import JsonLines

_DIGITS = b"0123456789."
_LONG = b"\0" + b"0" * 16
"""Any number of at most fifteen digits is the same as a double; so is any integer below 2**53, which has sixteen."""
_BEFORE_NUMBERS = b":,[- \t"
_NUMBERS = bytes.maketrans(
    _DIGITS + _BEFORE_NUMBERS,
    b"0" * len(_DIGITS) + b"\0" * len(_BEFORE_NUMBERS),
)
_AROUND = b":,[]}"
_EXPONENTS = bytes.maketrans(b"E" + _AROUND, b"e" + b"\0" * len(_AROUND))
_EXPONENT = b"\0e\0"
_ESCAPED_QUOTE = b"\\u0022"


def plain_json_lines(lines: list[bytes]) -> JsonLines | None:
    """The objects of the lines; None where a line is none, or where only the exact parser knows its value."""
    text = b"".join(lines)
    if _may_hold_inexact_numbers(text) or _ESCAPED_QUOTE in text:
        return None
    try:
        rows = [orjson.loads(line) for line in lines]
        written = b"\n".join(map(orjson.dumps, rows))
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return None
    if set(map(type, rows)) != {dict}:
        return None
    # A field that is dropped takes the quotes of its name along; no other quote comes or goes, but for \u0022.
    if written.count(b'"') != text.count(b'"'):
        return None
    return JsonLines(written + b"\n", len(rows), frozenset().union(*rows))


def _may_hold_inexact_numbers(text: bytes) -> bool:
    """Whether there may be a number of more than fifteen digits, or one with an exponent; also within a string."""
    if _LONG in text.translate(_NUMBERS):
        return True
    return _EXPONENT in text.translate(_EXPONENTS, b"0123456789.+- \t\r")
