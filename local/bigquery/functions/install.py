"""Functions that DuckDB lacks and that templates use, made known to a database."""

from __future__ import annotations

from pathlib import Path

import duckdb

from local.bigquery.functions import errors, json_parsing, numeric, python_texts

_MACROS = Path(__file__).parent / "macros"


def install(connection: duckdb.DuckDBPyConnection) -> None:
    """Create our macros, one .sql file a subject, and our functions. To be called once for each database."""
    errors.create(connection)
    json_parsing.create(connection)
    python_texts.create(connection)
    numeric.create(connection)
    for file in sorted(_MACROS.glob("*.sql")):
        connection.execute(file.read_text())
