"""Values of PostgreSQL: what psycopg is to make of them, and what JSON holds of that."""

from collections.abc import Mapping

import psycopg
from psycopg import postgres
from psycopg.types import TypeInfo
from psycopg.types.string import TextLoader

from shared.sources.sql_database.reading import values
from shared.sources.sql_database.reading.chunks import Row
from shared.sources.sql_database.reading.going_on import CursorType
from shared.sources.sql_database.reading.values import Convert

_AS_PSYCOPG_READS = frozenset({"bool", "int2", "int4", "int8", "oid", "float4", "float8", "bytea"})
"""What it reads fast and exactly. Everything else is the text that the server writes."""
_CONVERTS: dict[str, Convert] = {
    "int8": values.integers,
    "oid": values.integers,
    "float4": values.floats,
    "float8": values.floats,
    "bytea": values.texts_of_bytes,
    "date": values.dates,
    "time": values.times_of_day,
    "timestamp": values.local_times,
    "timestamptz": values.moments_in_utc,
    "json": values.json_documents,
    "jsonb": values.json_documents,
}

_CURSORS: dict[str, CursorType] = {
    **dict.fromkeys(("int2", "int4", "int8"), CursorType("number", is_whole=True)),
    "numeric": CursorType("number"),
    "date": CursorType("date"),
    "timestamp": CursorType("time"),
    "timestamptz": CursorType("moment"),
}


def read_as_text(connection: psycopg.Connection[Row]) -> None:
    """Have the connection give text of all but a few types."""
    for kind in postgres.types:
        if kind.name not in _AS_PSYCOPG_READS:
            connection.adapters.register_loader(kind.oid, TextLoader)


def read_as_arrays(connection: psycopg.Connection[Row], item_by_array: Mapping[int, int]) -> None:
    """Have the connection give lists of these types, which are arrays of the database's own types."""
    for array, item in item_by_array.items():
        TypeInfo(name=f"item_of_{array}", oid=item, array_oid=array).register(connection)


def unknown_types(types: list[int]) -> list[int]:
    """Those that a database has made itself."""
    return [oid for oid in types if postgres.types.get(oid) is None]


def convert_of(oid: int, item_by_array: Mapping[int, int]) -> Convert:
    """What becomes of a column of the type."""
    if oid in item_by_array:
        return values.arrays_of(convert_of(item_by_array[oid], {}))
    kind = postgres.types.get(oid)
    if kind is None:
        return values.plain
    convert = _CONVERTS.get(kind.name, values.plain)
    return values.arrays_of(convert) if oid == kind.array_oid else convert


def cursor_type(oid: int) -> CursorType | None:
    """What values of the type are, where their order is BigQuery's and everybody's; None where it is not."""
    kind = postgres.types.get(oid)
    return None if kind is None or oid == kind.array_oid else _CURSORS.get(kind.name)
