"""The default value of a column, in every way in which rows are written without it.

https://cloud.google.com/bigquery/docs/default-values
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from local.bigquery.problem import ApiError
from tests.contract.statements.loading import MANY_BYTES, field
from tests.contract.statements.running import Running, running_in

_EVERY_TYPE = """CREATE TABLE d.t (k INT64, s STRING DEFAULT 'hello', n NUMERIC(4, 1) DEFAULT 1.25,
    a ARRAY<INT64> DEFAULT [1, 2], day DATE DEFAULT '2022-01-01', x FLOAT64 DEFAULT -1.5,
    j JSON DEFAULT JSON '{"a": 1}',
    r STRUCT<x STRUCT<x1 TIMESTAMP, x2 NUMERIC>, y ARRAY<DATE>>
        DEFAULT ((CURRENT_TIMESTAMP(), NULL), [DATE '2022-01-01', CURRENT_DATE()]),
    told TIMESTAMP DEFAULT CURRENT_TIMESTAMP(), u STRING DEFAULT GENERATE_UUID(), q INT64 DEFAULT 3 NOT NULL)"""
_TABLE = "CREATE TABLE d.t (k INT64, a INT64 DEFAULT 5, b INT64)"


def test_an_insert_without_a_column_gives_it_its_default_value(running: Running) -> None:
    running.rows(_EVERY_TYPE)

    running.rows("INSERT INTO d.t (k) VALUES (1), (2)")

    constant = running.rows("SELECT s, n, a, day, x, j, q, r.y[0], r.x.x2 FROM d.t WHERE k = 1")
    assert constant == [
        ["hello", "1.3", [{"v": "1"}, {"v": "2"}], "2022-01-01", "-1.5", '{"a":1}', "3", "2022-01-01", None]
    ]
    computed = (
        "COUNT(DISTINCT u), COUNT(DISTINCT told), COUNTIF(r.x.x1 = told), COUNTIF(r.y[1] = CURRENT_DATE())"
    )
    assert running.rows(f"SELECT {computed} FROM d.t") == [["2", "1", "2", "2"]]


@pytest.mark.parametrize(
    "way",
    [
        "INSERT INTO d.t (k) VALUES (1)",
        "INSERT INTO d.t VALUES (1, DEFAULT, NULL)",
        "INSERT INTO d.t (k) SELECT 1",
        "INSERT INTO d.t VALUES (1, 2, NULL); UPDATE d.t SET a = DEFAULT WHERE TRUE",
        "MERGE d.t USING (SELECT 1 AS k) AS s ON FALSE WHEN NOT MATCHED THEN INSERT (k) VALUES (k)",
        "MERGE d.t USING (SELECT 1 AS k) AS s ON FALSE WHEN NOT MATCHED THEN INSERT (k, a) VALUES (k, DEFAULT)",
        (
            "MERGE d.t USING (SELECT 1 AS k) AS s ON t.k = s.k WHEN MATCHED THEN DELETE"
            " WHEN NOT MATCHED THEN INSERT (a, k) VALUES (DEFAULT, k)"
        ),
        (
            "INSERT INTO d.t VALUES (1, 2, NULL); MERGE d.t USING (SELECT 1 AS k) AS s ON t.k = s.k"
            " WHEN MATCHED THEN UPDATE SET a = DEFAULT"
        ),
    ],
)
def test_every_statement_that_leaves_a_column_out_writes_its_default_value(
    running: Running, way: str
) -> None:
    running.rows(f"{_TABLE}; {way}")

    assert running.rows("SELECT * FROM d.t") == [["1", "5", None]]


def test_null_is_a_value_like_any_other(running: Running) -> None:
    running.rows(f"{_TABLE}; INSERT INTO d.t VALUES (1, NULL, 2); INSERT INTO d.t (k, a) SELECT 2, NULL")

    assert running.rows("SELECT * FROM d.t ORDER BY k") == [["1", None, "2"], ["2", None, None]]


def test_a_query_s_destination_has_default_values_for_what_the_query_lacks(running: Running) -> None:
    running.rows(_TABLE)
    into = {"destinationTable": {"projectId": "p", "datasetId": "d", "tableId": "t"}}

    running.rows("SELECT 1 AS k", writeDisposition="WRITE_APPEND", **into)

    assert running.rows("SELECT * FROM d.t") == [["1", "5", None]]


def test_a_streamed_row_without_the_field_has_its_default_value(running: Running) -> None:
    running.rows(
        "CREATE TABLE d.t (k INT64, a INT64 DEFAULT 5 NOT NULL, b ARRAY<INT64>, c STRING DEFAULT 'x')"
    )
    rows = [{"k": 1}, {"k": 2, "a": 6, "c": None}, {"k": 3, "A": 7, "b": [1]}, {"k": 4, "a": 8, "c": "y"}]

    done = running.call("POST", "datasets/d/tables/t/insertAll", {"rows": [{"json": row} for row in rows]})
    refused = running.call("POST", "datasets/d/tables/t/insertAll", {"rows": [{"json": {"a": None}}]})

    assert "insertErrors" not in done
    assert refused["insertErrors"][0]["errors"][0]["message"] == "Missing required field: a."
    assert running.rows("SELECT * FROM d.t ORDER BY k") == [
        ["1", "5", [], "x"],
        ["2", "6", [], None],
        ["3", "7", [{"v": "1"}], "x"],
        ["4", "8", [], "y"],
    ]


@pytest.mark.parametrize("more", [0, MANY_BYTES // 8], ids=["small", "large"])
def test_a_load_whose_schema_lacks_the_column_gives_it_its_default_value(
    running: Running, tmp_path: Path, more: int
) -> None:
    running.rows(_TABLE)
    path = tmp_path / "a.ndjson"
    path.write_text("".join(f"{json.dumps({'k': k})}\n" for k in range(1 + more)))

    running.load(path, schema={"fields": [field("k", "INTEGER")]})
    # Here the column is one of the load's, and the rows have no value for it.
    running.load(path)

    assert running.rows("SELECT a, COUNT(*) FROM d.t GROUP BY a ORDER BY a") == [
        [None, str(1 + more)],
        ["5", str(1 + more)],
    ]


def test_a_csv_file_has_its_columns_in_the_order_of_the_job_s_schema(
    running: Running, tmp_path: Path
) -> None:
    running.rows(_TABLE)
    path = tmp_path / "a.csv"
    path.write_text("1,2\n")

    running.load(path, sourceFormat="CSV", schema={"fields": [field("b", "INTEGER"), field("k", "INTEGER")]})

    assert running.rows("SELECT * FROM d.t") == [["2", "5", "1"]]


def test_a_load_must_have_the_required_columns(running: Running, tmp_path: Path) -> None:
    running.rows("CREATE TABLE d.t (k INT64, a INT64 NOT NULL)")
    path = tmp_path / "a.ndjson"
    path.write_text('{"k": 1}\n')

    with pytest.raises(ApiError, match="Missing required field a"):
        running.load(path, schema={"fields": [field("k", "INTEGER")]})


def test_a_default_value_is_set_changed_and_dropped(running: Running) -> None:
    running.rows(f"{_TABLE}; ALTER TABLE d.t ALTER COLUMN b SET DEFAULT 6; INSERT INTO d.t (k) VALUES (1)")
    running.rows("ALTER TABLE d.t ALTER COLUMN a DROP DEFAULT; INSERT INTO d.t (k) VALUES (2)")
    shown = [
        {"name": "k", "type": "INTEGER"},
        {"name": "a", "type": "INTEGER", "defaultValueExpression": "7"},
    ]
    fields = [*shown, {"name": "b", "type": "INTEGER", "defaultValueExpression": "6"}]
    running.call("PATCH", "datasets/d/tables/t", {"schema": {"fields": fields}})
    running.rows("INSERT INTO d.t (k) VALUES (3)")
    running.rows("ALTER TABLE d.t RENAME TO u; CREATE TABLE d.t LIKE d.u; INSERT INTO d.t (k) VALUES (4)")
    running.rows("ALTER TABLE d.u ALTER COLUMN IF EXISTS missing SET DEFAULT 1")

    assert running.rows("SELECT * FROM d.u UNION ALL SELECT * FROM d.t ORDER BY 1") == [
        ["1", "5", "6"],
        ["2", None, "6"],
        ["3", "7", "6"],
        ["4", "7", "6"],
    ]


_REFUSED: list[tuple[str, str]] = [
    ("CREATE TABLE d.u (a STRING(2) DEFAULT 'abc')", "STRING(2) has maximum length 2"),
    ("CREATE TABLE d.u (a INT64 DEFAULT NULL NOT NULL)", "it is REQUIRED"),
    ("CREATE TABLE d.u (a ARRAY<INT64> DEFAULT NULL)", "it is REPEATED"),
    ("CREATE TABLE d.u (a ARRAY<INT64> DEFAULT [1, NULL])", "Array cannot have a null element"),
    ("CREATE TABLE d.u (a INT64 DEFAULT 1 + 1)", "expression 1 + 1 is not a literal"),
    ("CREATE TABLE d.u (a STRING DEFAULT UPPER('a'))", "is not a literal"),
    ("CREATE TABLE d.u (a STRING DEFAULT SESSION_USER())", "does not have SESSION_USER as the default value"),
    ("CREATE TABLE d.u (a INT64 DEFAULT 'x')", "has type STRING which cannot be assigned"),
    ("ALTER TABLE d.t ADD COLUMN z INT64 DEFAULT 5", "can't have a default value"),
    ("ALTER TABLE d.t ALTER COLUMN missing SET DEFAULT 5", "Column not found: missing"),
]


@pytest.mark.parametrize(("sql", "said"), _REFUSED)
def test_a_default_value_that_bigquery_would_refuse_is_refused(running: Running, sql: str, said: str) -> None:
    running.rows(_TABLE)

    with pytest.raises(ApiError) as refused:
        running.rows(sql)

    assert said in refused.value.message


def test_a_table_by_rest_has_default_values_that_last(tmp_path: Path) -> None:
    fields: list[dict[str, Any]] = [
        {"name": "k", "type": "INTEGER"},
        {"name": "told", "type": "TIMESTAMP", "defaultValueExpression": "CURRENT_TIMESTAMP()"},
        {"name": "n", "type": "NUMERIC", "precision": "3", "scale": "1", "defaultValueExpression": "1.25"},
    ]
    body = {
        "tableReference": {"projectId": "p", "datasetId": "d", "tableId": "t"},
        "schema": {"fields": fields},
    }
    with running_in(tmp_path) as running:
        running.call("POST", "datasets/d/tables", body)
    with running_in(tmp_path) as running:
        running.rows("INSERT INTO d.t (k) VALUES (1)")

        assert running.rows("SELECT k, told IS NULL, n FROM d.t") == [["1", "false", "1.3"]]
