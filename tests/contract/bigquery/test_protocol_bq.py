"""The bq command: works against the stand-in without a login and without flags."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from local.bigquery.bq_settings import write_bq_settings
from tests.contract.bigquery.conftest import PROJECT, Server
from tests.patience import PATIENCE_SECONDS

pytestmark = pytest.mark.skipif(
    shutil.which("bq") is None, reason="the bq command is missing; it comes with the Google Cloud SDK"
)
Bq = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def bq(bigquery_server: Server, tmp_path: Path) -> Bq:
    settings = write_bq_settings(tmp_path / "bq", api_url=bigquery_server.url, project=PROJECT)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bq", *arguments],
            env={**os.environ, **settings},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    return run


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
