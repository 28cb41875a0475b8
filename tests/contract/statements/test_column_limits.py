"""STRING(n), BYTES(n), NUMERIC(p, s), REQUIRED and ARRAY without NULL, in every way in which rows are written.

https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#parameterized_data_types
"""

from __future__ import annotations

import base64
import decimal
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from local.bigquery.column_limits import LimitError, fit
from local.bigquery.problem import ApiError
from tests.contract.statements.loading import MANY_BYTES, field, loading_into
from tests.contract.statements.running import Running

_COLUMNS = (
    "k INT64, s STRING(3), b BYTES(2), n NUMERIC(3, 1), w NUMERIC(2), a ARRAY<STRING(2)>,"
    " r STRUCT<x INT64 NOT NULL, y ARRAY<STRUCT<z NUMERIC(2, 1)>>>"
)
_TOO_MUCH = [
    ("s", "'long'", "Field s: STRING(3) has maximum length 3 but got a value with length 4"),
    ("s", "'éééé'", "Field s: STRING(3) has maximum length 3 but got a value with length 4"),
    ("b", "b'abc'", "Field b: BYTES(2) has maximum length 2 but got a value with length 3"),
    (
        "n",
        "NUMERIC '99.95'",
        (
            "Field n: NUMERIC(3, 1) has precision 3 and scale 1"
            " but got a value that is not in range of [-99.9, 99.9]"
        ),
    ),
    (
        "w",
        "NUMERIC '-99.5'",
        "Field w: NUMERIC(2) has precision 2 and scale 0 but got a value that is not in range of [-99, 99]",
    ),
    ("a", "['ab', 'abc']", "Field a: STRING(2) has maximum length 2 but got a value with length 3"),
    ("a", "['ab', NULL]", "Array cannot have a null element; error in writing field a"),
    ("r", "STRUCT(NULL AS x, [STRUCT(NUMERIC '1' AS z)] AS y)", "Required field r.x cannot be null"),
    (
        "r",
        "STRUCT(1 AS x, [STRUCT(NUMERIC '10' AS z)] AS y)",
        (
            "Field r.y.z: NUMERIC(2, 1) has precision 2 and scale 1"
            " but got a value that is not in range of [-9.9, 9.9]"
        ),
    ),
]
_FITTING = [
    ("s", "'ééé'", "ééé"),
    ("b", "b'ab'", "YWI="),
    ("n", "NUMERIC '99.949'", "99.9"),
    ("n", "NUMERIC '-1.25'", "-1.3"),
    ("w", "NUMERIC '1.5'", "2"),
    ("a", "CAST(NULL AS ARRAY<STRING>)", []),
    (
        "r",
        "STRUCT(1 AS x, [STRUCT(NUMERIC '1.25' AS z)] AS y)",
        {"f": [{"v": "1"}, {"v": [{"v": {"f": [{"v": "1.3"}]}}]}]},
    ),
]
_WAYS = [
    "INSERT INTO d.t ({c}) VALUES ({v})",
    "INSERT INTO d.t ({c}) SELECT x FROM (SELECT {v} AS x)",
    "UPDATE d.t SET {c} = {v} WHERE k = 0",
    "UPDATE d.t SET {c} = s.x FROM (SELECT {v} AS x) AS s WHERE k = 0",
    "MERGE d.t USING (SELECT {v} AS x) ON FALSE WHEN NOT MATCHED THEN INSERT ({c}) VALUES (x)",
    (
        "MERGE d.t USING (SELECT {v} AS x) ON k = 0 WHEN MATCHED THEN UPDATE SET {c} = x"
        " WHEN NOT MATCHED THEN INSERT (k) VALUES (1)"
    ),
    "CREATE OR REPLACE TABLE d.t (" + _COLUMNS + ") AS SELECT * REPLACE ({v} AS {c}) FROM d.t",
]


@pytest.mark.parametrize("way", _WAYS)
def test_no_statement_writes_what_the_column_does_not_take(running: Running, way: str) -> None:
    running.rows(f"CREATE TABLE d.t ({_COLUMNS}); INSERT INTO d.t (k) VALUES (0)")

    for column, value, said in _TOO_MUCH:
        with pytest.raises(ApiError) as refused:
            running.rows(way.format(c=column, v=value))
        assert refused.value.message == said

    assert running.rows("SELECT * FROM d.t") == [["0", None, None, None, None, [], None]]


@pytest.mark.parametrize("way", _WAYS)
def test_what_fits_is_stored_to_the_column_s_scale(running: Running, way: str) -> None:
    for column, value, stored in _FITTING:
        running.rows(f"CREATE OR REPLACE TABLE d.t ({_COLUMNS}); INSERT INTO d.t (k) VALUES (0)")

        running.rows(way.format(c=column, v=value))

        assert [stored] in running.rows(f"SELECT {column} FROM d.t")


def test_a_query_s_destination_holds_to_its_columns(running: Running) -> None:
    running.rows("CREATE TABLE d.t (s STRING(3), n NUMERIC(3, 1), q INT64 NOT NULL)")
    into = {
        "destinationTable": {"projectId": "p", "datasetId": "d", "tableId": "t"},
        "writeDisposition": "WRITE_APPEND",
    }

    for select, said in [
        ("SELECT 'long' AS s, 1 AS q", "Field s: STRING(3) has maximum length 3"),
        ("SELECT 'a' AS s, CAST(NULL AS INT64) AS q", "Required field q cannot be null"),
        ("SELECT 'a' AS s", "Required field q cannot be null"),
    ]:
        with pytest.raises(ApiError, match=said.replace("(", r"\(").replace(")", r"\)")):
            running.rows(select, **into)
    running.rows("SELECT 'abc' AS s, NUMERIC '1.25' AS n, 1 AS q", **into)

    assert running.rows("SELECT * FROM d.t") == [["abc", "1.3", "1"]]


def test_a_query_gives_no_array_with_a_null(running: Running) -> None:
    with pytest.raises(ApiError, match="Array cannot have a null element; error in writing field f0_"):
        running.rows("SELECT [1, NULL]")


def test_no_statement_leaves_a_required_column_without_a_value(running: Running) -> None:
    running.rows("CREATE TABLE d.t (a INT64 NOT NULL, b INT64); INSERT INTO d.t VALUES (1, 1)")

    for sql in (
        "INSERT INTO d.t (b) VALUES (1)",
        "INSERT INTO d.t VALUES (NULL, 1)",
        "INSERT INTO d.t (b) SELECT 1",
        "UPDATE d.t SET a = NULL WHERE TRUE",
        "MERGE d.t USING (SELECT 2 AS b) AS s ON FALSE WHEN NOT MATCHED THEN INSERT (b) VALUES (b)",
        "MERGE d.t USING (SELECT 1) AS s ON TRUE WHEN MATCHED THEN UPDATE SET a = NULL",
        "CREATE TABLE d.u (a INT64 NOT NULL) AS SELECT CAST(NULL AS INT64) AS a",
    ):
        with pytest.raises(ApiError, match="Required field a cannot be null"):
            running.rows(sql)

    assert running.rows("SELECT * FROM d.t") == [["1", "1"]]


_LIMITED = [
    field("k", "INTEGER"),
    field("s", "STRING", maxLength="3"),
    field("b", "BYTES", maxLength="2"),
    field("n", "NUMERIC", precision="3", scale="1"),
]
_WRONG: list[tuple[dict[str, Any], str]] = [
    ({"s": "éééé"}, "Field s: STRING(3) has maximum length 3 but got a value with length 4"),
    ({"b": b"abc"}, "Field b: BYTES(2) has maximum length 2 but got a value with length 3"),
    ({"n": decimal.Decimal("-99.95")}, "not in range of [-99.9, 99.9]"),
]
_RIGHT = {"s": "ééé", "b": b"ab", "n": decimal.Decimal("1.25")}


def _file(folder: Path, form: str, rows: list[dict[str, Any]]) -> Path:
    path = folder / f"rows.{form}"
    whole = [{"k": None, "s": None, "b": None, "n": None, **row} for row in rows]
    if form == "parquet":
        kinds = {"k": pa.int64(), "s": pa.string(), "b": pa.binary(), "n": pa.decimal128(10, 2)}
        pq.write_table(pa.Table.from_pylist(whole, pa.schema(list(kinds.items()))), path)
        return path
    shown = [
        {
            name: base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)
            for name, value in row.items()
            if value is not None
        }
        for row in whole
    ]
    if form == "csv":
        path.write_text("".join(",".join(row.get(name, "") for name in "ksbn") + "\n" for row in shown))
    else:
        path.write_text("".join(f"{json.dumps(row)}\n" for row in shown))
    return path


@pytest.mark.parametrize("form", ["ndjson", "csv", "parquet"])
@pytest.mark.parametrize("more", [0, MANY_BYTES // 4], ids=["small", "large"])
def test_no_file_is_loaded_with_what_the_column_does_not_take(tmp_path: Path, form: str, more: int) -> None:
    filler = [{"k": 2}] * more
    with loading_into(tmp_path / "stand-in") as loading:
        loading.create(_LIMITED)

        for row, said in _WRONG:
            with pytest.raises(ApiError) as refused:
                loading.load(_file(tmp_path, form, [row, *filler]))
            assert said in refused.value.message
        if form != "parquet":
            wrong = [row for row, _said in _WRONG]
            figures = loading.load(_file(tmp_path, form, [*wrong, *filler]), maxBadRecords=3)
            assert (figures["badRecords"], figures["outputRows"]) == ("3", str(more))
        loading.load(_file(tmp_path, form, [{"k": 1, **_RIGHT}, *filler]))

        assert loading.rows()[0] == ["1", "ééé", "YWI=", "1.3"]


@pytest.mark.parametrize(
    ("limited", "value", "stored"),
    [
        (field("s", "STRING", maxLength="3"), "éééé", None),
        (field("b", "BYTES", maxLength="2"), "YWI=", "YWI="),
        (field("b", "BYTES", maxLength="2"), "YWJj", None),
        (field("n", "NUMERIC", precision="3", scale="1"), "99.949", "99.9"),
        (field("n", "NUMERIC", precision="3", scale="1"), "-99.95", None),
        (field("n", "NUMERIC", precision="2"), "0.5", "1"),
    ],
)
def test_a_streamed_value_fits_or_is_refused(limited: dict[str, Any], value: str, stored: str | None) -> None:
    fitted = fit(limited)
    assert fitted is not None

    if stored is None:
        with pytest.raises(LimitError):
            fitted(value)
    else:
        assert fitted(value) == stored


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "STRING", "maxLength": "0"},
        {"type": "INTEGER", "maxLength": "3"},
        {"type": "NUMERIC", "precision": "31", "scale": "1"},
        {"type": "NUMERIC", "scale": "1"},
        {"type": "NUMERIC", "precision": "1", "scale": "2"},
        {"type": "STRING", "precision": "1"},
    ],
)
def test_a_table_has_no_column_with_limits_that_there_are_not(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with loading_into(tmp_path) as loading, pytest.raises(ApiError, match="Field a: "):
        loading.create([{"name": "a", **wrong}])
