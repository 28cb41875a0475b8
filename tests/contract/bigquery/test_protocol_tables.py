"""Datasets, tables and views: what is kept of them, and what is refused."""

from __future__ import annotations

import datetime

import pytest
from google.api_core.exceptions import BadRequest, Conflict, NotFound
from google.cloud import bigquery

from tests.contract.bigquery.conftest import PROJECT, Server

EXPIRES = datetime.datetime(2035, 1, 1, tzinfo=datetime.UTC)


@pytest.fixture
def table(bigquery_client: bigquery.Client, dataset: str) -> bigquery.Table:
    schema = [bigquery.SchemaField("a", "INT64", "REQUIRED"), bigquery.SchemaField("day", "DATE")]
    described = bigquery.Table(f"{PROJECT}.{dataset}.t", schema)
    described.time_partitioning = bigquery.TimePartitioning(field="day", expiration_ms=86_400_000)
    described.require_partition_filter = True
    described.clustering_fields = ["a"]
    described.description = "what it holds"
    described.labels = {"team": "cost"}
    described.expires = EXPIRES
    return bigquery_client.create_table(described)


def _view(client: bigquery.Client, dataset: str, sql: str) -> bigquery.Table:
    view = bigquery.Table(f"{PROJECT}.{dataset}.v")
    view.view_query = sql
    return client.create_table(view)


def test_everything_said_of_a_table_is_kept(bigquery_client: bigquery.Client, table: bigquery.Table) -> None:
    found = bigquery_client.get_table(table.reference)

    assert found.schema == table.schema
    assert (found.time_partitioning.field, found.time_partitioning.expiration_ms) == ("day", 86_400_000)
    assert found.require_partition_filter is True
    assert (found.clustering_fields, found.description) == (["a"], "what it holds")
    assert (found.labels, found.expires) == ({"team": "cost"}, EXPIRES)
    assert (found.num_rows, found.location) == (0, "US")


def test_what_exists_is_not_created_again(bigquery_client: bigquery.Client, table: bigquery.Table) -> None:
    with pytest.raises(Conflict, match=f"Already Exists: Table {PROJECT}:{table.dataset_id}.t"):
        bigquery_client.create_table(bigquery.Table(table.reference), retry=None)
    with pytest.raises(Conflict, match=f"Already Exists: Dataset {PROJECT}:{table.dataset_id}"):
        bigquery_client.create_dataset(table.dataset_id, retry=None)


def test_what_is_missing_is_named(bigquery_client: bigquery.Client, dataset: str) -> None:
    with pytest.raises(NotFound, match=f"Not found: Table {PROJECT}:{dataset}.missing"):
        bigquery_client.get_table(f"{dataset}.missing", retry=None)
    with pytest.raises(NotFound, match=f"Not found: Dataset {PROJECT}:missing"):
        bigquery_client.get_table("missing.t", retry=None)
    with pytest.raises(NotFound, match=f"Not found: Dataset {PROJECT}:missing"):
        bigquery_client.get_dataset("missing", retry=None)
    with pytest.raises(NotFound, match=f"Not found: Dataset {PROJECT}:missing"):
        list(bigquery_client.list_tables("missing", retry=None))
    with pytest.raises(NotFound):
        bigquery_client.create_table(bigquery.Table(f"{PROJECT}.missing.t"), retry=None)


def test_nullable_columns_are_added(bigquery_client: bigquery.Client, table: bigquery.Table) -> None:
    bigquery_client.insert_rows_json(table, [{"a": 1}])
    table.schema = [*table.schema, bigquery.SchemaField("extra", "STRING")]
    table.description = "more"

    changed = bigquery_client.update_table(table, ["schema", "description"])

    errors = bigquery_client.insert_rows_json(changed, [{"a": 2, "extra": "x"}])
    rows = bigquery_client.query_and_wait(
        f"SELECT a, extra FROM {table.dataset_id}.t WHERE day IS NULL ORDER BY a"
    )
    assert errors == []
    assert [tuple(row.values()) for row in rows] == [(1, None), (2, "x")]
    assert (changed.description, changed.clustering_fields) == ("more", ["a"])


def test_destructive_schema_changes_are_refused(
    bigquery_client: bigquery.Client, table: bigquery.Table
) -> None:
    a, day = table.schema
    dropped = [a]
    retyped = [a, bigquery.SchemaField("day", "STRING")]
    required = [a, day, bigquery.SchemaField("extra", "STRING", "REQUIRED")]

    for schema in (dropped, retyped, required):
        table.schema = schema
        with pytest.raises(BadRequest, match="Provided Schema does not match"):
            bigquery_client.update_table(table, ["schema"], retry=None)

    assert bigquery_client.get_table(table.reference).schema == [a, day]


def test_labels_and_description_can_be_removed(
    bigquery_client: bigquery.Client, table: bigquery.Table
) -> None:
    table.labels = {"team": None, "tier": "one"}
    table.description = None
    table.expires = None

    changed = bigquery_client.update_table(table, ["labels", "description", "expires"])

    assert (changed.labels, changed.description, changed.expires) == ({"tier": "one"}, None, None)


def test_a_bignumeric_column_is_refused_and_not_an_internal_error(
    bigquery_client: bigquery.Client, dataset: str
) -> None:
    schema = [bigquery.SchemaField("r", "RECORD", fields=[bigquery.SchemaField("n", "BIGNUMERIC")])]

    with pytest.raises(BadRequest, match="BIGNUMERIC"):
        bigquery_client.create_table(bigquery.Table(f"{PROJECT}.{dataset}.t", schema), retry=None)


def test_a_view_shows_its_sql_and_columns(bigquery_client: bigquery.Client, table: bigquery.Table) -> None:
    sql = f"SELECT a + 1 AS b FROM `{PROJECT}.{table.dataset_id}.t`"

    view = _view(bigquery_client, table.dataset_id, sql)

    assert (view.table_type, view.view_query, view.view_use_legacy_sql) == ("VIEW", sql, False)
    assert [(column.name, column.field_type) for column in view.schema] == [("b", "INTEGER")]


def test_a_changed_view_is_read_with_its_changed_sql(
    bigquery_client: bigquery.Client, table: bigquery.Table
) -> None:
    view = _view(bigquery_client, table.dataset_id, f"SELECT a FROM `{PROJECT}.{table.dataset_id}.t`")
    bigquery_client.insert_rows_json(table, [{"a": 1}])
    view.view_query = f"SELECT a * 10 AS b FROM `{PROJECT}.{table.dataset_id}.t`"

    changed = bigquery_client.update_table(view, ["view_query"])

    rows = bigquery_client.query_and_wait(f"SELECT * FROM {table.dataset_id}.v")
    assert [dict(row) for row in rows] == [{"b": 10}]
    assert [column.name for column in changed.schema] == ["b"]


def test_a_view_of_a_missing_table_is_refused(bigquery_client: bigquery.Client, dataset: str) -> None:
    with pytest.raises(NotFound):
        _view(bigquery_client, dataset, f"SELECT * FROM `{PROJECT}.{dataset}.missing`")


def test_a_dataset_with_tables_is_deleted_only_with_them(
    bigquery_client: bigquery.Client, table: bigquery.Table
) -> None:
    with pytest.raises(BadRequest, match="still in use"):
        bigquery_client.delete_dataset(table.dataset_id, retry=None)

    bigquery_client.delete_dataset(table.dataset_id, delete_contents=True)

    with pytest.raises(NotFound):
        bigquery_client.get_dataset(table.dataset_id, retry=None)


def test_a_deleted_name_can_be_used_again(bigquery_client: bigquery.Client, table: bigquery.Table) -> None:
    bigquery_client.insert_rows_json(table, [{"a": 1}])
    bigquery_client.delete_table(table)

    again = bigquery_client.create_table(bigquery.Table(table.reference, table.schema))

    assert bigquery_client.get_table(again.reference).num_rows == 0


def test_a_wrong_request_gets_googles_error_body(bigquery_server: Server) -> None:
    with bigquery_server.http() as http:
        unknown = http.get("/nothing/like/this")
        no_json = http.post("/jobs", content=b"{")

    assert (unknown.status_code, unknown.json()["error"]["errors"][0]["reason"]) == (404, "notFound")
    assert (no_json.status_code, no_json.json()["error"]["errors"][0]["reason"]) == (400, "invalid")
    assert unknown.json()["error"]["status"] == "NOT_FOUND"
