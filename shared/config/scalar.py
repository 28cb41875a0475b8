"""What an unquoted YAML word means here."""

import re

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = {word: word.lower() == "true" for word in ("true", "True", "TRUE", "false", "False", "FALSE")}
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FRACTION = re.compile(r"[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")
_NOT_A_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
# BigQuery's INT64 has 19 digits, NUMERIC 38.
_MOST_DIGITS = 38


def parse_scalar(word: str) -> str | int | float | bool | None:
    """Return what `word` stands for; whatever is not clearly null, a boolean or a decimal number is text.

    Raises ValueError, with a sentence for the person who wrote it, for numbers that are none.
    """
    if word in _NULLS:
        return None
    if word in _BOOLEANS:
        return _BOOLEANS[word]
    if _NOT_A_NUMBER.fullmatch(word):
        raise ValueError(f"'{word}' is not a number that can be used")
    is_integer = _INTEGER.fullmatch(word) is not None
    if not is_integer and not _FRACTION.fullmatch(word):
        return word
    if sum(sign.isdigit() for sign in word) > _MOST_DIGITS:
        raise ValueError(f"a number can have at most {_MOST_DIGITS} digits; a text needs quotes")
    return int(word) if is_integer else _finite(word)


def _finite(word: str) -> float:
    number = float(word)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"'{word}' is too large a number")
    return number
