"""CAST and SAFE_CAST, and the coercions that the analyzer writes out."""

from __future__ import annotations

from local.bigquery.translate.call import Call


def cast(call: Call) -> str | None:
    """`call` has one argument, its type and the target type; None where DuckDB has no exact way."""
    source, target = call.types[0], call.type
    if source == target:
        return call[0]
    if source.duckdb == target.duckdb:
        # Fields that differ in their names alone.
        return call[0]
    return None
