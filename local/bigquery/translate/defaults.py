"""The default value of a column: which expressions it may be.

https://cloud.google.com/bigquery/docs/default-values#default_value_expressions
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from local.bigquery.problem import ApiError
from local.bigquery.translate.expressions import function_name
from local.bigquery.translate.limits import refused

FUNCTIONS = ("current_date", "current_datetime", "current_time", "current_timestamp", "generate_uuid", "rand")
# What composes values, and the sign of a number.
_SPELLED = ("$make_array", "$unary_minus")
_CALL = "ResolvedFunctionCallBaseProto"
_QUERIES = ("ResolvedSubqueryExprProto", "ResolvedTableScanProto", "ResolvedParameterProto")


def require_default(resolved: Any, expression: str) -> None:
    """Raises ApiError unless the resolved expression is made of literals and the functions that BigQuery allows."""
    for node in _nodes(resolved):
        name = node.DESCRIPTOR.name
        if name == _CALL:
            called = function_name(node)
            if called == "session_user":
                raise refused("SESSION_USER as the default value of a column")
            if called not in (*FUNCTIONS, *_SPELLED):
                raise _wrong(expression)
        if name in _QUERIES:
            raise _wrong(expression)


def _nodes(message: Any) -> Iterator[Any]:
    yield message
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        for one in (value,) if hasattr(value, "ListFields") else value:
            yield from _nodes(one)


def _wrong(expression: str) -> ApiError:
    allowed = ", ".join(one.upper() for one in (*FUNCTIONS, "session_user"))
    message = f"Default value expression {expression} is not a literal, nor made of literals and {allowed}"
    return ApiError("invalidQuery", message, location="query")
