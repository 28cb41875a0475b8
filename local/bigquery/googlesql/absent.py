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
_FUNCTION = re.compile(r"(?:Table-valued f|Aggregate f|F)unction not found: `?(?P<name>[\w.]+)`?")
_TYPE = re.compile(r"Type not found: `?(?P<name>GEOGRAPHY)\b")


def absent(message: str, place: str) -> ApiError | None:
    """The refusal of what the message, Google's, says is unknown; None if BigQuery has no such thing either."""
    function, kind = _FUNCTION.match(message), _TYPE.match(message)
    if function is not None:
        name = function["name"].upper()
        if name in (*_TEXTS, *_TABLES) or name.startswith(_FAMILIES):
            return refused(f"the function {name}{place}")
    return None if kind is None else refused(f"the type {kind['name']}{place}")
