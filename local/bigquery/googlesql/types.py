"""GoogleSQL's types, and their names in the REST API, in Google's analyzer and in DuckDB."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from zetasql.wasi._pb2.zetasql.public import type_pb2

# The field of a STRUCT has a number in DuckDB, where names must be there, differ and have no case.
_FIELD = "_{}"


@dataclass(frozen=True)
class GoogleType:
    """A type: a scalar's name, or ARRAY with its `element`, STRUCT with its named `fields`, RANGE with its `bound`.

    A field without a name has the name "".
    """

    kind: str
    element: GoogleType | None = None
    fields: tuple[tuple[str, GoogleType], ...] = ()
    bound: GoogleType | None = None

    @property
    def is_array(self) -> bool:
        """Whether it has elements."""
        return self.kind == "ARRAY"

    @property
    def is_struct(self) -> bool:
        """Whether it has fields."""
        return self.kind == "STRUCT"

    @cached_property
    def duckdb(self) -> str:
        """How a value of it is stored in DuckDB. Raises KeyError for what has no such form."""
        if self.element is not None:
            return f"{self.element.duckdb}[]"
        if self.is_struct:
            parts = ", ".join(
                f"{_FIELD.format(place)} {kind.duckdb}" for place, (_name, kind) in enumerate(self.fields, 1)
            )
            return f"STRUCT({parts})" if parts else "STRUCT(_0 BOOLEAN)"
        if self.bound is not None:
            # An end that is open is NULL.
            return f"STRUCT(range_start {self.bound.duckdb}, range_end {self.bound.duckdb})"
        return _DUCKDB[self.kind]

    @cached_property
    def sql(self) -> str:
        """As GoogleSQL spells it."""
        if self.element is not None:
            return f"ARRAY<{self.element.sql}>"
        if self.is_struct:
            return f"STRUCT<{', '.join(f'{name} {kind.sql}'.strip() for name, kind in self.fields)}>"
        return self.kind if self.bound is None else f"RANGE<{self.bound.sql}>"

    @cached_property
    def proto(self) -> type_pb2.TypeProto:
        """As Google's analyzer has it."""
        proto = type_pb2.TypeProto()
        if self.element is not None:
            proto.type_kind = type_pb2.TYPE_ARRAY
            proto.array_type.element_type.CopyFrom(self.element.proto)
        elif self.is_struct:
            proto.type_kind = type_pb2.TYPE_STRUCT
            proto.struct_type.SetInParent()
            for name, kind in self.fields:
                field = proto.struct_type.field.add(field_name=name)
                field.field_type.CopyFrom(kind.proto)
        else:
            proto.type_kind = _KIND_BY_NAME[self.kind]
            if self.bound is not None:
                proto.range_type.element_type.CopyFrom(self.bound.proto)
        return proto

    def field_name(self, place: int) -> str:
        """The name in DuckDB of the field at `place`, from 0."""
        return _FIELD.format(place + 1)


_DUCKDB = {
    "INT64": "BIGINT",
    "FLOAT64": "DOUBLE",
    "BOOL": "BOOLEAN",
    "STRING": "VARCHAR",
    "BYTES": "BLOB",
    "DATE": "DATE",
    "TIME": "TIME",
    "DATETIME": "TIMESTAMP",
    "TIMESTAMP": "TIMESTAMP WITH TIME ZONE",
    "NUMERIC": "DECIMAL(38,9)",
    "JSON": "JSON",
    "INTERVAL": "INTERVAL",
}
_KIND_BY_NAME = {
    "INT64": type_pb2.TYPE_INT64,
    "FLOAT64": type_pb2.TYPE_DOUBLE,
    "BOOL": type_pb2.TYPE_BOOL,
    "STRING": type_pb2.TYPE_STRING,
    "BYTES": type_pb2.TYPE_BYTES,
    "DATE": type_pb2.TYPE_DATE,
    "TIME": type_pb2.TYPE_TIME,
    "DATETIME": type_pb2.TYPE_DATETIME,
    "TIMESTAMP": type_pb2.TYPE_TIMESTAMP,
    "NUMERIC": type_pb2.TYPE_NUMERIC,
    "BIGNUMERIC": type_pb2.TYPE_BIGNUMERIC,
    "JSON": type_pb2.TYPE_JSON,
    "INTERVAL": type_pb2.TYPE_INTERVAL,
    "GEOGRAPHY": type_pb2.TYPE_GEOGRAPHY,
    # The parts of dates and the like: literals only, never stored.
    "ENUM": type_pb2.TYPE_ENUM,
    "RANGE": type_pb2.TYPE_RANGE,
}
_NAME_BY_KIND = {kind: name for name, kind in _KIND_BY_NAME.items()}
# The REST API's older names, and the DDL's other spellings.
_CANONICAL = {
    "INTEGER": "INT64",
    "INT": "INT64",
    "SMALLINT": "INT64",
    "BIGINT": "INT64",
    "TINYINT": "INT64",
    "BYTEINT": "INT64",
    "FLOAT": "FLOAT64",
    "BOOLEAN": "BOOL",
    "DECIMAL": "NUMERIC",
    "BIGDECIMAL": "BIGNUMERIC",
    "RECORD": "STRUCT",
}
_REST_NAME = {"INT64": "INTEGER", "FLOAT64": "FLOAT", "BOOL": "BOOLEAN", "STRUCT": "RECORD"}

INT64 = GoogleType("INT64")
FLOAT64 = GoogleType("FLOAT64")
BOOL = GoogleType("BOOL")
STRING = GoogleType("STRING")
BYTES = GoogleType("BYTES")
DATE = GoogleType("DATE")
TIME = GoogleType("TIME")
DATETIME = GoogleType("DATETIME")
TIMESTAMP = GoogleType("TIMESTAMP")
NUMERIC = GoogleType("NUMERIC")
JSON = GoogleType("JSON")
INTERVAL = GoogleType("INTERVAL")


def array_of(element: GoogleType) -> GoogleType:
    """ARRAY<element>."""
    return GoogleType("ARRAY", element=element)


def struct_of(fields: Iterable[tuple[str, GoogleType]]) -> GoogleType:
    """STRUCT of the named fields."""
    return GoogleType("STRUCT", fields=tuple(fields))


def range_of(bound: GoogleType) -> GoogleType:
    """RANGE<bound>."""
    return GoogleType("RANGE", bound=bound)


def type_of_proto(proto: type_pb2.TypeProto) -> GoogleType:
    """The type that Google's analyzer names. Raises KeyError for one that BigQuery has not."""
    if proto.type_kind == type_pb2.TYPE_ARRAY:
        return array_of(type_of_proto(proto.array_type.element_type))
    if proto.type_kind == type_pb2.TYPE_STRUCT:
        return struct_of(
            (field.field_name, type_of_proto(field.field_type)) for field in proto.struct_type.field
        )
    if proto.type_kind == type_pb2.TYPE_RANGE:
        return range_of(type_of_proto(proto.range_type.element_type))
    return GoogleType(_NAME_BY_KIND[proto.type_kind])


def type_of_rest(field: dict[str, Any]) -> GoogleType:
    """The type of a REST `TableFieldSchema`, an ARRAY where its mode is REPEATED. Raises KeyError."""
    name = str(field.get("type", "")).upper()
    kind = _CANONICAL.get(name, name)
    if kind == "STRUCT":
        single = struct_of((inner["name"], type_of_rest(inner)) for inner in field.get("fields") or [])
    elif kind == "RANGE":
        single = range_of(type_of_rest(field.get("rangeElementType") or {}))
    else:
        if kind not in _KIND_BY_NAME:
            raise KeyError(name)
        single = GoogleType(kind)
    return array_of(single) if str(field.get("mode", "")).upper() == "REPEATED" else single


def rest_field(name: str, kind: GoogleType, *, mode: str = "NULLABLE") -> dict[str, Any]:
    """A REST `TableFieldSchema`; an ARRAY is REPEATED whatever `mode` says."""
    if kind.element is not None:
        return rest_field(name, kind.element, mode="REPEATED")
    field: dict[str, Any] = {"name": name, "type": _REST_NAME.get(kind.kind, kind.kind), "mode": mode}
    if kind.is_struct:
        field["fields"] = [rest_field(inner, one) for inner, one in kind.fields]
    if kind.bound is not None:
        field["rangeElementType"] = {"type": kind.bound.kind}
    return field


def type_of_parameter(parameter: dict[str, Any]) -> GoogleType:
    """The type of a REST `QueryParameterType`. Raises KeyError."""
    name = str(parameter.get("type", "")).upper()
    if name == "ARRAY":
        return array_of(type_of_parameter(parameter["arrayType"]))
    if name == "STRUCT":
        return struct_of(
            (one.get("name", ""), type_of_parameter(one["type"])) for one in parameter["structTypes"]
        )
    if name == "RANGE":
        return range_of(type_of_parameter(parameter["rangeElementType"]))
    kind = _CANONICAL.get(name, name)
    if kind not in _KIND_BY_NAME:
        raise KeyError(name)
    return GoogleType(kind)
