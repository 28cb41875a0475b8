"""Pydantic's kinds of errors in plain English."""

from pydantic_core import ErrorDetails

from shared.config import kinds
from shared.config.kind import Kind

# Longer values are only described: what stands in the wrong place may be a secret.
_LONGEST_SHOWN = 24

_TEXT = "text"
_WHOLE = "a whole number"
_NUMBER = "a number"
_BOOLEAN = "true or false"
_LIST = "a list"
_MAPPING = "a mapping (key: value)"
_DATE = "a date such as 2025-11-01"
_TIME = "a time such as 2025-11-01T06:00:00Z"
_SPAN = "a length of time"

WANTED_BY_ERROR = {
    **dict.fromkeys(("string_type", "string_sub_type"), _TEXT),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float", "int_parsing_size"), _WHOLE),
    **dict.fromkeys(("float_type", "float_parsing", "decimal_type", "decimal_parsing"), _NUMBER),
    **dict.fromkeys(("finite_number",), "a finite number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), _BOOLEAN),
    **dict.fromkeys(("list_type", "tuple_type", "set_type", "frozen_set_type"), _LIST),
    **dict.fromkeys(
        ("dict_type", "mapping_type", "model_type", "model_attributes_type", "dataclass_type"), _MAPPING
    ),
    **dict.fromkeys(
        ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"), _DATE
    ),
    **dict.fromkeys(
        ("datetime_type", "datetime_parsing", "datetime_from_date_parsing", "timezone_aware"), _TIME
    ),
    **dict.fromkeys(("time_delta_type", "time_delta_parsing"), _SPAN),
    **dict.fromkeys(("none_required",), "empty"),
}

# What else may be asked of a value, with the names of its bounds as pydantic gives them.
_REQUIREMENT_BY_ERROR = {
    "string_pattern_mismatch": "must match the pattern {pattern}",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "too_short": "must have at least {min_length} items",
    "too_long": "must have at most {max_length} items",
    "greater_than": "must be greater than {gt}",
    "greater_than_equal": "must be {ge} or more",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be {le} or less",
    "multiple_of": "must be a multiple of {multiple_of}",
    "decimal_max_digits": "must have at most {max_digits} digits",
    "decimal_max_places": "must have at most {decimal_places} digits after the point",
}

# What people, and YAML before 1.2, take for a boolean.
_TRUTHS = {
    **dict.fromkeys(("yes", "y", "on", "true", "t", "1"), "true"),
    **dict.fromkeys(("no", "n", "off", "false", "f", "0"), "false"),
}

# Errors that a model of ours raised in its own words.
_OWN_WORDS = ("value_error", "assertion_error")


def requirement(entry: ErrorDetails, *, is_key: bool = False) -> str:
    """Say what the value (or, with `is_key`, the key) must be, and what it is."""
    kind, context, value = entry["type"], entry.get("ctx", {}), entry["input"]
    if kind in _OWN_WORDS:
        return str(context["error"])
    subject = "the key " if is_key else ""
    wanted = WANTED_BY_ERROR.get(kind)
    if wanted is not None:
        return f"{subject}must be {wanted}, is {shown(value)}{_advice(wanted, value)}"
    sentence = _REQUIREMENT_BY_ERROR.get(kind)
    if sentence is not None:
        return f"{subject}{sentence.format_map(context)}, is {shown(value)}"
    # A custom error, or a kind nothing here uses yet.
    return entry["msg"]


def kind_of(error_type: str) -> Kind:
    """The kind of problem that an error of pydantic's is."""
    if error_type in WANTED_BY_ERROR:
        return kinds.WRONG_TYPE
    return kinds.OUT_OF_BOUNDS if error_type in _REQUIREMENT_BY_ERROR else kinds.MEANINGLESS_VALUE


def shown(value: object) -> str:
    """Write a value as the document does, or describe it where it is long."""
    match value:
        case None:
            return "empty"
        case bool():
            return "true" if value else "false"
        case str() if len(value) > _LONGEST_SHOWN:
            return f"a text of {len(value)} characters"
        case str():
            return in_quotes(value)
        case list():
            return f"a list of {len(value)}"
        case dict():
            return "a mapping"
        case _:
            return str(value)


def in_quotes(word: object) -> str:
    """Put a word in quotes."""
    return f"'{word}'"


def _advice(wanted: str, value: object) -> str:
    """Name the trap, where YAML made something else of what was probably meant."""
    if wanted == _TEXT and isinstance(value, bool | int | float):
        return "; write it in quotes"
    if wanted == _LIST and isinstance(value, str) and len(value) <= _LONGEST_SHOWN:
        return f"; write [{value}]"
    if wanted == _BOOLEAN and str(value).lower() in _TRUTHS:
        return f"; write {_TRUTHS[str(value).lower()]}"
    if wanted in (_WHOLE, _NUMBER) and isinstance(value, str) and value.lstrip("+-")[:1] == "0":
        return "; a number has no leading zeros"
    if wanted in (_WHOLE, _NUMBER) and isinstance(value, str) and "_" in value:
        return "; a number has no underscores"
    return ""
