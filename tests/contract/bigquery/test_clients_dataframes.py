"""DataFrames by Google's client, over REST: what is written comes back, in pandas' and Arrow's types.

With the Storage library installed the client would ask Google itself for rows of many pages.
"""

from __future__ import annotations

import datetime
import importlib.util
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from google.cloud import bigquery

# The client's advice to use other packages of Google's.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*pandas.gbq:PendingDeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*pandas-gbq:FutureWarning"),
    pytest.mark.filterwarnings("ignore:BigQuery Storage module not found:UserWarning"),
    pytest.mark.skipif(
        importlib.util.find_spec("google.cloud.bigquery_storage") is not None,
        reason="google-cloud-bigquery-storage asks Google itself; `pip uninstall google-cloud-bigquery-storage`",
    ),
]

_ROWS = """
SELECT 1 AS i, 1.5 AS f, TRUE AS b, 'é' AS s, b'xy' AS y, NUMERIC '0.000000001' AS n, DATE '2024-01-02' AS d,
  TIMESTAMP '2024-01-02 03:04:05.678901Z' AS ts, DATETIME '2024-01-02 03:04:05' AS dt, TIME '03:04:05.5' AS t,
  JSON '{"a":[1,2]}' AS j, [1, 2] AS many,
  STRUCT(1 AS x, 'y' AS y, [STRUCT(NUMERIC '2' AS z)] AS inner_rows) AS one
UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
"""
_FIRST = {
    "i": 1,
    "f": 1.5,
    "b": True,
    "s": "é",
    "y": b"xy",
    "n": Decimal("0.000000001"),
    "d": datetime.date(2024, 1, 2),
    "ts": datetime.datetime(2024, 1, 2, 3, 4, 5, 678901, tzinfo=datetime.UTC),
    "dt": datetime.datetime(2024, 1, 2, 3, 4, 5),  # noqa: DTZ001 - a DATETIME has no zone
    "t": datetime.time(3, 4, 5, 500000),
    "j": '{"a":[1,2]}',
    "many": [1, 2],
    "one": {"x": 1, "y": "y", "inner_rows": [{"z": Decimal("2")}]},
}
_NULLS: dict[str, Any] = {**dict.fromkeys(_FIRST), "many": []}


def test_a_query_and_a_table_are_arrow_of_every_type(bigquery_client: bigquery.Client, dataset: str) -> None:
    queried = bigquery_client.query(_ROWS).to_arrow()
    bigquery_client.query_and_wait(f"CREATE TABLE {dataset}.t AS {_ROWS}")
    listed = bigquery_client.list_rows(f"{dataset}.t", page_size=1).to_arrow()

    for found in (queried, listed):
        assert sorted(found.to_pylist(), key=str, reverse=True) == sorted(
            [_FIRST, _NULLS], key=str, reverse=True
        )
        assert [str(kind) for kind in found.schema.types[:11]] == [
            "int64",
            "double",
            "bool",
            "string",
            "binary",
            "decimal128(38, 9)",
            "date32[day]",
            "timestamp[us, tz=UTC]",
            "timestamp[us]",
            "time64[us]",
            "string",
        ]


def test_a_data_frame_has_pandas_types(bigquery_client: bigquery.Client) -> None:
    found = bigquery_client.query(_ROWS).to_dataframe()

    assert {name: str(kind) for name, kind in found.dtypes.items() if str(kind) not in ("object", "str")} == {
        "i": "Int64",
        "f": "float64",
        "b": "boolean",
        "d": "dbdate",
        "ts": "datetime64[us, UTC]",
        "dt": "datetime64[us]",
        "t": "dbtime",
    }
    assert found.set_index("i").loc[1, "n"] == Decimal("0.000000001")


def test_a_result_of_no_rows_and_one_of_many_pages_are_data_frames(
    bigquery_client: bigquery.Client, dataset: str
) -> None:
    count = "SELECT n, FORMAT('%d', n) AS s FROM UNNEST(GENERATE_ARRAY(1, 25000)) AS n"

    none = bigquery_client.query(f"SELECT * FROM ({count}) WHERE n < 0").to_dataframe()
    bigquery_client.query_and_wait(f"CREATE TABLE {dataset}.t AS {count}")
    pages = list(bigquery_client.list_rows(f"{dataset}.t", page_size=10_000).to_dataframe_iterable())

    assert (len(none), list(none.columns)) == (0, ["n", "s"])
    assert sorted(map(len, pages)) == [5_000, 10_000, 10_000]
    assert sorted(pd.concat(pages)["n"]) == list(range(1, 25_001))


@pytest.mark.parametrize("source_format", ["PARQUET", "CSV"])
def test_a_loaded_data_frame_comes_back(
    bigquery_client: bigquery.Client, dataset: str, source_format: str
) -> None:
    columns = ["i", "f", "b", "s", "n", "d", "ts", "dt", "t"]
    frame = bigquery_client.query(_ROWS).to_dataframe()[columns]
    schema = [one for one in bigquery_client.query(_ROWS).result().schema if one.name in columns]
    into = bigquery.LoadJobConfig(source_format=source_format, schema=schema)

    loading = bigquery_client.load_table_from_dataframe(frame, f"{dataset}.t", job_config=into)
    loading.result()

    assert loading.output_rows == 2
    assert _rows(bigquery_client, f"{dataset}.t") == [
        {name: _FIRST[name] for name in columns},
        dict.fromkeys(columns),
    ]


def test_the_columns_of_a_data_frame_make_the_table(bigquery_client: bigquery.Client, dataset: str) -> None:
    frame = pd.DataFrame(
        {
            "whole": [1, 2],
            "text": ["x", None],
            "moment": pd.to_datetime(["2024-01-01T00:00:00Z", None]),
            "day": [datetime.date(2024, 1, 1), None],
            "amount": [Decimal("1.5"), None],
            "many": [[1, 2], []],
        }
    )

    bigquery_client.load_table_from_dataframe(frame, f"{dataset}.t").result()

    assert [
        (one.name, one.field_type, one.mode) for one in bigquery_client.get_table(f"{dataset}.t").schema
    ] == [
        ("whole", "INTEGER", "NULLABLE"),
        ("text", "STRING", "NULLABLE"),
        ("moment", "TIMESTAMP", "NULLABLE"),
        ("day", "DATE", "NULLABLE"),
        ("amount", "NUMERIC", "NULLABLE"),
        ("many", "INTEGER", "REPEATED"),
    ]
    assert [row["many"] for row in _rows(bigquery_client, f"{dataset}.t")] == [[1, 2], []]


@pytest.mark.parametrize("source_format", ["PARQUET", "CSV"])
def test_loaded_json_has_the_text_of_its_value(
    bigquery_client: bigquery.Client, dataset: str, source_format: str
) -> None:
    schema = [bigquery.SchemaField("i", "INTEGER"), bigquery.SchemaField("j", "JSON")]
    into = bigquery.LoadJobConfig(source_format=source_format, schema=schema)
    frame = pd.DataFrame({"i": [1, 2], "j": ['{"b": 1.0,  "a": [1, null]}', None]})

    bigquery_client.load_table_from_dataframe(frame, f"{dataset}.t", job_config=into).result()

    read = bigquery_client.query_and_wait(f"SELECT TO_JSON_STRING(j) FROM {dataset}.t ORDER BY i")
    assert [row[0] for row in read] == ['{"a":[1,null],"b":1.0}', "null"]


def _rows(client: bigquery.Client, table: str) -> list[dict[str, Any]]:
    """Those with values first."""
    found: pa.Table = client.list_rows(table).to_arrow()
    return sorted(found.to_pylist(), key=lambda row: next(iter(row.values())) is None)
