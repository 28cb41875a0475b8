"""Rows on the wire: DuckDB's values as the REST API writes them, by their GoogleSQL type."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from local.bigquery.googlesql import types
from local.bigquery.googlesql.types import GoogleType, array_of, rest_field, struct_of
from local.bigquery.wire import delivered_sql, row_writer, wire_rows

MICROSECONDS = {"useInt64Timestamp": "true"}
ROW = struct_of([("n", types.INT64), ("at", types.TIMESTAMP)])


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("SET TimeZone = 'UTC'")
        yield opened


def _written(
    connection: duckdb.DuckDBPyConnection, kind: GoogleType, value: str, options: dict[str, str]
) -> Any:
    sql = delivered_sql(f"SELECT CAST({value} AS {kind.duckdb})", [kind])
    rows = [row_writer([kind])(row) for row in connection.execute(sql).fetchall()]
    ((cell,),) = (row["f"] for row in wire_rows(rows, schema=[rest_field("a", kind)], options=options))
    return cell["v"]


@pytest.mark.parametrize(
    ("kind", "value", "written"),
    [
        (
            types.range_of(types.DATE),
            "{'range_start': DATE '2022-12-01', 'range_end': NULL}",
            "[2022-12-01, UNBOUNDED)",
        ),
        (
            types.range_of(types.TIMESTAMP),
            "{'range_start': NULL, 'range_end': TIMESTAMPTZ '1970-01-01 00:00:01+00'}",
            "[UNBOUNDED, 1000000)",
        ),
        (types.INT64, "-9223372036854775808", "-9223372036854775808"),
        (types.FLOAT64, "0.1", "0.1"),
        (types.FLOAT64, "'-inf'", "-Infinity"),
        (types.FLOAT64, "'nan'", "NaN"),
        (types.BOOL, "true", "true"),
        (types.STRING, "'ö'", "ö"),
        (types.BYTES, r"'\xFFa'", "/2E="),
        (types.DATE, "'0001-01-01'", "0001-01-01"),
        (types.TIME, "'10:00:00.5'", "10:00:00.500000"),
        (types.DATETIME, "'9999-12-31 23:59:59.999999'", "9999-12-31T23:59:59.999999"),
        (types.TIMESTAMP, "'0001-01-01 00:00:00+00'", "-62135596800000000"),
        (types.NUMERIC, "'0.000000800'", "0.0000008"),
        (types.NUMERIC, "'1000'", "1000"),
        (types.JSON, "'{\"a\":1}'", '{"a":1}'),
        (types.INTERVAL, "'14 months 3 days -04:05:06.5'", "1-2 3 -4:5:6.5"),
        (types.INTERVAL, "'-14 months'", "-1-2 0 0:0:0"),
        (array_of(types.INT64), "[1, NULL]", [{"v": "1"}, {"v": None}]),
        (array_of(types.STRING), "NULL", []),
        (types.TIMESTAMP, "NULL", None),
        (ROW, "NULL", None),
    ],
)
def test_a_value_is_written_by_its_type(
    connection: duckdb.DuckDBPyConnection, kind: GoogleType, value: str, written: Any
) -> None:
    assert _written(connection, kind, value, MICROSECONDS) == written


@pytest.mark.parametrize(
    ("options", "written"),
    [
        ({}, "1.7619912001234561E9"),
        (MICROSECONDS, "1761991200123456"),
        ({"timestampOutputFormat": "INT64"}, "1761991200123456"),
        ({"timestampOutputFormat": "ISO8601_STRING"}, "2025-11-01T10:00:00.123456Z"),
    ],
)
def test_timestamps_are_written_as_the_request_asks_however_deep_they_are(
    connection: duckdb.DuckDBPyConnection, options: dict[str, str], written: str
) -> None:
    value = "{'_1': 1, '_2': '2025-11-01 10:00:00.123456+00'}"

    cell = _written(connection, array_of(ROW), f"[{value}, NULL]", options)

    seen = cell[0]["v"]["f"][1]["v"]
    assert float(seen) == pytest.approx(float(written)) if not options else seen == written
    assert cell == [{"v": {"f": [{"v": "1"}, {"v": seen}]}}, {"v": None}]


def test_rows_keep_their_order_where_they_are_delivered_in_another_form(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    ordered = "FROM range(5000) AS t(i) ORDER BY hash(i)"
    sql = f"SELECT i, TIMESTAMPTZ '2025-01-01 00:00:00+00' {ordered}"

    delivered = connection.execute(delivered_sql(sql, [types.INT64, types.TIMESTAMP])).fetchall()

    assert [row[0] for row in delivered] == [
        row[0] for row in connection.execute(f"SELECT i {ordered}").fetchall()
    ]
