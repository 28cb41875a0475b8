"""Runs that are done again, and ranges of days that are done in chunks."""

import json
import shutil
import time
from datetime import date
from typing import Any

import pytest

from local.samples.load_billing_export import TABLE, load_billing_export
from tests.stage import ENDED, RUNS, TENANT, Stage

RUN = f"/api/v1/pipelines/run/{TENANT}"
BACKFILLS = "/api/v1/pipelines/backfills"
TWO_DAYS, THREE_DAYS = "2025-10-05/2025-10-06", "2025-10-05/2025-10-07"
DAYS = [f"2025-10-0{day}/2025-10-0{day}" for day in (5, 6, 7)]


def tenant_of(stage: Stage, tenant_id: str, *, dataset: str) -> str:
    """A tenant like the example, whose billing export is in a dataset of its own; its export's path."""
    folder = stage.configs / tenant_id
    if not folder.exists():
        shutil.copytree(stage.configs / TENANT, folder)
        source = folder / "sources" / "gcp_billing_export.yml"
        source.write_text(source.read_text().replace("billing_export.", f"{dataset}."))
    return f"/api/v1/pipelines/run/{tenant_id}/gcp/cost/export"


def load(stage: Stage, dataset: str) -> None:
    """Fill the export of some days in October, and of those on which their late rows come."""
    load_billing_export(
        stage.client(),
        dataset=dataset,
        table=TABLE,
        first_day=date(2025, 10, 5),
        last_day=date(2025, 10, 9),
    )


def ended(stage: Stage, backfill_id: str, *, key: str, seconds: float = 90) -> dict[str, Any]:
    """The backfill once it has ended; fails with what it was last seen as."""
    deadline = time.monotonic() + seconds
    while True:
        found: dict[str, Any] = stage.http("GET", f"{BACKFILLS}/{backfill_id}", key=key).json()
        if found["status"] in ENDED:
            return found
        assert time.monotonic() < deadline, json.dumps(found, indent=2)
        time.sleep(0.5)


def test_a_range_of_days_is_filled_once(stage: Stage) -> None:
    tenant_id = "backfilled_003"
    path = tenant_of(stage, tenant_id, dataset="export_003")
    load(stage, "export_003")
    key = stage.key(tenant_id)
    body = {"date_range": THREE_DAYS, "concurrent_runs": 2}

    preview = stage.http("POST", f"{path}/backfill", key=key, json={**body, "dry_run": True})
    accepted = stage.http("POST", f"{path}/backfill", key=key, json=body)
    meanwhile = stage.http("POST", f"{path}/backfill", key=key, json=body)
    done = ended(stage, accepted.json()["backfill_id"], key=key)
    again = stage.http("POST", f"{path}/backfill", key=key, json=body)
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
    rows = stage.rows(
        f"SELECT DATE(TIMESTAMP(JSON_VALUE(data, '$.usage_start_time'))) AS day, COUNT(DISTINCT run_id) AS runs, "
        f"COUNT(*) AS total FROM {tenant_id}.raw_data GROUP BY day ORDER BY day"
    )
    assert [(row["day"].isoformat(), row["runs"]) for row in rows] == [(days[:10], 1) for days in DAYS]
    assert sum(row["total"] for row in rows) == done["metrics"]["rows_ingested"] > 0


def test_chunks_that_failed_are_done_again_when_their_source_is_there(stage: Stage) -> None:
    tenant_id = "backfilled_004"
    path = tenant_of(stage, tenant_id, dataset="export_004")
    key = stage.key(tenant_id)
    accepted = stage.http("POST", f"{path}/backfill", key=key, json={"date_range": TWO_DAYS}).json()
    failed = ended(stage, accepted["backfill_id"], key=key)
    load(stage, "export_004")

    first = failed["chunks"][0]
    rerun = stage.http("POST", f"{RUNS}/{first['run_id']}/rerun", key=key)
    done = stage.finished(rerun.json()["run_id"], key=key)
    mended = stage.http("GET", f"{BACKFILLS}/{accepted['backfill_id']}", key=key).json()
    rest = stage.http(
        "POST", f"{path}/backfill", key=key, json={"date_range": TWO_DAYS, "mode": "failed"}
    ).json()
    rest_done = ended(stage, rest["backfill_id"], key=key)

    assert (failed["status"], failed["counts"]["FAILED"]) == ("FAILED", 2)
    assert "Not found" in first["error_message"]
    assert (rerun.status_code, done["status"], done["rerun_of"]) == (202, "SUCCESS", first["run_id"])
    assert [chunk["status"] for chunk in mended["chunks"]] == ["SUCCESS", "FAILED"]
    assert [chunk["date_range"] for chunk in rest["chunks"]] == DAYS[1:2]
    assert rest_done["status"] == "SUCCESS", rest_done
    [of_rerun] = stage.rows(
        f"SELECT COUNT(*) AS total FROM {tenant_id}.raw_data WHERE run_id = '{first['run_id']}'"
    )
    assert of_rerun["total"] == done["metrics"]["rows_ingested"] > 0


def test_the_rest_of_a_run_is_done_once_its_file_is_there(stage: Stage) -> None:
    tenant_id = "backfilled_005"
    tenant_of(stage, tenant_id, dataset="export_005")
    folder = stage.configs / tenant_id
    source = folder / "sources" / "focus_export.yml"
    source.write_text(source.read_text().replace("focus_sample.csv", "late.csv"))
    key = stage.key(tenant_id)
    failed = stage.run(f"/api/v1/pipelines/run/{tenant_id}/focus/cost/import", key=key)

    shutil.copy(folder / "files" / "focus_sample.csv", folder / "files" / "late.csv")
    answers = [stage.http("POST", f"{RUNS}/{failed['run_id']}/rerun", key=key).json() for _ in range(2)]
    done = stage.finished(answers[0]["run_id"], key=key)
    succeeded = stage.http("POST", f"{RUNS}/{done['run_id']}/rerun", key=key)

    assert "No file matches 'files/late.csv'" in failed["error_message"]
    assert answers[0]["run_id"] == answers[1]["run_id"]
    assert (done["status"], done["metrics"]["rows_ingested"]) == ("SUCCESS", 120)
    assert (succeeded.status_code, succeeded.json()["code"]) == (409, "nothing_failed")
    assert stage.rows(f"SELECT DISTINCT run_id FROM {tenant_id}.raw_data") == [{"run_id": failed["run_id"]}]


def test_a_backfill_is_cancelled_with_all_that_waits(stage: Stage) -> None:
    tenant_id = "backfilled_006"
    path = tenant_of(stage, tenant_id, dataset="export_006")
    key = stage.key(tenant_id)
    body = {"date_range": "2025-01-01/2025-03-31", "chunk": "7d", "concurrent_runs": 1}
    accepted = stage.http("POST", f"{path}/backfill", key=key, json=body).json()
    where = f"{BACKFILLS}/{accepted['backfill_id']}"

    answers = [stage.http("DELETE", where, key=key) for _ in range(2)]
    found = stage.http("GET", where, key=key).json()
    theirs = stage.http("GET", where, key=stage.key("other_tenant_002"))

    body = {"backfill_id": accepted["backfill_id"], "status": "CANCELLED", "message": "Backfill cancelled"}
    assert [(each.status_code, each.json()) for each in answers] == [(200, body)] * 2
    assert len(found["chunks"]) == 13
    assert (found["counts"]["QUEUED"], found["counts"]["RUNNING"]) == (0, 0)
    assert found["counts"]["CANCELLED"] >= 10
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
    answer = stage.http(method, path, key=stage.key(), **options)

    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
