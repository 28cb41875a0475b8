"""What people type with `bq` after `source .local/env`."""

import hashlib
import json
import shutil

import pytest

from tests.stage import FOCUS, RUNS, TENANT, Stage

pytestmark = pytest.mark.skipif(
    shutil.which("bq") is None, reason="needs `bq`, which comes with the Google Cloud SDK"
)


def bq(stage: Stage, *arguments: str) -> str:
    # Without its lines about waiting, which it writes when a query takes a second.
    done = stage.bq("--quiet", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    return done.stdout


def test_datasets_and_tables_are_made_listed_and_shown(stage: Stage) -> None:
    bq(stage, "mk", "--dataset", "by_hand")
    bq(
        stage,
        "mk",
        "--table",
        "--time_partitioning_field=day",
        "--time_partitioning_type=DAY",
        "--clustering_fields=service",
        "by_hand.costs",
        "day:DATE,service:STRING,cost:NUMERIC",
    )
    bq(stage, "query", "INSERT INTO by_hand.costs VALUES (DATE '2025-11-01', 'storage', 0.0000008)")

    shown = json.loads(bq(stage, "show", "--format=json", "by_hand.costs"))
    listed = bq(stage, "ls", "by_hand")
    found = json.loads(bq(stage, "query", "--format=json", "SELECT * FROM by_hand.costs"))

    assert shown["timePartitioning"] == {"type": "DAY", "field": "day"}
    assert shown["clustering"] == {"fields": ["service"]}
    assert "costs" in listed
    assert "by_hand" in bq(stage, "ls")
    assert found == [{"day": "2025-11-01", "service": "storage", "cost": "0.0000008"}]


@pytest.mark.parametrize("name", ["api_keys", "run_events", "pipeline_runs", "step_logs", "dq_results"])
def test_every_metadata_table_and_view_can_be_queried(stage: Stage, name: str) -> None:
    stage.run()

    found = json.loads(bq(stage, "query", "--format=json", f"SELECT * FROM metadata.{name} LIMIT 2"))

    assert found


def test_a_key_inserted_by_hand_opens_the_api_until_it_is_revoked(stage: Stage) -> None:
    stage.key()
    key = "a-key-somebody-made-up"
    api_key_hash = hashlib.sha256(key.encode()).hexdigest()
    bq(
        stage,
        "query",
        "INSERT INTO metadata.api_keys (api_key_hash, tenant_id, created_at, created_by, is_active, description) "
        f"VALUES ('{api_key_hash}', '{TENANT}', CURRENT_TIMESTAMP(), 'me', TRUE, 'by hand')",
    )

    assert stage.http("GET", RUNS, key=key).status_code == 200
    assert stage.run(FOCUS, key=key)["status"] == "SUCCESS"


def test_a_failing_query_says_why(stage: Stage) -> None:
    done = stage.bq("query", "SELECT nothing FROM metadata.run_events")

    assert done.returncode != 0
    assert "Unrecognized name: nothing" in done.stdout + done.stderr


def test_times_are_shown_as_times(stage: Stage) -> None:
    run = stage.run()
    sql = f"SELECT created_at, [created_at] AS times FROM metadata.pipeline_runs WHERE run_id = '{run['run_id']}'"

    [shown] = json.loads(bq(stage, "query", "--format=json", sql))
    [seen] = stage.rows(sql)

    assert shown["created_at"] == f"{seen['created_at']:%Y-%m-%d %H:%M:%S}"
    assert shown["times"] == [shown["created_at"]]
    assert f"{seen['created_at']:%Y-%m-%dT%H:%M:%S}" == run["created_at"][:19]
    assert "out of range" not in bq(stage, "head", "-n", "2", "metadata.run_events")
