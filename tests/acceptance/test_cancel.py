"""A run that is cancelled while its job runs: both end."""

import time
from typing import Any

import pytest
from google.api_core.exceptions import GoogleAPICallError, NotFound

from shared.domain.tenant_account import tenant_account
from tests.patience import PATIENCE_SECONDS
from tests.stage import RUNS, Stage

LONG = "long_004"
RUN = f"/api/v1/pipelines/run/{LONG}/lab/cost/long"
# Takes hours, so whatever ends before was ended.
_SQL = """\
SELECT
  DATE '2025-11-01' AS metric_date,
  'pairs' AS metric,
  '' AS dimension,
  CAST(COUNT(*) AS NUMERIC) AS value,
  'USD' AS unit
FROM UNNEST(GENERATE_ARRAY(1, 300000)) AS a
CROSS JOIN UNNEST(GENERATE_ARRAY(1, 300000)) AS b
WHERE a + b = 7
"""
_PIPELINE = """\
timeout: 1h
steps:
  - id: long
    type: transform
    sql: long
    destination: {table: metrics, mode: append}
  - id: after
    type: transform
    sql: long
    destination: {table: metrics, mode: append}
"""


def test_a_run_with_a_long_job_is_cancelled_and_so_is_its_job(stage: Stage) -> None:
    run_id = long_run(stage)
    key, url = stage.key(LONG), f"{RUNS}/{run_id}"

    cancelled = stage.http("DELETE", url, key=key)
    again = stage.http("DELETE", url, key=key)

    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "CANCELLED")
    assert (again.status_code, again.json()["status"]) == (200, "CANCELLED")
    job = stage.client().get_job(f"cdp_{run_id}_1_1", location="US")
    with pytest.raises(GoogleAPICallError, match="cancelled"):
        job.result(timeout=PATIENCE_SECONDS, retry=None)
    job.reload()
    assert (job.state, job.error_result["reason"]) == ("DONE", "stopped")
    assert job.user_email == tenant_account(LONG, project=stage.platform.settings.project)
    # Meanwhile the executor has seen what became of the step.
    assert stage.run()["status"] == "SUCCESS"
    with pytest.raises(NotFound):
        stage.client().get_job(f"cdp_{run_id}_2_1", location="US", retry=None)  # type: ignore[arg-type]  # None: ask once
    shown = stage.http("GET", url, key=key).json()
    assert [(step["status"], step["attempt"]) for step in shown["steps"]] == [
        ("CANCELLED", 1),
        ("CANCELLED", 0),
    ]
    assert stage.rows(f"SELECT * FROM {LONG}.metrics") == []


def long_run(stage: Stage) -> str:
    """The id of a run whose first job runs."""
    add_tenant(stage)
    run_id: str = stage.http("POST", RUN, key=stage.key(LONG)).json()["run_id"]
    deadline = time.monotonic() + PATIENCE_SECONDS
    while f"cdp_{run_id}_1_1" not in running_jobs(stage):
        assert time.monotonic() < deadline, stage.http("GET", f"{RUNS}/{run_id}", key=stage.key(LONG)).text
        time.sleep(0.2)
    return run_id


def running_jobs(stage: Stage) -> list[str]:
    """Ids of the jobs that have begun and not ended."""
    found: list[Any] = list(stage.client().list_jobs(state_filter="running"))
    return [job.job_id for job in found]


def add_tenant(stage: Stage) -> None:
    """Write the folder of a tenant with one pipeline."""
    folder = stage.configs / LONG
    pipelines = folder / "pipelines" / "lab" / "cost"
    transforms = folder / "transforms"
    pipelines.mkdir(parents=True)
    transforms.mkdir()
    (folder / "tenant.yml").write_text("display_name: Long\n")
    (transforms / "long.sql").write_text(_SQL)
    (pipelines / "long.yml").write_text(_PIPELINE)
