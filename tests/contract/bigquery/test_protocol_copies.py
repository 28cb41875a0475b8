"""Copy and extract jobs: rows into another table, and into files that can be loaded again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from google.api_core.exceptions import BadRequest, Conflict, NotFound
from google.cloud import bigquery

from tests.contract.bigquery.conftest import PROJECT
from tests.patience import PATIENCE_SECONDS

SCHEMA = [
    bigquery.SchemaField("a", "INT64", "REQUIRED"),
    bigquery.SchemaField("n", "NUMERIC"),
    bigquery.SchemaField("at", "TIMESTAMP"),
    bigquery.SchemaField("b", "BYTES"),
    bigquery.SchemaField("j", "JSON"),
    bigquery.SchemaField("r", "RECORD", "REPEATED", fields=[bigquery.SchemaField("x", "DATE")]),
]
FLAT = SCHEMA[:5]
ROWS = [
    {"a": 1, "n": "0.000000001", "at": "2025-11-15T10:30:45.5Z", "b": "AP8=", "j": '{"k":[1,null,1.5]}'},
    {"a": 2, "n": "99999999999999999999999999999.999999999"},
]


def filled(client: bigquery.Client, dataset: str, schema: list[bigquery.SchemaField]) -> str:
    table = f"{PROJECT}.{dataset}.source"
    client.create_table(bigquery.Table(table, schema))
    nested = {"r": [{"x": "2025-11-01"}, {}]} if len(schema) > len(FLAT) else {}
    assert client.insert_rows_json(table, [ROWS[0] | nested, ROWS[1]]) == []
    return table


def rows(client: bigquery.Client, table: str) -> list[dict[str, Any]]:
    return [dict(row) for row in client.query_and_wait(f"SELECT * FROM `{table}` ORDER BY a")]


def test_a_table_is_copied_with_its_columns(bigquery_client: bigquery.Client, dataset: str) -> None:
    source, target = filled(bigquery_client, dataset, SCHEMA), f"{PROJECT}.{dataset}.target"

    bigquery_client.copy_table(source, target).result(timeout=PATIENCE_SECONDS)

    assert rows(bigquery_client, target) == rows(bigquery_client, source)
    assert bigquery_client.get_table(target).schema == bigquery_client.get_table(source).schema


@pytest.mark.parametrize(("disposition", "count"), [("WRITE_APPEND", 4), ("WRITE_TRUNCATE", 2)])
def test_a_copy_writes_as_its_disposition_says(
    bigquery_client: bigquery.Client, dataset: str, disposition: str, count: int
) -> None:
    source, target = filled(bigquery_client, dataset, SCHEMA), f"{PROJECT}.{dataset}.target"
    bigquery_client.copy_table(source, target).result(timeout=PATIENCE_SECONDS)
    config = bigquery.CopyJobConfig(write_disposition=disposition)

    with pytest.raises(Conflict, match="Already Exists"):
        bigquery_client.copy_table(source, target).result(timeout=PATIENCE_SECONDS)
    bigquery_client.copy_table(source, target, job_config=config).result(timeout=PATIENCE_SECONDS)

    assert len(rows(bigquery_client, target)) == count


def test_a_copy_of_what_is_not_there_is_refused(bigquery_client: bigquery.Client, dataset: str) -> None:
    with pytest.raises(NotFound, match="Not found: Table"):
        bigquery_client.copy_table(f"{PROJECT}.{dataset}.missing", f"{PROJECT}.{dataset}.t").result(
            timeout=PATIENCE_SECONDS
        )


@pytest.mark.parametrize(
    ("form", "compression"),
    [
        ("CSV", "NONE"),
        ("CSV", "GZIP"),
        ("NEWLINE_DELIMITED_JSON", "NONE"),
        ("NEWLINE_DELIMITED_JSON", "GZIP"),
        ("PARQUET", "SNAPPY"),
    ],
)
def test_what_was_extracted_loads_as_it_was(
    bigquery_client: bigquery.Client, dataset: str, tmp_path: Path, form: str, compression: str
) -> None:
    schema = FLAT if form == "CSV" else SCHEMA
    source, target = filled(bigquery_client, dataset, schema), f"{PROJECT}.{dataset}.target"
    extract = bigquery.ExtractJobConfig(destination_format=form, compression=compression)
    load = bigquery.LoadJobConfig(source_format=form, schema=schema)
    if form == "CSV":
        load.skip_leading_rows = 1

    bigquery_client.extract_table(source, f"file://{tmp_path}/rows-*", job_config=extract).result(
        timeout=PATIENCE_SECONDS
    )
    bigquery_client.load_table_from_uri(f"file://{tmp_path}/rows-*", target, job_config=load).result(
        timeout=PATIENCE_SECONDS
    )

    assert rows(bigquery_client, target) == rows(bigquery_client, source)


def test_nested_rows_don_t_fit_into_csv(
    bigquery_client: bigquery.Client, dataset: str, tmp_path: Path
) -> None:
    source = filled(bigquery_client, dataset, SCHEMA)

    with pytest.raises(BadRequest, match="nested"):
        bigquery_client.extract_table(source, f"file://{tmp_path}/rows.csv").result(timeout=PATIENCE_SECONDS)

    assert list(tmp_path.iterdir()) == []
