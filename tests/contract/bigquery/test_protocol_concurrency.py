"""Many clients at once, and appends to a table that grows."""

from __future__ import annotations

import io
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from google.cloud import bigquery

from tests.contract.bigquery.conftest import PROJECT, Server


def test_sixteen_clients_stream_load_change_and_query_at_once(bigquery_server: Server, dataset: str) -> None:
    schema = [bigquery.SchemaField("a", "INT64")]

    def work(number: int) -> int:
        client = bigquery_server.client()
        table = f"{PROJECT}.{dataset}.t{number % 4}"
        client.create_table(bigquery.Table(table, schema), exists_ok=True)
        assert client.insert_rows_json(table, [{"a": 1}, {"a": 2}]) == []
        config = bigquery.LoadJobConfig(source_format="CSV")
        client.load_table_from_file(io.BytesIO(b"3\n4\n"), table, job_config=config).result()
        client.query(f"INSERT INTO `{table}` (a) VALUES (5)", job_retry=None).result()
        changed = client.query(f"UPDATE `{table}` SET a = a + 0 WHERE a = 5", job_retry=None)
        changed.result()
        return changed.num_dml_affected_rows or 0

    with ThreadPoolExecutor(16) as threads:
        affected = list(threads.map(work, range(16)))

    client = bigquery_server.client()
    counts = [client.get_table(f"{dataset}.t{number}").num_rows for number in range(4)]
    assert counts == [20, 20, 20, 20]
    assert min(affected) >= 1


def test_the_second_writer_of_a_row_waits(bigquery_server: Server, dataset: str) -> None:
    client = bigquery_server.client()
    client.query_and_wait(f"CREATE TABLE {dataset}.counter AS SELECT 0 AS n")

    def add_one(_number: int) -> None:
        bigquery_server.client().query_and_wait(f"UPDATE {dataset}.counter SET n = n + 1 WHERE TRUE")

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(add_one, range(32)))

    assert [row[0] for row in client.query_and_wait(f"SELECT n FROM {dataset}.counter")] == [32]


@pytest.mark.parametrize("rows", [2_000_000])
def test_an_append_does_not_copy_the_table(bigquery_client: bigquery.Client, dataset: str, rows: int) -> None:
    grown, small = f"{dataset}.grown", f"{dataset}.small"
    filled = f"SELECT a, CAST(a AS STRING) AS s FROM UNNEST(GENERATE_ARRAY(1, {rows})) AS a"
    bigquery_client.query_and_wait(f"CREATE TABLE {grown} AS {filled}")
    bigquery_client.query_and_wait(f"CREATE TABLE {small} AS SELECT 1 AS a, 's' AS s")

    def seconds(table: str) -> float:
        started = time.monotonic()
        for number in range(5):
            bigquery_client.insert_rows_json(f"{PROJECT}.{table}", [{"a": number, "s": "x"}])
        return time.monotonic() - started

    # The quickest of some tries: how long one takes on a busy machine tells nothing.
    quickest = min(seconds(small) for _ in range(5))
    assert any(seconds(grown) < 5 * quickest + 0.1 for _ in range(50))
