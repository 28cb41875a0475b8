"""Results of queries: few rows in memory, many in a file, and the same pages out of both."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from local.bigquery.answer import build_answer
from local.bigquery.googlesql.types import INT64
from local.bigquery.results import Result, Results, parse_result


def _fetch(folder: Path, rows: int) -> Result:
    with duckdb.connect() as connection:
        cursor = connection.execute(f"SELECT i FROM range({rows}) AS t(i)")
        answer = build_answer([("i", INT64)], sql="", delivered="")
        return Results(folder).fetch(cursor, answer, name="p/job")


@pytest.mark.parametrize("rows", [0, 1, 1000, 1001, 3500])
@pytest.mark.parametrize(
    ("offset", "limit"), [(0, 10), (990, 20), (999, 1), (1000, 2000), (3499, 5), (9000, 1)]
)
def test_pages_hold_the_rows_asked_for(tmp_path: Path, rows: int, offset: int, limit: int) -> None:
    result = _fetch(tmp_path, rows)

    page = Results(tmp_path).page(parse_result(result.text), offset=offset, limit=limit)

    assert (result.total, result.schema[0]["type"]) == (rows, "INTEGER")
    assert page == [[str(number)] for number in range(rows)[offset : offset + limit]]


def test_only_many_rows_make_a_file(tmp_path: Path) -> None:
    _fetch(tmp_path, 1000)
    assert list(tmp_path.iterdir()) == []

    _fetch(tmp_path, 1001)
    assert len(list(tmp_path.iterdir())) == 1
