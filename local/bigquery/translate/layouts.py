"""Columns, partitions and clusters of a CREATE TABLE as the REST API describes them."""

from __future__ import annotations

from typing import Any

from local.bigquery.googlesql.types import GoogleType, rest_field
from local.bigquery.problem import ApiError
from local.bigquery.translate.expressions import Expressions, function_name
from local.bigquery.translate.limits import refused

_TRUNCATIONS = ("date_trunc", "datetime_trunc", "timestamp_trunc")
_UNITS = ("HOUR", "DAY", "MONTH", "YEAR")
_MOST_CLUSTERED = 4
# https://cloud.google.com/bigquery/docs/clustered-tables#cluster_column_types
_CLUSTERED = ("BOOL", "DATE", "DATETIME", "INT64", "NUMERIC", "RANGE", "STRING", "TIMESTAMP")
_INGESTION = {"_partitiondate", "_partitiontime"}


def column_field(definition: Any, expressions: Expressions) -> dict[str, Any]:
    """A column's REST `TableFieldSchema`."""
    kind = expressions.read_type(definition.type)
    _require_storable(definition.name, kind)
    field = rest_field(definition.name, kind)
    if definition.HasField("annotations"):
        _annotate(field, definition.annotations)
    if definition.HasField("default_value"):
        field["defaultValueExpression"] = definition.default_value.sql
    return field


def layout(node: Any, expressions: Expressions) -> dict[str, Any]:
    """`timePartitioning`, `rangePartitioning` and `clustering` of a table statement."""
    found: dict[str, Any] = {}
    for one in node.partition_by_list:
        found |= _partitioning(one, expressions)
    if node.cluster_by_list:
        found["clustering"] = {"fields": [_clustered(one, expressions) for one in node.cluster_by_list]}
        if len(node.cluster_by_list) > _MOST_CLUSTERED:
            raise _wrong(f"CLUSTER BY takes at most {_MOST_CLUSTERED} columns")
    return found


def _clustered(node: Any, expressions: Expressions) -> str:
    """The column. Raises ApiError for one by which BigQuery does not cluster."""
    column, kind = _column(node), expressions.type_of(node)
    if kind.kind not in _CLUSTERED:
        raise _wrong(f"CLUSTER BY {column}: a column of type {kind.sql} can't be clustered by")
    return column


def _annotate(field: dict[str, Any], annotations: Any) -> None:
    if annotations.not_null and field["mode"] != "REPEATED":
        field["mode"] = "REQUIRED"
    for option in annotations.option_list:
        value = option.value.resolved_literal_node.value.value.string_value
        match option.name.lower():
            case "description":
                field["description"] = value
            case "rounding_mode":
                require_rounding(value)
            case name:
                raise _wrong(f"Unknown option: {name}")
    limit(field, annotations.type_parameters)
    # The one child of an ARRAY is its element; the children of a STRUCT are its fields.
    children = list(annotations.child_list)
    if field["mode"] == "REPEATED" and children:
        field["mode"] = "NULLABLE"
        _annotate(field, children[0])
        field["mode"] = "REPEATED"
        return
    for inner, child in zip(field.get("fields") or [], children, strict=False):
        _annotate(inner, child)


def limit(field: dict[str, Any], parameters: Any) -> None:
    """Put the parameters of STRING(n), BYTES(n) and NUMERIC(p, s) into the column."""
    if parameters.HasField("numeric_type_parameters"):
        field["precision"] = str(parameters.numeric_type_parameters.precision)
        if parameters.numeric_type_parameters.scale:
            field["scale"] = str(parameters.numeric_type_parameters.scale)
    if parameters.HasField("string_type_parameters"):
        field["maxLength"] = str(parameters.string_type_parameters.max_length)


def _partitioning(node: Any, expressions: Expressions) -> dict[str, Any]:
    which = node.WhichOneof("node")
    if which == "resolved_column_ref_node":
        if expressions.type_of(node).kind != "DATE" and _column(node).lower() not in _INGESTION:
            raise _wrong_partition()
        return _time("DAY", _column(node))
    if which != "resolved_function_call_base_node":
        raise _wrong_partition()
    base = node.resolved_function_call_base_node.resolved_function_call_node.parent
    call = expressions.call(base, {}, arguments=["" for _ in base.argument_list])
    name = function_name(base)
    if name in _TRUNCATIONS:
        from local.bigquery.translate.expressions import enum_word

        unit = enum_word(call.nodes[1].resolved_literal_node.value)
        if unit not in _UNITS:
            raise _wrong_partition()
        return _time(unit, _column(call.nodes[0]))
    if name == "date":
        return _time("DAY", _column(call.nodes[0]))
    if name == "range_bucket":
        return _range(call.nodes, expressions)
    raise _wrong_partition()


def _time(unit: str, column: str) -> dict[str, Any]:
    if column.lower() in _INGESTION:
        raise refused("tables partitioned by the time of ingestion")
    return {"timePartitioning": {"type": unit, "field": column}}


def _range(nodes: list[Any], expressions: Expressions) -> dict[str, Any]:
    inner = nodes[1].resolved_function_call_base_node.resolved_function_call_node.parent
    call = expressions.call(inner, {}, arguments=["" for _ in inner.argument_list])
    if function_name(inner) != "generate_array" or not all(
        call.is_literal(at) for at in range(len(call.nodes))
    ):
        raise _wrong_partition()
    start, end, interval = [str(call.value(at)) for at in range(len(call.nodes))] + (
        ["1"] if len(call.nodes) == 2 else []
    )
    field = _column(nodes[0])
    return {
        "rangePartitioning": {"field": field, "range": {"start": start, "end": end, "interval": interval}}
    }


def _column(node: Any) -> str:
    if node.WhichOneof("node") == "resolved_cast_node":
        node = node.resolved_cast_node.expr
    if node.WhichOneof("node") != "resolved_column_ref_node":
        raise _wrong_partition()
    return str(node.resolved_column_ref_node.column.name)


def _require_storable(name: str, kind: GoogleType) -> None:
    try:
        _ = kind.duckdb
    except KeyError as error:
        raise refused(f"{error.args[0]} columns (column {name})") from error


def _wrong_partition() -> ApiError:
    message = (
        "PARTITION BY expression must be DATE(<timestamp_column>), DATE(<datetime_column>), "
        "DATETIME_TRUNC(<datetime_column>, DAY/HOUR/MONTH/YEAR), a DATE column, "
        "TIMESTAMP_TRUNC(<timestamp_column>, DAY/HOUR/MONTH/YEAR), DATE_TRUNC(<date_column>, MONTH/YEAR), or "
        "RANGE_BUCKET(<int64_column>, GENERATE_ARRAY(<int64_value>, <int64_value>[, <int64_value>]))"
    )
    return _wrong(message)


def require_rounding(mode: str | None) -> None:
    """Raises ApiError unless NUMERICs are to be rounded half away from zero, as they are here."""
    if mode not in (None, "", "ROUND_HALF_AWAY_FROM_ZERO", "ROUNDING_MODE_UNSPECIFIED"):
        raise refused(f"the rounding mode {mode}")


def _wrong(message: str) -> ApiError:
    return ApiError("invalidQuery", message, location="query")
