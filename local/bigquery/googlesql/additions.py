"""Functions and names of types that BigQuery documents and the analyzer does not know by itself.

https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#integer_types
https://cloud.google.com/bigquery/docs/reference/standard-sql/aggregate_functions#max_by and #min_by
https://cloud.google.com/bigquery/docs/reference/standard-sql/string_functions#contains_substr
"""

from __future__ import annotations

from typing import Any

from zetasql.wasi._pb2.zetasql.proto import function_pb2
from zetasql.wasi._pb2.zetasql.public import function_pb2 as function_words
from zetasql.wasi._pb2.zetasql.public import type_pb2

_ANY_1, _ANY_2 = function_words.ARG_TYPE_ANY_1, function_words.ARG_TYPE_ANY_2
_MODES = function_words.FunctionEnums
_GROUP = "bigquery"
NAMES = ("max_by", "min_by")
_INTEGERS = ("INT", "SMALLINT", "INTEGER", "BIGINT", "TINYINT", "BYTEINT")


def add_functions(catalog: Any) -> None:
    """Declare them in a `SimpleCatalogProto`."""
    catalog.custom_function.extend(_chosen_by(name) for name in NAMES)
    catalog.custom_function.append(_contains_substr())


def add_types(catalog: Any) -> None:
    """Declare the other names of INT64."""
    for name in _INTEGERS:
        catalog.named_type.add(name=name).type.type_kind = type_pb2.TYPE_INT64


def named(message: str) -> str:
    """Google's message, with these functions called as BigQuery calls them."""
    return message.replace(f"{_GROUP.upper()}:", "")


def _chosen_by(name: str) -> function_pb2.FunctionProto:
    """An aggregate of the first argument, chosen by the second, which must have an order."""
    function = function_pb2.FunctionProto(name_path=[name], group=_GROUP, mode=_MODES.AGGREGATE)
    signature = function.signature.add()
    signature.return_type.kind = _ANY_1
    signature.return_type.num_occurrences = 1
    for kind in (_ANY_1, _ANY_2):
        argument = signature.argument.add(kind=kind, num_occurrences=1)
        argument.options.must_support_ordering = kind == _ANY_2
    return function


def _contains_substr() -> function_pb2.FunctionProto:
    function = function_pb2.FunctionProto(name_path=["contains_substr"], group=_GROUP, mode=_MODES.SCALAR)
    signature = function.signature.add()
    signature.argument.add(kind=_ANY_1, num_occurrences=1)
    for declared, kind in (
        (signature.argument.add(num_occurrences=1), type_pb2.TYPE_STRING),
        (signature.return_type, type_pb2.TYPE_BOOL),
    ):
        declared.kind = function_words.ARG_TYPE_FIXED
        declared.num_occurrences = 1
        declared.type.type_kind = kind
    return function
