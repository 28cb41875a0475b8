"""CREATE statements: what they say of a table is kept as if it had come over REST."""

from __future__ import annotations

import datetime

import pytest
from google.api_core.exceptions import BadRequest, Conflict, NotFound
from google.cloud import bigquery

from tests.contract.bigquery.conftest import PROJECT


def test_the_layout_of_a_created_table_is_kept(bigquery_client: bigquery.Client, dataset: str) -> None:
    bigquery_client.query_and_wait(f"""
        CREATE TABLE {dataset}.t (a INT64, day DATE) PARTITION BY day CLUSTER BY a
        OPTIONS (description = 'd', labels = [('k', 'v')], expiration_timestamp = TIMESTAMP '2035-01-01')""")

    found = bigquery_client.get_table(f"{dataset}.t")

    assert (found.time_partitioning.field, found.clustering_fields) == ("day", ["a"])
    assert (found.description, found.labels) == ("d", {"k": "v"})
    assert found.expires == datetime.datetime(2035, 1, 1, tzinfo=datetime.UTC)


def test_a_table_that_is_there_keeps_what_was_said_of_it(
    bigquery_client: bigquery.Client, dataset: str
) -> None:
    expires = "TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL 1 DAY)"
    options = f"OPTIONS (expiration_timestamp = {expires}, labels = [('k', 'v')])"
    bigquery_client.query_and_wait(f"CREATE TABLE {dataset}.t (a INT64) {options}")
    first = bigquery_client.get_table(f"{dataset}.t")

    bigquery_client.query_and_wait(f"CREATE TABLE IF NOT EXISTS {dataset}.t (a INT64, b INT64)")

    found = bigquery_client.get_table(f"{dataset}.t")
    assert first.expires is not None
    assert (found.expires, found.labels, found.schema) == (first.expires, {"k": "v"}, first.schema)


def test_a_view_is_not_created_over_another(bigquery_client: bigquery.Client, dataset: str) -> None:
    bigquery_client.query_and_wait(f"CREATE VIEW {dataset}.v AS SELECT 1 AS a")

    with pytest.raises(Conflict, match=f"Already Exists: Table {PROJECT}:{dataset}.v"):
        bigquery_client.query_and_wait(f"CREATE VIEW {dataset}.v AS SELECT 2 AS a", job_retry=None)

    assert [row[0] for row in bigquery_client.query_and_wait(f"SELECT a FROM {dataset}.v")] == [1]


def test_sql_replaces_and_drops_a_view_made_over_rest(bigquery_client: bigquery.Client, dataset: str) -> None:
    view = bigquery.Table(f"{PROJECT}.{dataset}.v")
    view.view_query = "SELECT 1 AS a"
    bigquery_client.create_table(view)

    bigquery_client.query_and_wait(f"CREATE OR REPLACE VIEW {dataset}.v AS SELECT 2 AS b")
    rows = [dict(row) for row in bigquery_client.query_and_wait(f"SELECT * FROM {dataset}.v")]
    bigquery_client.query_and_wait(f"DROP VIEW {dataset}.v")

    assert rows == [{"b": 2}]
    with pytest.raises(NotFound):
        bigquery_client.get_table(f"{dataset}.v", retry=None)


def test_a_required_column_takes_no_null_until_it_is_relaxed(
    bigquery_client: bigquery.Client, dataset: str
) -> None:
    schema = [bigquery.SchemaField("a", "INT64", "REQUIRED"), bigquery.SchemaField("b", "INT64")]
    table = bigquery_client.create_table(bigquery.Table(f"{PROJECT}.{dataset}.t", schema))
    insert = f"INSERT INTO {dataset}.t (b) VALUES (1)"
    with pytest.raises(BadRequest, match="Required field a cannot be null"):
        bigquery_client.query_and_wait(insert, job_retry=None)
    table.schema = [bigquery.SchemaField("a", "INT64"), schema[1]]

    bigquery_client.update_table(table, ["schema"])
    bigquery_client.query_and_wait(insert)

    assert bigquery_client.get_table(table.reference).num_rows == 1


def test_the_destination_of_a_query_can_be_listed(bigquery_client: bigquery.Client) -> None:
    job = bigquery_client.query("SELECT a FROM UNNEST([1, 2]) AS a ORDER BY a", job_retry=None)
    job.result()

    assert [row["a"] for row in bigquery_client.list_rows(job.destination)] == [1, 2]


def test_defining_a_table_is_not_billed(bigquery_client: bigquery.Client, dataset: str) -> None:
    for sql in (f"CREATE TABLE {dataset}.free (a STRING)", f"DROP TABLE {dataset}.free"):
        job = bigquery_client.query(sql, job_retry=None)
        job.result(retry=None)

        assert (job.total_bytes_processed, job.total_bytes_billed) == (0, 0)


def test_comments_may_come_before_a_definition(bigquery_client: bigquery.Client, dataset: str) -> None:
    comment = '/* {"app": "dbt"} */\n-- a view\n'
    bigquery_client.query_and_wait(f"{comment}CREATE TABLE {dataset}.t AS SELECT 1 AS a")
    bigquery_client.query_and_wait(f"{comment}ALTER TABLE {dataset}.t ADD COLUMN b STRING")

    bigquery_client.query_and_wait(f"{comment}CREATE VIEW {dataset}.v AS SELECT a, b FROM {dataset}.t")

    assert [tuple(row) for row in bigquery_client.query_and_wait(f"SELECT * FROM {dataset}.v")] == [(1, None)]


def test_a_statement_names_the_table_that_it_fills_as_its_destination(
    bigquery_client: bigquery.Client, dataset: str
) -> None:
    made = bigquery_client.query(f"CREATE TABLE {dataset}.t AS SELECT 1 AS a")
    made.result()
    changed = bigquery_client.query(f"UPDATE {dataset}.t SET a = 2 WHERE TRUE")
    changed.result()

    assert [str(one.destination) for one in (made, changed)] == [f"{PROJECT}.{dataset}.t"] * 2
