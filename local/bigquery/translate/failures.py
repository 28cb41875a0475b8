"""What DuckDB refuses while a statement runs, in BigQuery's words."""

from __future__ import annotations

import re
import sys
from decimal import Decimal, localcontext

import duckdb

from local.bigquery.googlesql.evaluator import MARK
from local.bigquery.problem import ApiError

# What our templates and Google's evaluator say; DuckDB puts its own words around it.
_GOOGLE = re.compile(f"{MARK}(.*?){MARK}", re.DOTALL)
_SAID = re.compile(r"^Invalid Input Error: (.*)", re.DOTALL)
_REQUIRED = re.compile(r"NOT NULL constraint failed: \S+?\.\"?([^\"]+)\"?$")
_MORE_ROWS = "More than one row returned by a subquery"
# DuckDB's own complaints of the same class as error('…'); none of them is ours to pass on.
_OWN = (
    _MORE_ROWS, "Python exception", "Type ", "Attempting to", "Failed to cast", "Could not convert", "Malformed JSON",
)  # fmt: skip
# RE2's words for a pattern that is none.
_PATTERN = re.compile(
    r"(?:invalid (?:escape sequence|character class|repetition size|perl operator|UTF-8|named capture group)"
    r"|missing [\])]|unexpected \)|trailing \\|(?:no argument for|bad) repetition operator)"
)
_OVERFLOW = re.compile(
    r"Overflow in \w+ of (?P<kind>INT64|DECIMAL)(?:\(38\))? \((?P<left>-?\d+) (?P<operator>[-+*]) (?P<right>-?\d+)\)"
)
_TYPES = (
    ("INT64", "int64"),
    ("INT32", "int64"),
    ("INT128", "int64"),
    ("DECIMAL", "numeric"),
    ("DOUBLE", "double"),
)


def failure(error: duckdb.Error) -> ApiError:
    """The error as BigQuery answers it. An InterruptException is the caller's own doing and not for here."""
    text = str(error)
    for found in (_google(text), _required(text), _said(error, text), _out_of_range(error, text)):
        if found is not None:
            return found
    print(f"bigquery: {type(error).__name__} while a statement ran", file=sys.stderr)
    construct = type(error).__name__.removesuffix("Exception")
    return ApiError(
        "notImplemented",
        "The local stand-in for BigQuery could not carry out this statement, though it is valid: "
        f"the engine beneath refused it ({construct}).",
        location="query",
    )


def _google(text: str) -> ApiError | None:
    match = _GOOGLE.search(text)
    return None if match is None else _refused(match[1])


def _required(text: str) -> ApiError | None:
    match = _REQUIRED.search(text.strip())
    return None if match is None else _refused(f"Required field {match[1]} cannot be null")


def _said(error: duckdb.Error, text: str) -> ApiError | None:
    if _MORE_ROWS in text:
        return _refused("Scalar subquery produced more than one element")
    match = _SAID.match(text) if isinstance(error, duckdb.InvalidInputException) else None
    if match is None or match[1].startswith(_OWN):
        return None
    if _PATTERN.match(match[1]):
        return _refused(f"Cannot parse regular expression: {match[1]}")
    return _refused(match[1])


def _out_of_range(error: duckdb.Error, text: str) -> ApiError | None:
    if not isinstance(error, duckdb.OutOfRangeException | duckdb.ConversionException):
        return None
    if "Overflow in negation" in text:
        return _refused("int64 overflow: --9223372036854775808")
    match = _OVERFLOW.search(text)
    if "Overflow in HUGEINT" in text or (match is not None and match["right"] == "0"):
        return _refused("numeric overflow: SUM")
    if match is not None:
        return _refused(_overflow(match))
    kind = next((word for name, word in _TYPES if name in text), None)
    return None if kind is None else _refused(f"{kind} overflow")


def _overflow(match: re.Match[str]) -> str:
    """With the operands, as Google says it."""
    if match["kind"] == "INT64":
        return f"int64 overflow: {match['left']} {match['operator']} {match['right']}"
    # A product's second operand is a whole number; see the template of products.
    left, right = (_decimal(match[side]) for side in ("left", "right"))
    return f"numeric overflow: {left} {match['operator']} {match['right'] if match['operator'] == '*' else right}"


def _decimal(digits: str) -> str:
    """A NUMERIC that DuckDB shows in billionths."""
    with localcontext(prec=60):
        spelled = f"{Decimal(digits).scaleb(-9):f}"
    return spelled.rstrip("0").rstrip(".") if "." in spelled else spelled


def _refused(message: str) -> ApiError:
    return ApiError("invalidQuery", message, location="query")
