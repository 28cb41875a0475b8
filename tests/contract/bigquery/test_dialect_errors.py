"""Errors say what is wrong and where, in BigQuery's words."""

from __future__ import annotations

import pytest
from google.api_core.exceptions import GoogleAPICallError
from google.cloud import bigquery

_ENGINE_WORDS = ("duckdb", "sqlglot", "Binder", "Catalog Error", "LINE 1", "emulator", "__", "macro", "bq_")

REFUSALS: list[tuple[str, str, str]] = [
    ("SELECT foo FROM dialect_errors.t", "invalidQuery", "Unrecognized name: foo at [1:8]"),
    ("SELECT id,\n  foo\nFROM dialect_errors.t", "invalidQuery", "Unrecognized name: foo at [2:3]"),
    ("SELECT x.foo FROM dialect_errors.t AS x", "invalidQuery", "Name foo not found inside x at [1:10]"),
    ("SELECT nosuch.id FROM dialect_errors.t", "invalidQuery", "Unrecognized name: nosuch at [1:8]"),
    (
        "SELECT NO_SUCH_FUNCTION(id) FROM dialect_errors.t",
        "invalidQuery",
        "Function not found: NO_SUCH_FUNCTION at [1:8]",
    ),
    (
        "SELECT * FROM dialect_errors.nothing",
        "notFound",
        "Not found: Table {p}:dialect_errors.nothing was not found in location US",
    ),
    (
        "INSERT INTO dialect_errors.nothing (id) SELECT 'a'",
        "notFound",
        "Not found: Table {p}:dialect_errors.nothing was not found in location US",
    ),
    (
        "SELECT * FROM no_such_dataset.t",
        "notFound",
        "Not found: Dataset {p}:no_such_dataset was not found in location US",
    ),
    ("SELECT id FROM dialect_errors.t WHERE", "invalidQuery", "Syntax error: Unexpected"),
    ("SELECT (1", "invalidQuery", "Syntax error: "),
    ("SELECT 'open", "invalidQuery", "Syntax error: Unclosed string literal"),
    ("SELECT 'a\nb'", "invalidQuery", "Syntax error: Unclosed string literal at [1:8]"),
    ("SELECT 1 AS at", "invalidQuery", "Syntax error: Unexpected keyword AT at [1:13]"),
    ("SELECT TIMESTAMP '2025-11-01+01:00'", "invalidQuery", "Invalid TIMESTAMP literal at [1:8]"),
    (
        "SELECT * FROM dialect_errors.t AS x JOIN dialect_errors.t AS y ON x.id = y.id",
        "invalidQuery",
        "Duplicate column names in the result are not supported. Found duplicate(s): id, n",
    ),
    (
        "SELECT id, COUNT(*) FROM dialect_errors.t",
        "invalidQuery",
        "SELECT list expression references column id which is neither grouped nor aggregated at [1:8]",
    ),
    ("SELECT 9223372036854775807 + 1", "invalidQuery", "int64 overflow"),
    ("SELECT INT64(JSON '\"a\"')", "invalidQuery", "The provided JSON input is not an integer"),
    ("SELECT PARSE_JSON('{{')", "invalidQuery", "Invalid input to PARSE_JSON"),
    ("SELECT ERROR('given up: for good')", "invalidQuery", "given up: for good"),
    ("SELECT ERROR(CONCAT('row ', id)) FROM (SELECT 'a' AS id)", "invalidQuery", "row a"),
]


@pytest.mark.parametrize(("sql", "reason", "message"), REFUSALS)
def test_a_wrong_statement_is_refused_in_bigquery_s_words(
    bigquery_client: bigquery.Client, sql: str, reason: str, message: str
) -> None:
    bigquery_client.create_dataset("dialect_errors", exists_ok=True)
    bigquery_client.query_and_wait("CREATE TABLE IF NOT EXISTS dialect_errors.t (id STRING, n NUMERIC)")

    with pytest.raises(GoogleAPICallError) as refusal:
        bigquery_client.query(sql.replace("{{", "{"), job_retry=None).result(retry=None)

    said = refusal.value.errors[0]
    assert said["reason"] == reason
    assert said["message"].startswith(message.format(p=bigquery_client.project))
    assert [word for word in _ENGINE_WORDS if word in said["message"]] == []


def test_a_place_is_that_of_the_statement_as_sent_also_with_a_default_dataset(
    bigquery_client: bigquery.Client,
) -> None:
    bigquery_client.create_dataset("dialect_errors", exists_ok=True)
    bigquery_client.query_and_wait("CREATE TABLE IF NOT EXISTS dialect_errors.t (id STRING, n NUMERIC)")
    config = bigquery.QueryJobConfig(default_dataset=f"{bigquery_client.project}.dialect_errors")

    sql = "-- A comment.\nSELECT\n  id,\n  foo\nFROM t"
    with pytest.raises(GoogleAPICallError) as refusal:
        bigquery_client.query(sql, job_config=config, job_retry=None).result(retry=None)

    assert refusal.value.errors[0]["message"] == "Unrecognized name: foo at [4:3]"
