"""How the rows of a query get from DuckDB to whoever asked: worked out once for a statement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from local.bigquery.column_limits import has_limits, stored_rows
from local.bigquery.googlesql.types import GoogleType, rest_field
from local.bigquery.wire import delivered_sql, row_writer


@dataclass(frozen=True)
class Answer:
    """`write` turns the rows of `sql` into JSON values; `schema` are REST's columns."""

    sql: str
    schema: list[dict[str, Any]]
    write: Callable[[Sequence[Any]], list[Any]]


def build_answer(columns: Sequence[tuple[str, GoogleType]], *, sql: str, delivered: str) -> Answer:
    """The answer of a query of these columns, whose `delivered` has them in forms that `row_writer` understands."""
    kinds = [kind for _name, kind in columns]
    schema = [rest_field(name, kind) for name, kind in columns]
    if any(map(has_limits, schema)):
        delivered = delivered_sql(stored_rows(schema, sql), kinds)
    return Answer(delivered, schema, row_writer(kinds))
