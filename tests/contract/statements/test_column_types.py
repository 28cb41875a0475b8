"""ALTER COLUMN SET DATA TYPE: to a wider type, and to one with wider limits.

https://cloud.google.com/bigquery/docs/reference/standard-sql/data-definition-language#alter_column_set_data_type_statement
"""

from __future__ import annotations

import pytest

from local.bigquery.problem import ApiError
from tests.contract.statements.running import Running


@pytest.mark.parametrize(
    ("old", "new", "value", "stored"),
    [
        ("INT64", "NUMERIC", "7", "7"),
        ("INT64", "FLOAT64", "7", "7.0"),
        ("NUMERIC", "FLOAT64", "1.5", "1.5"),
        ("NUMERIC(5, 2)", "NUMERIC(7, 3)", "123.45", "123.45"),
        ("NUMERIC(5, 2)", "NUMERIC", "123.45", "123.45"),
        ("STRING(3)", "STRING(5)", "'abc'", "abc"),
        ("STRING(3)", "STRING", "'abc'", "abc"),
        ("BYTES(2)", "BYTES(3)", "b'ab'", "YWI="),
    ],
)
def test_a_column_becomes_wider_and_keeps_its_values(
    running: Running, old: str, new: str, value: str, stored: str
) -> None:
    running.rows(f"CREATE TABLE d.t (a {old} DEFAULT {value} NOT NULL); INSERT INTO d.t VALUES ({value})")

    running.rows(f"ALTER TABLE d.t ALTER COLUMN a SET DATA TYPE {new}; INSERT INTO d.t VALUES (DEFAULT)")

    assert running.rows("SELECT a FROM d.t") == [[stored], [stored]]
    with pytest.raises(ApiError, match="Required field a cannot be null"):
        running.rows("INSERT INTO d.t VALUES (NULL)")


def test_new_limits_are_held_from_then_on(running: Running) -> None:
    running.rows("CREATE TABLE d.t (a STRING(3)); ALTER TABLE d.t ALTER COLUMN a SET DATA TYPE STRING(4)")
    running.rows("INSERT INTO d.t VALUES ('four')")

    with pytest.raises(ApiError, match="has maximum length 4 but got a value with length 5"):
        running.rows("INSERT INTO d.t VALUES ('fives')")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("FLOAT64", "INT64", "existing column type (FLOAT64) is assignable to the new type (INT64)"),
        ("DATE", "STRING", "existing column type (DATE) is assignable to the new type (STRING)"),
        ("STRING", "STRING(3)", "existing column type (STRING) is assignable to the new type (STRING(3))"),
        ("STRING(4)", "STRING(3)", "(STRING(4)) is assignable to the new type (STRING(3))"),
        ("NUMERIC(5, 2)", "NUMERIC(5, 3)", "(NUMERIC(5, 2)) is assignable to the new type (NUMERIC(5, 3))"),
        (
            "STRUCT<x INT64>",
            "STRUCT<x NUMERIC>",
            "The local stand-in for BigQuery does not have ALTER COLUMN",
        ),
    ],
)
def test_a_column_does_not_become_narrower(running: Running, old: str, new: str, said: str) -> None:
    running.rows(f"CREATE TABLE d.t (a {old})")

    with pytest.raises(ApiError) as refused:
        running.rows(f"ALTER TABLE d.t ALTER COLUMN a SET DATA TYPE {new}")

    assert said in refused.value.message


@pytest.mark.parametrize(
    ("made", "dropped"), [("VIEW", "MATERIALIZED VIEW"), ("MATERIALIZED VIEW", "VIEW"), ("VIEW", "TABLE")]
)
def test_a_view_is_dropped_as_what_it_is(running: Running, made: str, dropped: str) -> None:
    running.rows(f"CREATE {made} d.v AS SELECT 1 AS a")

    with pytest.raises(ApiError, match=f"use DROP {made}"):
        running.rows(f"DROP {dropped} d.v")
