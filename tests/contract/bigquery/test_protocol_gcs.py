"""Load jobs of objects in Cloud Storage: which are read, as whom, and what of them is refused."""

from __future__ import annotations

import gzip
import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from google.api_core.exceptions import BadRequest, Forbidden, GoogleAPICallError, NotFound
from google.cloud import bigquery, storage
from google.oauth2.credentials import Credentials

from local.identity.access_tokens import access_token_of
from local.storage.server import StorageServer
from tests.contract.adapters.stand_in import client_of
from tests.contract.bigquery.conftest import Server

ACME = "t-acme@p.iam.gserviceaccount.com"
COLUMNS = [bigquery.SchemaField("a", "INTEGER"), bigquery.SchemaField("s", "STRING")]


def parquet(rows: list[dict[str, object]]) -> bytes:
    target = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), target)
    return target.getvalue()


def load(
    client: bigquery.Client, dataset: str, *uris: str, source_format: str = "CSV", **options: object
) -> list[tuple[int | None, str | None]]:
    """The rows of a table that is made of the objects. Raises what the job fails with."""
    config = bigquery.LoadJobConfig(
        schema=COLUMNS, source_format=source_format, write_disposition="WRITE_TRUNCATE", **options
    )
    client.load_table_from_uri(list(uris), f"{dataset}.t", job_config=config).result()
    return [(row["a"], row["s"]) for row in client.list_rows(f"{dataset}.t")]


@pytest.mark.parametrize(
    ("source_format", "contents"),
    [
        ("CSV", (b"1,x\n", b"2,y\n")),
        ("NEWLINE_DELIMITED_JSON", (b'{"a": 1, "s": "x"}\n', b'{"a": 2, "s": "y"}\n')),
        (
            "NEWLINE_DELIMITED_JSON",
            (gzip.compress(b'{"a": 1, "s": "x"}\n'), gzip.compress(b'{"a": 2, "s": "y"}')),
        ),
        ("PARQUET", (parquet([{"a": 1, "s": "x"}]), parquet([{"a": 2, "s": "y"}]))),
    ],
)
def test_the_objects_that_uris_name_are_loaded(
    bigquery_client: bigquery.Client,
    dataset: str,
    bucket: storage.Bucket,
    source_format: str,
    contents: tuple[bytes, bytes],
) -> None:
    bucket.blob("in/2025/01/rows").upload_from_string(contents[0])
    bucket.blob("one?#%.rows").upload_from_string(contents[1])
    bucket.blob("in/2025.txt").upload_from_string(b"another")

    uris = (f"gs://{bucket.name}/in/*rows", f"gs://{bucket.name}/one?#%.rows")
    rows = load(bigquery_client, dataset, *uris, source_format=source_format)

    assert sorted(rows) == [(1, "x"), (2, "y")]


def test_several_texts_may_mean_null(
    bigquery_client: bigquery.Client, dataset: str, bucket: storage.Bucket
) -> None:
    bucket.blob("a.csv").upload_from_string("NULL,x\n,NULL\n3,n/a\n")

    rows = load(bigquery_client, dataset, f"gs://{bucket.name}/a.csv", null_markers=["NULL", ""])

    assert sorted(rows, key=str) == [(3, "n/a"), (None, "x"), (None, None)]


@pytest.mark.parametrize(
    ("name", "error", "said"),
    [
        ("none.csv", NotFound, "Not found: URI gs://.*/none.csv"),
        ("none*", NotFound, "Not found: URI gs://.*/none"),
        ("a*b*", BadRequest, "may have one wildcard"),
        ("a.csv#1234567890123456", BadRequest, "can't name a generation of an object"),
        ("?.csv", NotFound, "Not found"),
        ("*.csv*", BadRequest, "one wildcard"),
        ("mixed*", BadRequest, r"compressed and uncompressed files: gs://.*/mixed2, gs://.*/mixed1"),
    ],
)
def test_what_can_not_be_loaded_is_refused(
    bigquery_client: bigquery.Client,
    dataset: str,
    bucket: storage.Bucket,
    name: str,
    error: type[GoogleAPICallError],
    said: str,
) -> None:
    bucket.blob("a.csv").upload_from_string("1,x\n")
    bucket.blob("mixed1").upload_from_string("1,x\n")
    bucket.blob("mixed2").upload_from_string(gzip.compress(b"1,x\n"))

    with pytest.raises(error, match=said):
        load(bigquery_client, dataset, f"gs://{bucket.name}/{name}")


def test_a_bucket_elsewhere_is_refused(
    bigquery_client: bigquery.Client, dataset: str, buckets: storage.Client
) -> None:
    bucket = buckets.create_bucket(f"far-{dataset}".replace("_", "-"), location="EU")
    bucket.blob("a.csv").upload_from_string("1,x\n")

    with pytest.raises(BadRequest, match="different locations: source: EU, destination: US"):
        load(bigquery_client, dataset, f"gs://{bucket.name}/a.csv")


def test_objects_are_read_as_whoever_submits_the_job(
    bigquery_server: Server, bigquery_client: bigquery.Client, dataset: str, bucket: storage.Bucket
) -> None:
    bucket.blob("a.csv").upload_from_string("1,x\n")
    policy = bucket.get_iam_policy(requested_policy_version=3)
    named = {"serviceAccount:t-umbrella@p.iam.gserviceaccount.com"}
    policy.bindings.append({"role": "roles/storage.objectViewer", "members": named})
    bucket.set_iam_policy(policy)
    token = Credentials(token=access_token_of(ACME))

    with pytest.raises(Forbidden, match=f"{ACME} does not have access to gs://{bucket.name}"):
        load(client_of(bigquery_server.url, credentials=token), dataset, f"gs://{bucket.name}/a.csv")

    assert load(bigquery_client, dataset, f"gs://{bucket.name}/a.csv") == [(1, "x")]


def test_nothing_of_an_object_is_left_behind(
    bigquery_server: Server,
    bigquery_client: bigquery.Client,
    dataset: str,
    bucket: storage.Bucket,
    storage_server: StorageServer,
) -> None:
    bucket.blob("a.csv").upload_from_string("1,x\n")
    bucket.blob("b.csv").upload_from_string("x,x\n")

    load(bigquery_client, dataset, f"gs://{bucket.name}/a.csv")
    with pytest.raises(BadRequest, match=r"b\.csv"):
        load(bigquery_client, dataset, f"gs://{bucket.name}/b.csv")
    bigquery_client.extract_table(f"{dataset}.t", f"gs://{bucket.name}/out-*.csv").result()

    assert list((bigquery_server.data_dir / "uploads").iterdir()) == []
    assert bucket.blob("out-000000000000.csv").download_as_bytes() == b"a,s\n1,x\n"
