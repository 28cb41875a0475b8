"""The bq command: works against the stand-in without a login and without flags."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from google.cloud import storage

from local.bigquery.bq_settings import write_bq_settings
from tests.contract.bigquery.conftest import PROJECT, Server
from tests.forked import run_bq

pytestmark = pytest.mark.skipif(
    shutil.which("bq") is None, reason="the bq command is missing; it comes with the Google Cloud SDK"
)
Bq = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def bq(bigquery_server: Server, tmp_path: Path) -> Bq:
    settings = write_bq_settings(tmp_path / "bq", api_url=bigquery_server.url, project=PROJECT)

    return lambda *arguments: run_bq(arguments, env={**os.environ, **settings}, cwd=tmp_path)


def test_a_dataset_and_a_partitioned_clustered_table_are_made_shown_and_removed(bq: Bq) -> None:
    layout = ["--time_partitioning_field=day", "--clustering_fields=a"]

    made = [bq("mk", "made_by_bq"), bq("mk", "--table", *layout, "made_by_bq.t", "a:INTEGER,day:DATE")]
    shown = bq("show", "--format=json", "made_by_bq.t")
    listed = bq("ls", "made_by_bq")
    removed = [bq("rm", "-f", "-t", "made_by_bq.t"), bq("rm", "-f", "-d", "made_by_bq")]

    assert [one.returncode for one in (*made, shown, listed, *removed)] == [0] * 6
    assert [one.stderr for one in (*made, shown, listed, *removed)] == [""] * 6
    resource = json.loads(shown.stdout)
    assert resource["timePartitioning"] == {"field": "day", "type": "DAY"}
    assert resource["clustering"] == {"fields": ["a"]}
    assert "DAY (field: day)" in listed.stdout


def test_a_table_is_changed_and_shown_with_times_as_texts(bq: Bq, dataset: str) -> None:
    bq("mk", "--table", f"{dataset}.t", "a:INTEGER")

    changed = [
        bq("update", "--description=d", "--set_label=k:v", "--expiration=7200", f"{dataset}.t"),
        bq("update", f"{dataset}.t", "a:INTEGER,b:NUMERIC"),
        bq("query", f"ALTER TABLE {dataset}.t SET OPTIONS (friendly_name = 'f')"),
    ]
    shown = json.loads(bq("show", "--format=json", f"{dataset}.t").stdout)

    assert [one.returncode for one in changed] == [0] * 3
    assert (shown["description"], shown["labels"], shown["friendlyName"]) == ("d", {"k": "v"}, "f")
    assert [one["name"] for one in shown["schema"]["fields"]] == ["a", "b"]
    assert shown["expirationTime"].isdigit()


def test_rows_are_inserted_loaded_and_read(bq: Bq, dataset: str, tmp_path: Path) -> None:
    (tmp_path / "rows.json").write_text('{"a": 1, "n": "0.0000008"}\n')
    (tmp_path / "rows.csv").write_text("2,1.5\n")
    bq("mk", "--table", f"{dataset}.t", "a:INTEGER,n:NUMERIC")

    inserted = bq("insert", f"{dataset}.t", "rows.json")
    loaded = bq("load", f"{dataset}.t", "rows.csv")
    head = bq("head", "--format=json", f"{dataset}.t")
    queried = bq("query", "--format=json", f"SELECT a, n FROM {dataset}.t ORDER BY a")

    assert [one.returncode for one in (inserted, loaded, head, queried)] == [0] * 4
    expected = [{"a": "1", "n": "0.0000008"}, {"a": "2", "n": "1.5"}]
    assert json.loads(queried.stdout) == expected
    assert sorted(json.loads(head.stdout), key=lambda row: str(row["a"])) == expected


def test_a_table_is_copied_extracted_and_loaded_again(bq: Bq, dataset: str, bucket: storage.Bucket) -> None:
    bq("query", f"CREATE TABLE {dataset}.t AS SELECT 1 AS a, NUMERIC '0.5' AS n, DATE '2024-01-02' AS day")

    done = [
        bq("cp", f"{dataset}.t", f"{dataset}.copied"),
        bq("extract", "--destination_format=PARQUET", f"{dataset}.copied", f"gs://{bucket.name}/t.parquet"),
        bq("load", "--source_format=PARQUET", f"{dataset}.back", f"gs://{bucket.name}/t.parquet"),
    ]
    read = bq(
        "query",
        "--format=json",
        "--parameter=least:INT64:1",
        f"SELECT * FROM {dataset}.back WHERE a >= @least",
    )

    assert [one.returncode for one in done] == [0] * 3
    assert json.loads(read.stdout) == [{"a": "1", "n": "0.5", "day": "2024-01-02"}]


def test_objects_are_loaded_by_a_wildcard_and_an_error_names_the_object(
    bq: Bq, dataset: str, bucket: storage.Bucket
) -> None:
    for day in (1, 2):
        bucket.blob(f"2025/{day}.csv.gz").upload_from_string(gzip.compress(f"a,s\n{day},x\n".encode()))
    bucket.blob("wrong.json").upload_from_string('{"a": 1}\n{"a": "x"}\n')
    options = ["--skip_leading_rows=1", "--source_format=CSV"]

    loaded = bq("load", *options, f"{dataset}.t", f"gs://{bucket.name}/2025/*.gz", "a:INTEGER,s:STRING")
    json_format = "--source_format=NEWLINE_DELIMITED_JSON"
    refused = bq("load", json_format, f"{dataset}.t", f"gs://{bucket.name}/wrong.json")
    read = bq("query", "--format=json", f"SELECT a, s FROM {dataset}.t ORDER BY a")

    assert (loaded.returncode, loaded.stdout) == (0, "")
    assert f"File: gs://{bucket.name}/wrong.json" in " ".join(refused.stdout.split())
    assert json.loads(read.stdout) == [{"a": "1", "s": "x"}, {"a": "2", "s": "x"}]


def test_jobs_are_validated_listed_shown_and_found_ended(bq: Bq, dataset: str) -> None:
    bq("query", f"CREATE TABLE {dataset}.t AS SELECT 1 AS a")

    dry = bq("query", "--dry_run", f"SELECT a FROM {dataset}.t")
    started = bq("query", "--nosync", f"--job_id=j_{dataset}", "--label=k:v", "SELECT 1 AS a")
    waited = bq("wait", f"j_{dataset}")
    shown = bq("show", "-j", "--format=json", f"j_{dataset}")
    listed = bq("ls", "-j", "-n", "1000", "--format=json")
    cancelled = bq("cancel", f"j_{dataset}")

    assert [one.returncode for one in (dry, started, waited, shown, listed, cancelled)] == [0] * 6
    assert "running this query will process 8 bytes of data" in dry.stdout
    assert json.loads(shown.stdout)["configuration"]["labels"] == {"k": "v"}
    assert f"j_{dataset}" in {one["jobReference"]["jobId"] for one in json.loads(listed.stdout)}
    assert "Job completed before it could be cancelled" in cancelled.stdout


def test_a_statement_and_a_view_are_googlesql_without_a_flag(bq: Bq, dataset: str) -> None:
    changed = bq("query", f"CREATE TABLE {dataset}.t AS SELECT 1 AS a")
    viewed = bq("mk", "--view", f"SELECT a + 1 AS b FROM `{PROJECT}.{dataset}.t`", f"{dataset}.v")
    read = bq("query", "--format=json", f"SELECT b FROM {dataset}.v")

    assert [one.returncode for one in (changed, viewed, read)] == [0] * 3
    assert json.loads(read.stdout) == [{"b": "2"}]


def test_a_wrong_statement_is_told_and_fails(bq: Bq) -> None:
    wrong = bq("query", "SELECT missing_column FROM UNNEST([1]) AS a")

    assert wrong.returncode != 0
    assert "missing_column" in wrong.stdout
