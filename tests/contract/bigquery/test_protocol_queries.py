"""Queries: destinations, figures, limits and dry runs."""

from __future__ import annotations

import datetime

import pytest
from google.api_core.exceptions import BadRequest, Conflict, NotFound
from google.cloud import bigquery

from tests.contract.bigquery.conftest import PROJECT
from tests.patience import PATIENCE_SECONDS

NUMBERS = "SELECT a, DATE '2025-11-01' AS day FROM UNNEST([1, 2, 3]) AS a"


def _run(
    client: bigquery.Client, sql: str, config: bigquery.QueryJobConfig | None = None
) -> bigquery.QueryJob:
    job = client.query(sql, job_config=config, job_retry=None, retry=None, timeout=PATIENCE_SECONDS)
    job.result(retry=None, timeout=PATIENCE_SECONDS)
    return job


def _rows(client: bigquery.Client, table: str) -> int:
    return client.get_table(table).num_rows


def test_a_destination_is_created_from_the_rows(bigquery_client: bigquery.Client, dataset: str) -> None:
    table = f"{PROJECT}.{dataset}.fresh"

    _run(bigquery_client, NUMBERS, bigquery.QueryJobConfig(destination=table))

    created = bigquery_client.get_table(table)
    assert [(column.name, column.field_type) for column in created.schema] == [
        ("a", "INTEGER"),
        ("day", "DATE"),
    ]
    assert created.num_rows == 3


@pytest.mark.parametrize(("disposition", "expected"), [("WRITE_APPEND", 6), ("WRITE_TRUNCATE", 3)])
def test_a_write_disposition_says_what_happens_to_the_rows_there(
    bigquery_client: bigquery.Client, dataset: str, disposition: str, expected: int
) -> None:
    table = f"{PROJECT}.{dataset}.t"
    _run(bigquery_client, NUMBERS, bigquery.QueryJobConfig(destination=table))

    _run(bigquery_client, NUMBERS, bigquery.QueryJobConfig(destination=table, write_disposition=disposition))

    assert _rows(bigquery_client, table) == expected


def test_write_empty_refuses_a_table_with_rows(bigquery_client: bigquery.Client, dataset: str) -> None:
    config = bigquery.QueryJobConfig(destination=f"{PROJECT}.{dataset}.t", write_disposition="WRITE_EMPTY")
    _run(bigquery_client, NUMBERS, config)

    with pytest.raises(Conflict, match="Already Exists: Table"):
        _run(bigquery_client, NUMBERS, config)


def test_create_never_refuses_a_missing_table(bigquery_client: bigquery.Client, dataset: str) -> None:
    config = bigquery.QueryJobConfig(destination=f"{PROJECT}.{dataset}.t", create_disposition="CREATE_NEVER")

    with pytest.raises(NotFound):
        _run(bigquery_client, NUMBERS, config)


def test_a_decorator_writes_one_partition(bigquery_client: bigquery.Client, dataset: str) -> None:
    table = f"{PROJECT}.{dataset}.t"
    by_day = bigquery.TimePartitioning(field="day")
    both = f"{NUMBERS} UNION ALL SELECT 9, DATE '2025-11-02'"
    _run(bigquery_client, both, bigquery.QueryJobConfig(destination=table, time_partitioning=by_day))
    first = bigquery.QueryJobConfig(destination=f"{table}$20251101", write_disposition="WRITE_TRUNCATE")

    _run(bigquery_client, "SELECT 7 AS a, DATE '2025-11-01' AS day", first)

    found = bigquery_client.query_and_wait(f"SELECT a, day FROM {dataset}.t ORDER BY day")
    expected = [(7, datetime.date(2025, 11, 1)), (9, datetime.date(2025, 11, 2))]
    assert [tuple(row.values()) for row in found] == expected
    with pytest.raises(BadRequest, match="different partitions"):
        _run(bigquery_client, "SELECT 8 AS a, DATE '2025-11-02' AS day", first)


def test_a_job_tells_what_it_did_and_cost(bigquery_client: bigquery.Client, dataset: str) -> None:
    _run(bigquery_client, NUMBERS, bigquery.QueryJobConfig(destination=f"{PROJECT}.{dataset}.t"))

    job = _run(bigquery_client, f"UPDATE {dataset}.t SET a = a + 1 WHERE a > 1")

    assert job.statement_type == "UPDATE"
    assert job.num_dml_affected_rows == 2
    assert job.dml_stats == bigquery.DmlStats(updated_row_count=2)
    assert job.total_bytes_processed > 0
    assert job.total_bytes_billed == 10 * 1024 * 1024
    assert job.slot_millis >= 1
    assert job.created <= job.started <= job.ended


def test_a_merge_counts_inserted_and_updated_rows(bigquery_client: bigquery.Client, dataset: str) -> None:
    _run(bigquery_client, NUMBERS, bigquery.QueryJobConfig(destination=f"{PROJECT}.{dataset}.t"))
    merge = f"""
        MERGE {dataset}.t t USING (SELECT a FROM UNNEST([2, 3, 4]) AS a) s ON t.a = s.a
        WHEN MATCHED THEN UPDATE SET day = NULL
        WHEN NOT MATCHED THEN INSERT (a) VALUES (s.a)"""

    job = _run(bigquery_client, merge)

    assert job.num_dml_affected_rows == 3
    assert job.dml_stats == bigquery.DmlStats(inserted_row_count=1, updated_row_count=2)


def test_a_replacing_merge_counts_inserted_and_deleted_rows(
    bigquery_client: bigquery.Client, dataset: str
) -> None:
    _run(bigquery_client, NUMBERS, bigquery.QueryJobConfig(destination=f"{PROJECT}.{dataset}.t"))
    merge = f"""
        MERGE {dataset}.t t USING (SELECT 8 AS a) s ON FALSE
        WHEN NOT MATCHED BY SOURCE THEN DELETE
        WHEN NOT MATCHED BY TARGET THEN INSERT (a) VALUES (s.a)"""

    job = _run(bigquery_client, merge)

    assert job.dml_stats == bigquery.DmlStats(inserted_row_count=1, deleted_row_count=3)


def test_a_limit_on_bytes_billed_below_ten_mebibytes_is_refused(bigquery_client: bigquery.Client) -> None:
    with pytest.raises(BadRequest, match="10485760 or higher required"):
        _run(bigquery_client, "SELECT 1", bigquery.QueryJobConfig(maximum_bytes_billed=10_485_759))


def test_a_dry_run_tells_columns_and_cost_and_changes_nothing(
    bigquery_client: bigquery.Client, dataset: str
) -> None:
    _run(bigquery_client, NUMBERS, bigquery.QueryJobConfig(destination=f"{PROJECT}.{dataset}.t"))
    dry = bigquery.QueryJobConfig(dry_run=True, use_query_cache=False)

    asked = bigquery_client.query(f"SELECT a FROM {dataset}.t", job_config=dry, job_retry=None)
    bigquery_client.query(f"DELETE FROM {dataset}.t WHERE TRUE", job_config=dry, job_retry=None)

    assert asked.total_bytes_processed > 0
    assert [column.name for column in asked.schema] == ["a"]
    assert _rows(bigquery_client, f"{dataset}.t") == 3


def test_a_dry_run_of_a_wrong_statement_is_refused(bigquery_client: bigquery.Client) -> None:
    with pytest.raises(BadRequest):
        bigquery_client.query(
            "SELECT nothing", job_config=bigquery.QueryJobConfig(dry_run=True), job_retry=None
        )


def test_long_results_come_in_pages(bigquery_client: bigquery.Client) -> None:
    job = bigquery_client.query(
        "SELECT a FROM UNNEST(GENERATE_ARRAY(1, 2500)) AS a ORDER BY a", job_retry=None
    )

    rows = [row["a"] for row in job.result(page_size=1000)]

    assert rows == list(range(1, 2501))


def test_numeric_results_have_no_exponent(bigquery_client: bigquery.Client) -> None:
    rows = bigquery_client.query_and_wait("SELECT CAST('0.0000008' AS NUMERIC), CAST('1000' AS NUMERIC)")

    assert [str(value) for value in next(iter(rows)).values()] == ["8E-7", "1000"]
