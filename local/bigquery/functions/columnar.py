"""Functions of DuckDB that Python carries out, a column at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import duckdb
import pyarrow as pa


def create_columnar(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    function: Callable[..., pa.Array],
    *,
    parameters: Sequence[str],
    result: str,
) -> None:
    """Make `function` known to a database; it takes an Arrow array for each parameter, NULLs included.

    Whole columns, because DuckDB needs about 0.1 ms for every single call into Python.
    """
    # DuckDB's annotations know only some names of types.
    untyped: Any = connection
    untyped.create_function(name, function, list(parameters), result, type="arrow", null_handling="special")
