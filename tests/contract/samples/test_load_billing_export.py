"""The billing export, loaded into the stand-in by Google's client."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from google.cloud import bigquery

from local.samples.gcp_billing_export import SCHEMA, rows
from local.samples.load_billing_export import load_billing_export
from tests.patience import PATIENCE_SECONDS

FIRST, LAST = date(2025, 11, 1), date(2025, 11, 3)


@pytest.fixture(name="dataset")
def create_dataset(client: bigquery.Client) -> Iterator[str]:
    yield "billing_export"
    client.delete_dataset("billing_export", delete_contents=True, not_found_ok=True)


def load(client: bigquery.Client, dataset: str, *, last_day: date = LAST) -> int:
    return load_billing_export(
        client, dataset=dataset, table="export", first_day=FIRST, last_day=last_day, seed=1
    )


def stored_rows(client: bigquery.Client, dataset: str) -> list[tuple[object, ...]]:
    statement = f"""
        SELECT FORMAT_TIMESTAMP('%Y-%m-%dT%H:%M:%SZ', export_time), sku.id AS sku_id, project.id AS project_id, cost,
          ARRAY_LENGTH(credits)
        FROM {dataset}.export"""
    found = [
        tuple(row.values())
        for row in client.query(statement, job_retry=None).result(timeout=PATIENCE_SECONDS)
    ]
    return sorted(found, key=repr)


def expected_rows(*, last_day: date) -> list[tuple[object, ...]]:
    def outline(row: dict[str, Any]) -> tuple[object, ...]:
        return (
            row["export_time"],
            row["sku"]["id"],
            (row["project"] or {}).get("id"),
            row["cost"],
            len(row["credits"]),
        )

    return sorted((outline(row) for row in rows(first_day=FIRST, last_day=last_day, seed=1)), key=repr)


def test_every_row_of_the_days_is_in_the_table(client: bigquery.Client, dataset: str) -> None:
    row_count = load(client, dataset)

    assert row_count == len(expected_rows(last_day=LAST))
    assert stored_rows(client, dataset) == expected_rows(last_day=LAST)


def test_loading_again_replaces_what_was_there(client: bigquery.Client, dataset: str) -> None:
    load(client, dataset)

    load(client, dataset, last_day=FIRST)

    assert stored_rows(client, dataset) == expected_rows(last_day=FIRST)


def test_the_table_is_partitioned_by_export_day_and_has_the_exports_columns(
    client: bigquery.Client, dataset: str
) -> None:
    load(client, dataset, last_day=FIRST)

    table = client.get_table(f"{dataset}.export")

    assert table.time_partitioning.field == "export_time"
    assert table.time_partitioning.type_ == "DAY"
    assert [(field.name, field.mode) for field in table.schema] == [
        (field["name"], field["mode"]) for field in SCHEMA
    ]
