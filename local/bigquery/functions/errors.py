"""The function with which templates refuse a value."""

from __future__ import annotations

from typing import Any

import duckdb
import pyarrow as pa
from duckdb.sqltypes import SQLNULL

from local.bigquery.googlesql.evaluator import MARK


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `google_error(message)` known to a database.

    DuckDB's own `error` counts as volatile, which keeps TRY and the planner's changes away from what holds it.
    """
    # DuckDB's annotations know no functions from Arrow to Arrow.
    create: Any = connection.create_function
    create("google_error", _refuse, ["VARCHAR"], SQLNULL, type="arrow")


def while_writing(message: str) -> str:
    """The refusal of a value on its way into a table, given the SQL of its message.

    DuckDB's own: where nothing moves it, it costs nothing, and a function of Python's a millisecond in each statement.
    """
    return f"error(chr({ord(MARK)}) || {message} || chr({ord(MARK)}))"


def _refuse(messages: pa.Array) -> pa.Array:
    raise ValueError(f"{MARK}{messages[0].as_py()}{MARK}")
