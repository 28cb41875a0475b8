"""The one text that a JSON value has.

Google's JSON values have no order of members, no duplicate names and numbers instead of digits: what is stored is the
text that Google's evaluator writes of them.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_LEAST, _MOST = -(2**63), 2**64 - 1
# A double holds any number of so many digits.
_SURE_DIGITS = 15
_MOST_DIGITS = 40


class _UnsureError(ValueError):
    """Google's evaluator has to say what becomes of this."""


def canonical(text: str) -> str | None:
    """The JSON value's own text; None where Google's evaluator has to judge, and for what is no JSON."""
    if _SURROGATE.search(text):
        return None
    try:
        return _ENCODER.encode(_DECODER.decode(text))
    except (ValueError, RecursionError):
        return None


def rounded(text: str) -> str:
    """The JSON value's own text, numbers that none of its kinds hold being rounded to a double.

    Raises ValueError or RecursionError for what is no JSON.
    """
    found = canonical(text)
    return _spelled(_ROUNDING.decode(text)) if found is None else found


def _spelled(value: Any) -> str:
    match value:
        case dict():
            return "{" + ",".join(f"{_spelled(name)}:{_spelled(value[name])}" for name in sorted(value)) + "}"
        case list():
            return "[" + ",".join(map(_spelled, value)) + "]"
        case float():
            return _double_text(value)
        case _:
            spelled = json.dumps(value, ensure_ascii=False)
            # Half a surrogate pair is no text.
            spelled.encode()
            return spelled


def _double_text(value: float) -> str:
    """As few digits as tell it from all others, with an exponent from 1e+15 on."""
    if not 1e15 <= abs(value) < 1e16:
        return repr(value)
    whole, _, fraction = repr(abs(value)).partition(".")
    kept = (whole + fraction).rstrip("0")
    return f"{'-' if value < 0 else ''}{kept[0]}{f'.{kept[1:]}' if kept[1:] else ''}e+{len(whole) - 1}"


def _nearest(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError("no JSON number")
    return value


def _whole_or_nearest(digits: str) -> int | float:
    value = int(digits) if len(digits) < _MOST_DIGITS else None
    return _nearest(digits) if value is None or not _LEAST <= value <= _MOST else value


def _whole(digits: str) -> int:
    if len(digits) > _SURE_DIGITS and not _LEAST <= int(digits[:_MOST_DIGITS]) <= _MOST:
        raise _UnsureError
    return int(digits)


def _fraction(digits: str) -> float:
    value = float(digits)
    written = len(digits) - digits.count("-") - 1
    # Between these, Python and Google's evaluator write a number differently.
    if written > _SURE_DIGITS or 1e15 <= abs(value) < 1e16 or abs(value) > 1e300 or 0 < abs(value) < 1e-300:
        raise _UnsureError
    return value


def _refuse(constant: str) -> Any:
    # Also a ValueError, which says that it is no JSON.
    raise _UnsureError(constant)


def first_of_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object's members; of two with one name the first."""
    found = dict(pairs)
    if len(found) < len(pairs):
        found = dict(reversed(pairs))
    return found


_DECODER = json.JSONDecoder(
    parse_int=_whole, parse_float=_fraction, parse_constant=_refuse, object_pairs_hook=first_of_each
)
_ROUNDING = json.JSONDecoder(
    parse_int=_whole_or_nearest,
    parse_float=_nearest,
    parse_constant=_refuse,
    object_pairs_hook=first_of_each,
)
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
