"""Tenants whose dataset and tables nobody added with `convergence` or Terraform."""

import shutil
from typing import Any

import httpx
import pytest

from shared.domain.api_key import hash_key
from tests.stage import RUNS, TENANT, Stage

PIPELINE = "focus/cost/import"
BY_HAND = (
    "tenant_id STRING, pipeline_id STRING, data JSON, ingestion_date DATE, created_at TIMESTAMP",
    "tenant_id STRING NOT NULL, pipeline_id STRING NOT NULL, data STRING, ingestion_date DATE, created_at TIMESTAMP",
)
NOTES = """\
name: notes
columns:
  - {name: run_id, type: STRING, mode: REQUIRED}
  - {name: note, type: STRING}
"""
PIPELINE_OF_NOTES = """\
steps:
  - {id: write, type: transform, sql: notes, destination: {table: notes, mode: append}}
"""


def made_by_hand(stage: Stage, tenant: str, *columns: str) -> str:
    """A key of a tenant that has the example's folder, a dataset, and at most a raw_data with these columns."""
    folder, key = stage.configs / tenant, f"key of {tenant}"
    if not folder.exists():
        # Without its tests: what they say is of its own pipelines.
        shutil.copytree(stage.configs / TENANT, folder, ignore=shutil.ignore_patterns("tests"))
        stage.rows(
            "INSERT INTO metadata.api_keys (api_key_hash, tenant_id, is_active) "
            f"VALUES ('{hash_key(key)}', '{tenant}', TRUE)"
        )
    stage.client().create_dataset(tenant)
    for each in columns:
        stage.rows(f"CREATE TABLE {tenant}.raw_data ({each})")
    return key


def run_of(stage: Stage, tenant: str, key: str, pipeline: str = PIPELINE) -> dict[str, Any]:
    return stage.run(f"/api/v1/pipelines/run/{tenant}/{pipeline}", key=key)


def outline(run: dict[str, Any]) -> list[tuple[str, int]]:
    return [(step["status"], step["attempt"]) for step in run["steps"]]


@pytest.mark.parametrize("columns", [(), BY_HAND[:1]], ids=["only a dataset", "and a narrow raw_data"])
def test_a_tenant_made_by_hand_gets_what_its_steps_need(stage: Stage, columns: tuple[str, ...]) -> None:
    tenant = f"by_hand_{len(columns)}"
    key = made_by_hand(stage, tenant, *columns)

    first = run_of(stage, tenant, key)
    # The executor remembers that the tables are there.
    stage.client().delete_dataset(tenant, delete_contents=True)
    made_by_hand(stage, tenant, *columns)
    second = run_of(stage, tenant, key)

    assert (first["error_message"], outline(first)) == (None, [("SUCCESS", 1)] * 3)
    assert (second["error_message"], second["status"]) == (None, "SUCCESS")
    assert stage.rows(
        f"SELECT COUNT(*) AS n, COUNTIF(run_id = '{second['run_id']}') AS own FROM {tenant}.raw_data"
    ) == [{"n": 120, "own": 120}]
    (charges,) = stage.rows(f"SELECT SUM(charge_count) AS n FROM {tenant}.transformed_data")
    assert charges == {"n": 120}


def test_a_table_that_was_declared_since_is_there_when_it_is_needed(stage: Stage) -> None:
    key = made_by_hand(stage, "by_hand_later")
    folder = stage.configs / "by_hand_later"
    (folder / "schemas" / "notes.yml").write_text(NOTES)
    (folder / "transforms" / "notes.sql").write_text("SELECT 'so many' AS note FROM metrics LIMIT 1\n")
    (folder / "pipelines" / "focus" / "cost" / "notes.yml").write_text(PIPELINE_OF_NOTES)

    first = run_of(stage, "by_hand_later", key, "focus/cost/notes")
    wider = f"{NOTES}  - {{name: author, type: STRING}}\n"
    (folder / "schemas" / "notes.yml").write_text(wider)
    (folder / "transforms" / "notes.sql").write_text("SELECT 'more' AS note, 'me' AS author\n")
    second = run_of(stage, "by_hand_later", key, "focus/cost/notes")

    assert [(run["status"], run["error_message"]) for run in (first, second)] == [("SUCCESS", None)] * 2
    assert stage.rows("SELECT note, author FROM by_hand_later.notes") == [{"note": "more", "author": "me"}]
    assert stage.rows("SELECT COUNT(*) AS n FROM by_hand_later.metrics") == [{"n": 0}]


def test_a_table_that_only_a_person_can_mend_says_how(stage: Stage) -> None:
    key = made_by_hand(stage, "by_hand_wrong", BY_HAND[1])

    refused = run_of(stage, "by_hand_wrong", key)
    stage.rows("ALTER TABLE by_hand_wrong.raw_data RENAME TO raw_data_before")
    mended = run_of(stage, "by_hand_wrong", key)

    assert refused["error_message"] == (
        "ingest_charges: by_hand_wrong.raw_data differs in a way that only a person may change: column data is STRING, "
        "must be JSON. Change it by hand, or move it out of the way (ALTER TABLE by_hand_wrong.raw_data RENAME TO "
        "raw_data_before): a missing table is created"
    )
    assert (mended["status"], mended["error_message"]) == ("SUCCESS", None)


def test_a_tenant_whose_folder_is_gone_starts_nothing_more_and_can_be_read(stage: Stage) -> None:
    key = made_by_hand(stage, "by_hand_gone", BY_HAND[1])
    path = f"/api/v1/pipelines/run/by_hand_gone/{PIPELINE}"
    headers = {"Idempotency-Key": "once"}
    run_id = stage.http("POST", path, key=key, headers=headers).json()["run_id"]
    failed = stage.finished(run_id, key=key)
    shutil.rmtree(stage.configs / "by_hand_gone")

    answers = [
        stage.http("POST", path, key=key),
        stage.http("POST", path, key=key, headers=headers),
        stage.http("POST", f"{RUNS}/{run_id}/rerun", key=key),
        stage.http("POST", f"{RUNS}/{run_id}/rerun", key=key, json={"from": "start"}),
    ]

    assert failed["status"] == "FAILED"
    assert [answer.status_code for answer in answers] == [httpx.codes.NOT_FOUND] * 4
    assert stage.http("GET", f"{RUNS}/{run_id}", key=key).json() == failed
