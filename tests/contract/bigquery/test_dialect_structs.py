"""Nested rows: structs, arrays of structs, and sub-selects over them."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from google.cloud import bigquery

_SCHEMA = [
    bigquery.SchemaField("service", "RECORD", fields=[bigquery.SchemaField("description", "STRING")]),
    bigquery.SchemaField("cost", "NUMERIC"),
    bigquery.SchemaField("usage_start_time", "TIMESTAMP"),
    bigquery.SchemaField(
        "labels", "RECORD", mode="REPEATED",
        fields=[bigquery.SchemaField("key", "STRING"), bigquery.SchemaField("value", "STRING")],
    ),
    bigquery.SchemaField(
        "credits", "RECORD", mode="REPEATED",
        fields=[bigquery.SchemaField("name", "STRING"), bigquery.SchemaField("amount", "NUMERIC")],
    ),
]  # fmt: skip
_ROWS = [
    {
        "service": {"description": "Compute"},
        "cost": "0.0000008",
        "usage_start_time": "2025-11-01T00:00:00Z",
        "labels": [{"key": "env", "value": "prod"}, {"key": "team", "value": "a"}],
        "credits": [{"name": "CUD", "amount": "-0.0000001"}, {"name": "Free", "amount": "-0.0000002"}],
    },
    {
        "service": {"description": "Storage"},
        "cost": "2",
        "usage_start_time": "2025-11-02T00:00:00Z",
        "labels": [],
        "credits": [],
    },
]
_D = Decimal

ANSWERS: list[tuple[str, list[tuple[Any, ...]]]] = [
    (
        "SELECT service.description, (SELECT SUM(c.amount) FROM UNNEST(credits) AS c) FROM {t} ORDER BY 1",
        [("Compute", _D("-0.0000003")), ("Storage", None)],
    ),
    (
        "SELECT service.description, (SELECT SUM(amount) FROM UNNEST(credits)) FROM {t} ORDER BY 1",
        [("Compute", _D("-0.0000003")), ("Storage", None)],
    ),
    (
        (
            "SELECT t.service.description AS service, SUM(cost) + SUM(IFNULL("
            "(SELECT SUM(c.amount) FROM UNNEST(t.credits) AS c), 0))"
            " AS net FROM {t} AS t GROUP BY service ORDER BY service"
        ),
        [("Compute", _D("0.0000005")), ("Storage", _D("2"))],
    ),
    ("SELECT l.key, l.value FROM {t}, UNNEST(labels) AS l ORDER BY l.key", [("env", "prod"), ("team", "a")]),
    (
        "SELECT service.description, l.key FROM {t} LEFT JOIN UNNEST(labels) AS l ORDER BY 1, 2",
        [("Compute", "env"), ("Compute", "team"), ("Storage", None)],
    ),
    (
        "SELECT (SELECT value FROM UNNEST(labels) WHERE key = 'team') FROM {t} ORDER BY cost",
        [("a",), (None,)],
    ),
    (
        "SELECT (SELECT l.value FROM UNNEST(labels) AS l WHERE l.key = 'env') FROM {t} ORDER BY cost",
        [("prod",), (None,)],
    ),
    (
        "SELECT ARRAY_LENGTH(labels), credits[SAFE_OFFSET(1)].name FROM {t} ORDER BY cost",
        [(2, "Free"), (0, None)],
    ),
    ("SELECT labels[OFFSET(0)].value FROM {t} WHERE ARRAY_LENGTH(labels) > 0", [("prod",)]),
    ("SELECT COUNT(*) FROM {t} WHERE EXISTS(SELECT 1 FROM UNNEST(labels) AS l WHERE l.key = 'env')", [(1,)]),
    ("SELECT SUM(c.amount * 2) FROM {t}, UNNEST(credits) AS c", [(_D("-0.0000006"),)]),
    (
        "SELECT (SELECT SUM(c.amount * t.cost) FROM UNNEST(t.credits) AS c) FROM {t} AS t WHERE cost < 1",
        [(_D("0"),)],
    ),
    (
        "SELECT c.name, place FROM {t}, UNNEST(credits) AS c WITH OFFSET AS place ORDER BY place",
        [("CUD", 0), ("Free", 1)],
    ),
    (
        "SELECT JSON_VALUE(TO_JSON(t), '$.service.description') FROM {t} AS t ORDER BY cost",
        [("Compute",), ("Storage",)],
    ),
    (
        "SELECT JSON_VALUE(TO_JSON(t), '$.usage_start_time') FROM {t} AS t WHERE cost = 2",
        [("2025-11-02T00:00:00Z",)],
    ),
    (
        "SELECT FORMAT_TIMESTAMP('%F', usage_start_time), DATE(usage_start_time) = '2025-11-01' FROM {t} ORDER BY 1",
        [("2025-11-01", True), ("2025-11-02", False)],
    ),
    ("SELECT STRUCT(cost, service.description).description FROM {t} WHERE cost = 2", [("Storage",)]),
]


@pytest.fixture(scope="module")
def exported(bigquery_client: bigquery.Client) -> str:
    """A table like a billing export, loaded from newline-delimited JSON."""
    dataset = f"dialect_{uuid4().hex[:8]}"
    bigquery_client.create_dataset(dataset)
    lines = "\n".join(json.dumps(row) for row in _ROWS).encode()
    config = bigquery.LoadJobConfig(schema=_SCHEMA, source_format="NEWLINE_DELIMITED_JSON")
    bigquery_client.load_table_from_file(io.BytesIO(lines), f"{dataset}.exported", job_config=config).result()
    return f"{dataset}.exported"


@pytest.mark.parametrize(("sql", "expected"), ANSWERS)
def test_a_nested_row_is_read_as_bigquery_reads_it(
    bigquery_client: bigquery.Client, exported: str, sql: str, expected: list[tuple[Any, ...]]
) -> None:
    job = bigquery_client.query(sql.format(t=exported), job_retry=None)

    assert [tuple(row) for row in job.result(retry=None)] == expected


def test_an_aggregate_of_structs_keeps_the_names_of_its_fields(
    bigquery_client: bigquery.Client, exported: str
) -> None:
    items = "ARRAY_AGG(STRUCT(t.service.description, cost AS amount) ORDER BY cost)"
    sql = f"SELECT {items} AS items FROM {exported} AS t"

    rows = list(bigquery_client.query_and_wait(sql))

    assert [row["items"] for row in rows] == [
        [{"description": "Compute", "amount": _D("0.0000008")}, {"description": "Storage", "amount": _D("2")}]
    ]
