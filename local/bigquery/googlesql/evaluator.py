"""Google's reference evaluator of GoogleSQL, behind functions of DuckDB."""

from __future__ import annotations

import inspect
import re
import threading
from typing import Any

import duckdb
import pyarrow as pa
from zetasql.wasi._pb2.zetasql.local_service import local_service_pb2

from local.bigquery.googlesql.language import analyzer_options, language
from local.bigquery.googlesql.library import GoogleError, Library
from local.bigquery.googlesql.types import INT64, GoogleType, array_of, struct_of
from local.bigquery.googlesql.value_protos import pack, unpack
from local.bigquery.translate.evaluated import Evaluated

_MESSAGE = re.compile(r"^Code: \d+, Message: (.*?)(?: \[at \d+:\d+\])?$", re.DOTALL)
# Marks a message of Google's own within DuckDB's text of an error.
MARK = "\x02"


class Evaluator:
    """Makes what Google's evaluator can do known to DuckDB, each function once."""

    def __init__(self, library: Library, connection: duckdb.DuckDBPyConnection) -> None:
        self._library = library
        # Its own annotations know no names of types but their favourite ones.
        self._connection: Any = connection
        self._known: set[str] = set()
        self._prepared: dict[tuple[str, int], int] = {}
        self._guard = threading.Lock()

    def install(self, needed: dict[str, Evaluated]) -> None:
        """Have the functions of these names ready in the database."""
        if needed.keys() <= self._known:
            return
        with self._guard:
            for name in needed.keys() - self._known:
                self._create(needed[name])
                self._known.add(name)

    def _create(self, one: Evaluated) -> None:
        def carry_out(*columns: Any) -> pa.Array:
            return self.values(one, [column.to_pylist() for column in columns])

        # DuckDB counts the parameters that it sees.
        places = [
            inspect.Parameter(f"a{at}", inspect.Parameter.POSITIONAL_ONLY) for at in range(len(one.types))
        ]
        carry_out.__signature__ = inspect.Signature(places)  # type: ignore[attr-defined]
        self._connection.create_function(
            one.name,
            carry_out,
            [kind.duckdb for kind in one.types],
            one.returned,
            type="arrow",
            null_handling="special",
            side_effects=_is_volatile(one),
        )

    def values(self, one: Evaluated, columns: list[list[Any]]) -> pa.Array:
        """The expression's value for each row of the arguments."""
        rows = len(columns[0]) if columns else 1
        if not rows:
            return pa.array([], type=arrow_type(one.type))
        request = local_service_pb2.EvaluateRequest(prepared_expression_id=self._prepare(one))
        for at in one.constants:
            request.params.add(name=f"a{at}").value.CopyFrom(pack(one.types[at], columns[at][0]))
        varying = [(one.types[at], columns[at]) for at in _varying(one)]
        inputs = request.params.add(name="inputs").value.array_value
        for place in range(rows):
            row = inputs.element.add().struct_value
            row.field.add().int64_value = place
            row.field.extend(pack(kind, column[place]) for kind, column in varying)
        answer = self._call("Evaluate", request, local_service_pb2.EvaluateResponse)
        found = [unpack(one.type, row.struct_value.field[0]) for row in answer.value.array_value.element]
        return pa.array(found, type=arrow_type(one.type))

    def _prepare(self, one: Evaluated) -> int:
        key = (one.name, self._library.generation)
        if key not in self._prepared:
            value = one.expression
            for at in _varying(one):
                value = re.sub(rf"@(a{at})\b", r"`\1`", value)
            request = local_service_pb2.PrepareRequest(
                sql=f"ARRAY(SELECT AS STRUCT {value} AS value FROM UNNEST(@inputs) ORDER BY place)"
            )
            request.options.CopyFrom(analyzer_options(self._library))
            for at in one.constants:
                request.options.query_parameters.add(name=f"a{at}").type.CopyFrom(one.types[at].proto)
            kind = struct_of([("place", INT64), *((f"a{at}", one.types[at]) for at in _varying(one))])
            request.options.query_parameters.add(name="inputs").type.CopyFrom(array_of(kind).proto)
            request.simple_catalog.builtin_function_options.language_options.CopyFrom(language(self._library))
            answer = self._call("Prepare", request, local_service_pb2.PrepareResponse)
            self._prepared[key] = answer.prepared.prepared_expression_id
        return self._prepared[key]

    def _call(self, name: str, request: Any, answer: Any) -> Any:
        try:
            return self._library.call(name, request, answer)
        except GoogleError as error:
            match = _MESSAGE.match(str(error))
            raise ValueError(f"{MARK}{match[1] if match else error}{MARK}") from error


def _varying(one: Evaluated) -> list[int]:
    return [at for at in range(len(one.types)) if at not in one.constants]


def _is_volatile(one: Evaluated) -> bool:
    return one.expression.startswith(("RAND(", "GENERATE_UUID("))


def arrow_type(kind: GoogleType) -> pa.DataType:
    """The Arrow type in which DuckDB takes values of the type."""
    if kind.element is not None:
        return pa.list_(arrow_type(kind.element))
    if kind.is_struct:
        return pa.struct(
            [(kind.field_name(place), arrow_type(one)) for place, (_name, one) in enumerate(kind.fields)]
        )
    return _ARROW[kind.kind]


_ARROW = {
    "INT64": pa.int64(),
    "FLOAT64": pa.float64(),
    "BOOL": pa.bool_(),
    "STRING": pa.string(),
    "BYTES": pa.binary(),
    "DATE": pa.date32(),
    "TIME": pa.time64("us"),
    "DATETIME": pa.timestamp("us"),
    "TIMESTAMP": pa.timestamp("us", tz="UTC"),
    "NUMERIC": pa.decimal128(38, 9),
    "JSON": pa.string(),
    "INTERVAL": pa.month_day_nano_interval(),
}
