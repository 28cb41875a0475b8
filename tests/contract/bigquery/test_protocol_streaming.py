"""Streaming: insertAll takes a request whole or says which rows are wrong."""

from __future__ import annotations

from decimal import Decimal

import pytest
from google.api_core.exceptions import NotFound
from google.cloud import bigquery

from tests.contract.bigquery.conftest import PROJECT


@pytest.fixture
def table(bigquery_client: bigquery.Client, dataset: str) -> str:
    schema = [
        bigquery.SchemaField("a", "INT64", "REQUIRED"),
        bigquery.SchemaField("n", "NUMERIC"),
        bigquery.SchemaField("at", "TIMESTAMP"),
        bigquery.SchemaField("j", "JSON"),
        bigquery.SchemaField("tags", "STRING", "REPEATED"),
        bigquery.SchemaField("r", "RECORD", fields=[bigquery.SchemaField("x", "DATE")]),
    ]
    bigquery_client.create_table(bigquery.Table(f"{PROJECT}.{dataset}.t", schema))
    return f"{PROJECT}.{dataset}.t"


def _ids(client: bigquery.Client, table: str) -> list[int]:
    return [row[0] for row in client.query_and_wait(f"SELECT a FROM `{table}` ORDER BY a")]


def test_rows_are_stored_with_their_types(bigquery_client: bigquery.Client, table: str) -> None:
    row = {
        "a": "1",
        "n": "0.0000008",
        "at": "2025-11-15T10:30:45Z",
        "j": '{"x": 1.5}',
        "tags": ["p", "q"],
        "r": {"x": "2025-11-01"},
    }

    errors = bigquery_client.insert_rows_json(table, [row])

    (stored,) = bigquery_client.query_and_wait(f"SELECT * FROM `{table}`")
    assert errors == []
    assert (stored["a"], stored["n"], stored["j"]) == (1, Decimal("0.0000008"), {"x": 1.5})
    assert stored["at"].isoformat() == "2025-11-15T10:30:45+00:00"
    assert (stored["tags"], stored["r"]["x"].isoformat()) == (["p", "q"], "2025-11-01")


def test_one_wrong_row_stops_the_others(bigquery_client: bigquery.Client, table: str) -> None:
    rows = [{"a": 1}, {"a": "x"}, {"a": 2, "unknown": 1}, {"n": "1"}, {"a": 3, "j": "{"}]

    errors = bigquery_client.insert_rows_json(table, rows)

    found = [
        (error["index"], error["errors"][0]["reason"], error["errors"][0]["location"]) for error in errors
    ]
    assert found == [
        (0, "stopped", ""),
        (1, "invalid", "a"),
        (2, "invalid", "unknown"),
        (3, "invalid", "a"),
        (4, "invalid", "j"),
    ]
    assert errors[2]["errors"][0]["message"] == "no such field: unknown."
    assert errors[3]["errors"][0]["message"] == "Missing required field: a."
    assert _ids(bigquery_client, table) == []


def test_wrong_rows_may_be_skipped(bigquery_client: bigquery.Client, table: str) -> None:
    errors = bigquery_client.insert_rows_json(table, [{"a": 1}, {"a": "x"}], skip_invalid_rows=True)

    assert [error["index"] for error in errors] == [1]
    assert _ids(bigquery_client, table) == [1]


def test_unknown_values_may_be_ignored(bigquery_client: bigquery.Client, table: str) -> None:
    errors = bigquery_client.insert_rows_json(table, [{"a": 1, "unknown": 1}], ignore_unknown_values=True)

    assert (errors, _ids(bigquery_client, table)) == ([], [1])


def test_an_insert_id_is_stored_once_within_a_minute(bigquery_client: bigquery.Client, table: str) -> None:
    bigquery_client.insert_rows_json(table, [{"a": 1}, {"a": 2}], row_ids=["one", "two"])

    errors = bigquery_client.insert_rows_json(table, [{"a": 1}, {"a": 3}], row_ids=["one", "three"])

    assert (errors, _ids(bigquery_client, table)) == ([], [1, 2, 3])


def test_a_refused_insert_id_may_be_sent_again(bigquery_client: bigquery.Client, table: str) -> None:
    bigquery_client.insert_rows_json(table, [{"a": 1}, {"a": "x"}], row_ids=["one", "two"])

    errors = bigquery_client.insert_rows_json(table, [{"a": 1}], row_ids=["one"])

    assert (errors, _ids(bigquery_client, table)) == ([], [1])


def test_a_missing_table_is_not_found(bigquery_client: bigquery.Client, dataset: str) -> None:
    with pytest.raises(NotFound, match="Not found: Table"):
        bigquery_client.insert_rows_json(f"{PROJECT}.{dataset}.missing", [{"a": 1}], retry=None)


@pytest.mark.parametrize("count", [1, 100], ids=["few", "many"])
def test_values_of_every_type_are_stored_exactly(
    bigquery_client: bigquery.Client, dataset: str, count: int
) -> None:
    given = {
        "INT64": "-9223372036854775808",
        "FLOAT64": "-Infinity",
        "NUMERIC": "99999999999999999999999999999.999999999",
        "BOOL": "yes",
        "STRING": "é🙂 'x' \u0000 \\ \n",
        "BYTES": "AP8n",
        "DATE": "0001-01-01",
        "TIME": "23:59:59.999999",
        "DATETIME": "9999-12-31 23:59:59.999999",
        "TIMESTAMP": "9999-12-31T23:59:59.999999Z",
        "JSON": '{"k": "it\'s", "K": [1, null]}',
    }
    schema = [bigquery.SchemaField("n", "INT64")]
    schema += [bigquery.SchemaField(kind.lower(), kind) for kind in given]
    table = f"{PROJECT}.{dataset}.every"
    bigquery_client.create_table(bigquery.Table(table, schema))
    row = {kind.lower(): value for kind, value in given.items()}

    errors = bigquery_client.insert_rows_json(table, [{"n": 0, **row}, *({"n": 1} for _ in range(count))])

    first, second, *_others = bigquery_client.query_and_wait(f"SELECT * FROM `{table}` ORDER BY n")
    assert errors == []
    assert [str(value) for value in list(first.values())[1:]] == [
        "-9223372036854775808",
        "-inf",
        "99999999999999999999999999999.999999999",
        "True",
        "é🙂 'x' \u0000 \\ \n",
        'b"\\x00\\xff\'"',
        "0001-01-01",
        "23:59:59.999999",
        "9999-12-31 23:59:59.999999",
        "9999-12-31 23:59:59.999999+00:00",
        "{'K': [1, None], 'k': \"it's\"}",
    ]
    assert set(list(second.values())[1:]) == {None}
