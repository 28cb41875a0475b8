"""The one text that a JSON value has.

Google's JSON values have no order of members, no duplicate names and numbers instead of digits: what is stored is the
text that Google's evaluator writes of them.
"""

from __future__ import annotations

import json
import re
from typing import Any

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_LEAST, _MOST = -(2**63), 2**64 - 1
# A double holds any number of so many digits.
_SURE_DIGITS = 15


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


def _whole(digits: str) -> int:
    if len(digits) > _SURE_DIGITS and not _LEAST <= int(digits[:40]) <= _MOST:
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
    raise _UnsureError(constant)


def _first_of_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        found = dict(reversed(pairs))
    return found


_DECODER = json.JSONDecoder(
    parse_int=_whole, parse_float=_fraction, parse_constant=_refuse, object_pairs_hook=_first_of_each
)
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
