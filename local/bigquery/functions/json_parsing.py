"""PARSE_JSON: text as the JSON value that it is."""

from __future__ import annotations

from typing import Any

import duckdb
import pyarrow as pa

from local.bigquery.functions.columnar import create_columnar
from local.bigquery.functions.spelling import bound
from local.bigquery.googlesql.json_text import canonical
from local.bigquery.translate.call import EVALUATOR, Call


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `google_json(text)` known to a database.

    It gives the value's own text, and NULL where Google's evaluator has to judge.
    """
    create_columnar(connection, "google_json", _own_texts, parameters=["VARCHAR"], result="VARCHAR")


def _own_texts(texts: Any) -> pa.Array:
    return pa.array(
        [None if text is None else canonical(text) for text in texts.to_pylist()], type=pa.string()
    )


def _parse_json(call: Call) -> str | None:
    if not all(call.is_literal(place) and call.value(place) == "exact" for place in range(1, len(call))):
        return None
    rest = "".join(f", {one}" for one in call.arguments[1:])
    # A copy of each text, as Evaluated.sql makes one.
    body = f"CASE WHEN {{0}} IS NOT NULL THEN coalesce(google_json({{0}}) || '', {EVALUATOR}({{0}}{rest}) || '') END"
    return f"CAST({bound(call.arguments[:1], body)} AS JSON)"


SCALARS: dict[str, Any] = {"parse_json": _parse_json}
