"""Runs that are done again, and ranges of days that are done in chunks."""

import json
import shutil
import time
from typing import Any

import pytest

from tests.patience import PATIENCE_SECONDS
from tests.stage import ENDED, RUNS, TENANT, Stage

MINE = "backfilled_003"
RUN = f"/api/v1/pipelines/run/{MINE}"
BACKFILLS = "/api/v1/pipelines/backfills"
TWO_DAYS, THREE_DAYS = "2025-10-05/2025-10-06", "2025-10-05/2025-10-07"
DAYS = [f"2025-10-0{day}/2025-10-0{day}" for day in (5, 6, 7)]
COPY = """\
parameters:
  days: {type: date_range, default: yesterday}
steps:
  - id: copy
    type: ingest
    source: SOURCE
    destination: {table: raw_data, mode: append}
"""
# Takes hours, so whatever ends before was ended.
ENDLESS = """\
SELECT DATE_ADD(DATE '2025-01-01', INTERVAL MOD(a + b, 90) DAY) AS day, a AS n
FROM UNNEST(GENERATE_ARRAY(1, 300000)) AS a
CROSS JOIN UNNEST(GENERATE_ARRAY(1, 300000)) AS b
WHERE a + b = 7
"""
SOURCE = "type: bigquery\ntable: backfilled.SOURCE\nwindow: {column: day, as: date, parameter: days}\n"


def key_of_mine(stage: Stage) -> str:
    """The key of a tenant that copies what two tables have of some days; there are no tables yet."""
    folder = stage.configs / MINE
    if not folder.exists():
        # Without its tests: what they say is of its own pipelines.
        shutil.copytree(stage.configs / TENANT, folder, ignore=shutil.ignore_patterns("tests"))
        (folder / "pipelines" / "days" / "cost").mkdir(parents=True)
        for source in ("charges", "late", "endless"):
            (folder / "sources" / f"{source}.yml").write_text(SOURCE.replace("SOURCE", source))
            path = folder / "pipelines" / "days" / "cost" / f"{source}.yml"
            path.write_text(COPY.replace("SOURCE", source))
        stage.client().create_dataset("backfilled", exists_ok=True)
    return stage.key(MINE)


def fill(stage: Stage, source: str) -> None:
    """Two rows of each of October's days."""
    days = "UNNEST(GENERATE_DATE_ARRAY('2025-10-01', '2025-10-31')) AS day"
    stage.rows(f"CREATE TABLE backfilled.{source} AS SELECT day, n FROM {days}, UNNEST([1, 2]) AS n")


def copied(stage: Stage, source: str) -> list[tuple[str, str, int]]:
    """Each day's rows of the copy by the run that made them."""
    rows = stage.rows(
        f"SELECT JSON_VALUE(data, '$.day') AS day, run_id, COUNT(*) AS total FROM {MINE}.raw_data "
        f"WHERE pipeline_id = '{MINE}-days-cost-{source}' GROUP BY day, run_id ORDER BY day, run_id"
    )
    return [(row["day"], row["run_id"], row["total"]) for row in rows]


def ended(stage: Stage, backfill_id: str, *, key: str) -> dict[str, Any]:
    """The backfill once it has ended; fails with what it was last seen as."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        found: dict[str, Any] = stage.http("GET", f"{BACKFILLS}/{backfill_id}", key=key).json()
        if found["status"] in ENDED:
            return found
        assert time.monotonic() < deadline, json.dumps(found, indent=2)
        time.sleep(0.1)


def test_a_range_of_days_is_filled_once(stage: Stage) -> None:
    key, path = key_of_mine(stage), f"{RUN}/days/cost/charges/backfill"
    fill(stage, "charges")
    body = {"date_range": THREE_DAYS, "concurrent_runs": 2}

    preview = stage.http("POST", path, key=key, json={**body, "dry_run": True})
    accepted = stage.http("POST", path, key=key, json=body)
    meanwhile = stage.http("POST", path, key=key, json=body)
    done = ended(stage, accepted.json()["backfill_id"], key=key)
    again = stage.http("POST", path, key=key, json=body)
    listed = stage.http("GET", f"{RUNS}?backfill_id={done['backfill_id']}", key=key).json()

    assert (preview.status_code, preview.json()["counts"]) == (200, {"run": 3, "skip": 0})
    assert (accepted.status_code, accepted.headers["Location"]) == (
        202,
        f"{BACKFILLS}/{done['backfill_id']}",
    )
    assert [chunk["date_range"] for chunk in accepted.json()["chunks"]] == DAYS
    assert done["status"] == "SUCCESS", done
    for nothing in (meanwhile, again):
        assert (nothing.status_code, nothing.json()["chunks"]) == (200, [])
    assert {(run["trigger"], run["status"]) for run in listed["runs"]} == {("backfill", "SUCCESS")}
    of_chunks = [(chunk["date_range"][:10], chunk["run_id"], 2) for chunk in done["chunks"]]
    assert copied(stage, "charges") == of_chunks
    assert done["metrics"]["rows_ingested"] == 6


def test_chunks_that_failed_are_done_again_when_their_source_is_there(stage: Stage) -> None:
    key, path = key_of_mine(stage), f"{RUN}/days/cost/late/backfill"
    accepted = stage.http("POST", path, key=key, json={"date_range": TWO_DAYS}).json()
    failed = ended(stage, accepted["backfill_id"], key=key)
    fill(stage, "late")

    first = failed["chunks"][0]
    rerun = stage.http("POST", f"{RUNS}/{first['run_id']}/rerun", key=key)
    done = stage.finished(rerun.json()["run_id"], key=key)
    mended = stage.http("GET", f"{BACKFILLS}/{accepted['backfill_id']}", key=key).json()
    rest = stage.http("POST", path, key=key, json={"date_range": TWO_DAYS, "mode": "failed"}).json()
    rest_done = ended(stage, rest["backfill_id"], key=key)

    assert (failed["status"], failed["counts"]["FAILED"]) == ("FAILED", 2)
    assert "Not found" in first["error_message"]
    assert (rerun.status_code, done["status"], done["rerun_of"]) == (202, "SUCCESS", first["run_id"])
    assert [chunk["status"] for chunk in mended["chunks"]] == ["SUCCESS", "FAILED"]
    assert [chunk["date_range"] for chunk in rest["chunks"]] == DAYS[1:2]
    assert rest_done["status"] == "SUCCESS", rest_done
    assert copied(stage, "late") == [
        ("2025-10-05", first["run_id"], 2),
        ("2025-10-06", rest_done["chunks"][0]["run_id"], 2),
    ]


def test_the_rest_of_a_run_is_done_once_its_file_is_there(stage: Stage) -> None:
    key, folder = key_of_mine(stage), stage.configs / MINE
    source = folder / "sources" / "focus_export.yml"
    source.write_text(source.read_text().replace("focus_sample.csv", "late.csv"))
    failed = stage.run(f"{RUN}/focus/cost/import", key=key)

    shutil.copy(folder / "files" / "focus_sample.csv", folder / "files" / "late.csv")
    answers = [stage.http("POST", f"{RUNS}/{failed['run_id']}/rerun", key=key).json() for _ in range(2)]
    done = stage.finished(answers[0]["run_id"], key=key)
    succeeded = stage.http("POST", f"{RUNS}/{done['run_id']}/rerun", key=key)

    assert "No file matches 'files/late.csv'" in failed["error_message"]
    assert answers[0]["run_id"] == answers[1]["run_id"]
    assert (done["status"], done["metrics"]["rows_ingested"]) == ("SUCCESS", 120)
    assert (succeeded.status_code, succeeded.json()["code"]) == (409, "nothing_failed")
    assert stage.rows(
        f"SELECT run_id, COUNT(*) AS total FROM {MINE}.raw_data "
        f"WHERE pipeline_id = '{failed['pipeline_id']}' GROUP BY run_id"
    ) == [{"run_id": failed["run_id"], "total": 120}]


def test_a_backfill_is_cancelled_with_all_that_waits(stage: Stage) -> None:
    key, path = key_of_mine(stage), f"{RUN}/days/cost/endless/backfill"
    stage.rows(f"CREATE VIEW backfilled.endless AS {ENDLESS}")
    body = {"date_range": "2025-01-01/2025-03-31", "chunk": "7d", "concurrent_runs": 1}
    accepted = stage.http("POST", path, key=key, json=body).json()
    where = f"{BACKFILLS}/{accepted['backfill_id']}"

    answers = [stage.http("DELETE", where, key=key) for _ in range(2)]
    found = stage.http("GET", where, key=key).json()
    theirs = stage.http("GET", where, key=stage.key("other_tenant_002"))

    body = {"backfill_id": accepted["backfill_id"], "status": "CANCELLED", "message": "Backfill cancelled"}
    assert [(each.status_code, each.json()) for each in answers] == [(200, body)] * 2
    assert len(found["chunks"]) == 13
    assert {chunk["status"] for chunk in found["chunks"]} == {"CANCELLED"}
    assert (theirs.status_code, theirs.json()["title"]) == (404, "Backfill not found")


@pytest.mark.parametrize(
    ("method", "path", "options", "status"),
    [
        ("POST", f"{RUNS}/nonsense/rerun", {}, 404),
        ("GET", f"{RUNS}/nonsense/rerun", {}, 405),
        ("GET", f"{BACKFILLS}/nonsense", {}, 404),
        ("PUT", f"{BACKFILLS}/nonsense", {}, 405),
        ("GET", f"{RUN}/gcp/cost/export/backfill", {}, 405),
        ("POST", f"{RUN}/gcp/cost/export/backfill", {}, 400),
        ("POST", f"{RUN}/focus/cost/import/backfill", {"json": {"date_range": "yesterday"}}, 400),
        ("POST", f"{RUN}/gcp/cost/none/backfill", {"json": {"date_range": "yesterday"}}, 404),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_request_is_said_as_a_problem(
    stage: Stage, method: str, path: str, options: dict[str, object], status: int
) -> None:
    answer = stage.http(method, path, key=key_of_mine(stage), **options)

    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
