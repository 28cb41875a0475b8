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
_TOO_LARGE = "Cannot construct array Value larger than"
# Kinds whose values are told apart by Python as well.
_HASHABLE = frozenset(
    ("INT64", "BOOL", "STRING", "BYTES", "DATE", "TIME", "DATETIME", "TIMESTAMP", "NUMERIC", "JSON")
)


class Evaluator:
    """Makes what Google's evaluator can do known to DuckDB, each function once."""

    def __init__(self, library: Library, connection: duckdb.DuckDBPyConnection) -> None:
        self._library = library
        # Its own annotations know no names of types but their favourite ones.
        self._connection: Any = connection
        self._known: set[str] = set()
        self._prepared: dict[tuple[str, int], int] = {}
        self._most_rows: dict[str, int] = {}
        self._catalogs: dict[int, int] = {}
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
        """The expression's value for each row of the arguments. Rows that are alike are evaluated once."""
        rows = len(columns[0]) if columns else 1
        varying = _varying(one)
        keys: list[tuple[Any, ...]] = list(zip(*(columns[at] for at in varying), strict=True)) or [()] * rows
        constants = {at: columns[at][0] for at in one.constants} if rows else {}
        if all(one.types[at].kind in _HASHABLE for at in varying):
            different = list(dict.fromkeys(keys))
            value_by_key = dict(zip(different, self._evaluate(one, constants, different), strict=True))
            found = [value_by_key[key] for key in keys]
        else:
            found = self._evaluate(one, constants, keys)
        return pa.array(found, type=arrow_type(one.type))

    def _evaluate(self, one: Evaluated, constants: dict[int, Any], rows: list[tuple[Any, ...]]) -> list[Any]:
        """The values of rows, as many at a time as the evaluator holds."""
        found: list[Any] = []
        while len(found) < len(rows):
            most = self._most_rows.get(one.name, len(rows))
            some = rows[len(found) : len(found) + most]
            try:
                found += self._evaluate_some(one, constants, some)
            except ValueError as error:
                if len(some) == 1 or _TOO_LARGE not in str(error):
                    raise
                self._most_rows[one.name] = len(some) // 2
        return found

    def _evaluate_some(
        self, one: Evaluated, constants: dict[int, Any], rows: list[tuple[Any, ...]]
    ) -> list[Any]:
        request = local_service_pb2.EvaluateRequest(prepared_expression_id=self._prepare(one))
        for at, value in constants.items():
            request.params.add(name=f"a{at}").value.CopyFrom(pack(one.types[at], value))
        request.params.add(name="inputs").value.CopyFrom(_inputs(one, rows))
        answer = self._call("Evaluate", request, local_service_pb2.EvaluateResponse)
        found = answer.value.array_value.element
        if one.type.is_array:
            return [unpack(one.type, row.struct_value.field[0]) for row in found]
        return [unpack(one.type, row) for row in found]

    def _functions(self) -> int:
        """A catalog of all functions, made once: that takes 25 ms."""
        generation = self._library.generation
        if generation not in self._catalogs:
            request = local_service_pb2.RegisterCatalogRequest()
            options = request.simple_catalog.builtin_function_options
            options.language_options.CopyFrom(language(self._library))
            answer = self._call("RegisterCatalog", request, local_service_pb2.RegisterResponse)
            self._catalogs[self._library.generation] = answer.registered_id
            generation = self._library.generation
        return self._catalogs[generation]

    def _prepare(self, one: Evaluated) -> int:
        key = (one.name, self._library.generation)
        if key not in self._prepared:
            value = one.expression
            for at in _varying(one):
                value = re.sub(rf"@(a{at})\b", r"`\1`", value)
            kind, alias = _input_type(one)
            head = "SELECT AS STRUCT" if one.type.is_array else "SELECT"
            # The evaluator keeps the order of an array.
            request = local_service_pb2.PrepareRequest(
                sql=f"ARRAY({head} {value} AS value FROM UNNEST(@inputs) AS {alias})",
                registered_catalog_id=self._functions(),
            )
            request.options.CopyFrom(analyzer_options(self._library))
            for at in one.constants:
                request.options.query_parameters.add(name=f"a{at}").type.CopyFrom(one.types[at].proto)
            request.options.query_parameters.add(name="inputs").type.CopyFrom(array_of(kind).proto)
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


def _input_type(one: Evaluated) -> tuple[GoogleType, str]:
    """The type of a row, and its name: a value alone is evaluated in half the time that a struct takes."""
    varying = _varying(one)
    if len(varying) == 1 and one.types[varying[0]].kind in _HASHABLE:
        return one.types[varying[0]], f"a{varying[0]}"
    return struct_of([("place", INT64), *((f"a{at}", one.types[at]) for at in varying)]), "row_"


def _inputs(one: Evaluated, rows: list[tuple[Any, ...]]) -> Any:
    kind, _alias = _input_type(one)
    if not kind.is_struct:
        return pack(array_of(kind), [row[0] for row in rows])
    named = [{f"_{at}": value for at, value in enumerate((place, *row), 1)} for place, row in enumerate(rows)]
    return pack(array_of(kind), named)


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
    if kind.bound is not None:
        bound = arrow_type(kind.bound)
        return pa.struct([("range_start", bound), ("range_end", bound)])
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
