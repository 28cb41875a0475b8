"""What BigQuery documents and the analyzer does not know at all: refused as a limit of the stand-in's, by name."""

from __future__ import annotations

import re

from local.bigquery.problem import ApiError
from local.bigquery.translate.limits import refused

_TEXTS = ("BAG_OF_WORDS", "COLLATE", "SEARCH", "TEXT_ANALYZE", "TF_IDF", "VECTOR_SEARCH")
_TABLES = (
    "APPENDS",
    "CHANGES",
    "EXTERNAL_OBJECT_TRANSFORM",
    "EXTERNAL_QUERY",
    "GAP_FILL",
    "RANGE_SESSIONIZE",
)
# Geography, machine learning, encryption and the like, whose functions begin alike.
_FAMILIES = ("ST_", "S2_", "ML.", "AI.", "AEAD.", "KEYS.", "DETERMINISTIC_", "DLP_", "OBJ.", "KLL_QUANTILES.")
_FUNCTION = re.compile(
    r"(?:(?:Table-valued f|Aggregate f|F)unction not found|Unsupported built-in function): `?(?P<name>[\w.]+)`?"
)
_CONSTRUCTS = (
    (re.compile(r"Type not found: `?GEOGRAPHY\b"), "the type GEOGRAPHY"),
    (re.compile(r"COLLATE is not supported"), "COLLATE of a column"),
    (re.compile(r"Unrecognized name: (?P<name>@@[\w.]+)"), "the system variable {name}"),
)
# No table has them here, as most have not on BigQuery.
_OF_INGESTION = re.compile(r"Unrecognized name: _PARTITION(?:DATE|TIME)\b")


def absent(message: str, place: str) -> ApiError | None:
    """The refusal of what the message, Google's, says is unknown; None if BigQuery has no such thing either."""
    function = _FUNCTION.match(message)
    if function is not None:
        name = function["name"].upper()
        if name in (*_TEXTS, *_TABLES) or name.startswith(_FAMILIES):
            return refused(f"the function {name}{place}")
    for pattern, construct in _CONSTRUCTS:
        match = pattern.match(message)
        if match is not None:
            return refused(construct.format(**match.groupdict()) + place)
    if _OF_INGESTION.match(message) is None:
        return None
    limit = "the local stand-in has no tables that are partitioned by the time of ingestion"
    return ApiError("invalidQuery", f"{message}{place} ({limit})", location="query")
