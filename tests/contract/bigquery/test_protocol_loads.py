"""Load jobs: every format and way of uploading that Google's client uses."""

from __future__ import annotations

import gzip
import io
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from google.api_core.exceptions import BadRequest, Conflict
from google.cloud import bigquery

from tests.contract.bigquery.conftest import PROJECT
from tests.patience import PATIENCE_SECONDS

SCHEMA = [
    bigquery.SchemaField("a", "INT64"),
    bigquery.SchemaField("n", "NUMERIC"),
    bigquery.SchemaField("s", "STRING"),
    bigquery.SchemaField("j", "JSON"),
]
NDJSON = b'{"a": 1, "n": "0.0000008", "s": "x, y", "j": {"k": [1, 2]}}\n{"a": 2, "n": 0.1234567895}\n'
CSV = b'a,n,s,j\n1,0.0000008,"x, y","{""k"": [1, 2]}"\n2,0.1234567895,,\n'
EXPECTED = [(1, Decimal("0.0000008"), "x, y", {"k": [1, 2]}), (2, Decimal("0.12345679"), None, None)]


def _parquet() -> bytes:
    numbers = pa.array([Decimal("0.000000800"), Decimal("0.123456790")], pa.decimal128(38, 9))
    file = io.BytesIO()
    pq.write_table(
        pa.table({"a": [1, 2], "n": numbers, "s": ["x, y", None], "j": ['{"k": [1, 2]}', None]}), file
    )
    return file.getvalue()


CONTENTS = {"NEWLINE_DELIMITED_JSON": NDJSON, "CSV": CSV, "PARQUET": _parquet()}


@pytest.fixture
def table(bigquery_client: bigquery.Client, dataset: str) -> str:
    bigquery_client.create_table(bigquery.Table(f"{PROJECT}.{dataset}.t", SCHEMA))
    return f"{PROJECT}.{dataset}.t"


def _load(client: bigquery.Client, content: bytes, table: str, **options: Any) -> bigquery.LoadJob:
    size, job_id = options.pop("size", None), options.pop("job_id", None)
    options.setdefault("source_format", "NEWLINE_DELIMITED_JSON")
    config = bigquery.LoadJobConfig(**options)
    job = client.load_table_from_file(io.BytesIO(content), table, size=size, job_id=job_id, job_config=config)
    job.result(retry=None, timeout=PATIENCE_SECONDS)
    return job


def _rows(client: bigquery.Client, table: str) -> list[tuple[Any, ...]]:
    return [
        tuple(row.values()) for row in client.query_and_wait(f"SELECT a, n, s, j FROM `{table}` ORDER BY a")
    ]


@pytest.mark.parametrize("way", ["multipart", "resumable"])
@pytest.mark.parametrize("source_format", ["NEWLINE_DELIMITED_JSON", "CSV", "PARQUET"])
def test_a_file_is_loaded_exactly(
    bigquery_client: bigquery.Client, table: str, source_format: str, way: str
) -> None:
    content = CONTENTS[source_format]
    skip = {"skip_leading_rows": 1} if source_format == "CSV" else {}
    size = len(content) if way == "multipart" else None

    job = _load(bigquery_client, content, table, source_format=source_format, size=size, **skip)

    assert job.output_rows == 2
    assert _rows(bigquery_client, table) == EXPECTED


@pytest.mark.parametrize("source_format", ["NEWLINE_DELIMITED_JSON", "CSV"])
def test_a_gzipped_file_is_loaded(bigquery_client: bigquery.Client, table: str, source_format: str) -> None:
    skip = {"skip_leading_rows": 1} if source_format == "CSV" else {}

    _load(bigquery_client, gzip.compress(CONTENTS[source_format]), table, source_format=source_format, **skip)

    assert _rows(bigquery_client, table) == EXPECTED


@pytest.mark.parametrize("source_format", CONTENTS)
def test_a_file_without_rows_creates_its_table(
    bigquery_client: bigquery.Client, dataset: str, source_format: str
) -> None:
    table, content = f"{PROJECT}.{dataset}.fresh", b""
    if source_format == "PARQUET":
        file = io.BytesIO()
        pq.write_table(pa.table({"a": pa.array([], pa.int64())}), file)
        content = file.getvalue()

    job = _load(bigquery_client, content, table, source_format=source_format, schema=SCHEMA[:1])

    assert (job.output_rows, bigquery_client.get_table(table).num_rows) == (0, 0)


def test_names_that_differ_in_case_only_are_kept_in_json(
    bigquery_client: bigquery.Client, table: str
) -> None:
    _load(bigquery_client, b'{"a": 1, "j": {"k": 1, "K": {"x": 2, "X": 3}}}\n', table)

    assert _rows(bigquery_client, table) == [(1, None, None, {"k": 1, "K": {"x": 2, "X": 3}})]


def test_an_appending_load_counts_only_its_own_rows(bigquery_client: bigquery.Client, table: str) -> None:
    _load(bigquery_client, NDJSON, table)

    second = _load(bigquery_client, b'{"a": 3}\n', table)

    assert second.output_rows == 1
    assert bigquery_client.get_table(table).num_rows == 3


def test_a_load_job_id_is_used_once(bigquery_client: bigquery.Client, table: str) -> None:
    job_id = f"load-{uuid4()}"
    _load(bigquery_client, NDJSON, table, job_id=job_id)

    for size in (None, len(NDJSON)):
        with pytest.raises(Conflict, match=f"Already Exists: Job {PROJECT}:US.{job_id}"):
            _load(bigquery_client, NDJSON, table, job_id=job_id, size=size)

    assert bigquery_client.get_table(table).num_rows == 2


def test_truncate_replaces_what_was_there(bigquery_client: bigquery.Client, table: str) -> None:
    _load(bigquery_client, NDJSON, table)

    _load(bigquery_client, b'{"a": 3}\n', table, write_disposition="WRITE_TRUNCATE")

    assert _rows(bigquery_client, table) == [(3, None, None, None)]


def test_a_failed_load_changes_nothing(bigquery_client: bigquery.Client, table: str) -> None:
    _load(bigquery_client, NDJSON, table)

    with pytest.raises(BadRequest, match="Error while reading data"):
        _load(bigquery_client, b'{"a": 3}\n{"a": "x"}\n', table, write_disposition="WRITE_TRUNCATE")

    assert _rows(bigquery_client, table) == EXPECTED


def test_an_error_does_not_quote_the_file(bigquery_client: bigquery.Client, table: str) -> None:
    with pytest.raises(BadRequest) as refused:
        _load(bigquery_client, b'{"a": "confidential"}\n', table)

    assert "confidential" not in str(refused.value)


def test_an_unknown_column_is_refused_unless_ignored(bigquery_client: bigquery.Client, table: str) -> None:
    with pytest.raises(BadRequest, match="No such field: b"):
        _load(bigquery_client, b'{"a": 1, "b": 2}\n', table)

    job = _load(bigquery_client, b'{"a": 1, "b": 2}\n', table, ignore_unknown_values=True)

    assert job.output_rows == 1


def test_a_load_may_add_columns_when_told(bigquery_client: bigquery.Client, table: str) -> None:
    schema = [bigquery.SchemaField("a", "INT64"), bigquery.SchemaField("b", "STRING")]
    allowed = {"schema": schema, "schema_update_options": ["ALLOW_FIELD_ADDITION"]}

    _load(bigquery_client, b'{"a": 1, "b": "new"}\n', table, **allowed)

    assert [column.name for column in bigquery_client.get_table(table).schema] == ["a", "n", "s", "j", "b"]


def test_a_load_creates_its_table_from_the_schema(bigquery_client: bigquery.Client, dataset: str) -> None:
    _load(bigquery_client, NDJSON, f"{PROJECT}.{dataset}.fresh", schema=SCHEMA)

    assert _rows(bigquery_client, f"{PROJECT}.{dataset}.fresh") == EXPECTED


def test_a_load_without_any_schema_is_refused(bigquery_client: bigquery.Client, dataset: str) -> None:
    with pytest.raises(BadRequest, match="No schema specified"):
        _load(bigquery_client, CSV, f"{PROJECT}.{dataset}.fresh", source_format="CSV")


def test_a_csv_schema_is_detected_with_its_header(bigquery_client: bigquery.Client, dataset: str) -> None:
    table = f"{PROJECT}.{dataset}.fresh"

    job = _load(bigquery_client, b"id,name\n1,x\n2,y\n", table, source_format="CSV", autodetect=True)

    assert job.output_rows == 2
    assert [column.name for column in bigquery_client.get_table(table).schema] == ["id", "name"]
