"""The sample billing export that `make run` keeps up to date."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from google.cloud import bigquery

from local.samples.gcp_billing_export import rows
from local.samples.keep_billing_export import keep_billing_export
from local.samples.load_billing_export import DATASET, SEED, TABLE, load_billing_export

MONDAY = date(2025, 11, 17)
NAME = f"{DATASET}.{TABLE}"


@pytest.fixture(autouse=True)
def remove(client: bigquery.Client) -> Iterator[None]:
    yield
    client.delete_dataset(DATASET, delete_contents=True, not_found_ok=True)


def held(client: bigquery.Client) -> list[tuple[date, int, str]]:
    """Each day, how many rows were exported on it and what they cost."""
    sql = f"SELECT DATE(export_time), COUNT(*), CAST(SUM(CAST(cost AS NUMERIC)) AS STRING) FROM {NAME} GROUP BY 1"
    return sorted(tuple(row.values()) for row in client.query_and_wait(sql))


def days_of(client: bigquery.Client) -> tuple[date, date, int]:
    """The first and the last day, and the count of all rows."""
    found = held(client)
    return found[0][0], found[-1][0], sum(count for _, count, _ in found)


def count(first_day: date, last_day: date) -> int:
    return sum(1 for _ in rows(first_day=first_day, last_day=last_day, seed=SEED))


def test_it_holds_two_weeks_at_first_and_every_day_since_later_on(client: bigquery.Client) -> None:
    first_day, thursday = MONDAY - timedelta(days=13), MONDAY + timedelta(days=3)

    was_made = keep_billing_export(client, yesterday=MONDAY)
    made = days_of(client)
    was_kept = keep_billing_export(client, yesterday=MONDAY)
    was_added_to = keep_billing_export(client, yesterday=thursday)

    assert (was_made, was_kept, was_added_to) == (True, False, True)
    assert made == (first_day, MONDAY, count(first_day, MONDAY))
    assert days_of(client) == (first_day, thursday, count(first_day, thursday))
    grown = held(client)
    load_billing_export(client, dataset=DATASET, table=TABLE, first_day=first_day, last_day=thursday)
    assert grown == held(client)


def test_one_that_is_far_behind_is_made_anew(client: bigquery.Client) -> None:
    keep_billing_export(client, yesterday=MONDAY)

    assert keep_billing_export(client, yesterday=MONDAY + timedelta(days=36))

    assert days_of(client)[:2] == (MONDAY + timedelta(days=23), MONDAY + timedelta(days=36))


@pytest.mark.parametrize(
    "statement",
    [
        f"CREATE TABLE {NAME} (export_time TIMESTAMP)",
        f"CREATE TABLE {NAME} AS SELECT TIMESTAMP '2025-11-10' AS export_time, 12.5 AS cost",
        f"CREATE TABLE {NAME} AS SELECT 12.5 AS cost",
        f"CREATE VIEW {NAME} AS SELECT TIMESTAMP '2025-11-10' AS export_time, 12.5 AS cost",
    ],
)
def test_somebody_s_own_table_stays_as_it_is(client: bigquery.Client, statement: str) -> None:
    client.create_dataset(DATASET)
    client.query_and_wait(statement)
    before = [tuple(row.values()) for row in client.query_and_wait(f"SELECT * FROM {NAME}")]

    assert not keep_billing_export(client, yesterday=MONDAY)

    assert [tuple(row.values()) for row in client.query_and_wait(f"SELECT * FROM {NAME}")] == before
