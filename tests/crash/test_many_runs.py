"""Fifty runs at once that append real rows, while the processes they depend on are killed at random moments.

Every step appends, so that whatever happened twice would be there twice.
"""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import pytest

from tests.patience import PATIENCE_SECONDS
from tests.stage import TENANT, Stage

RUN_COUNT = 50
KILLED = ("executor",) * 15 + ("bigquery",) * 3 + ("pubsub",) * 2
PAUSES = (0.2, 1.2)
"""Seconds between one kill and the next."""
PIPELINE = """\
timeout: 1h
steps:
  - id: ingest_charges
    type: ingest
    source: focus_export
    destination: {table: raw_data, mode: append}
  - id: check_charges
    type: dq
    table: raw_data
    rules: focus_quality
  - id: daily_charges
    type: transform
    sql: appended_costs
    destination: {table: transformed_data, mode: append}
"""
TRIGGER = f"/api/v1/pipelines/run/{TENANT}/focus/cost/append"
ROWS = {
    "raw_data": "SELECT run_id, TO_JSON_STRING(data) AS row FROM {tenant}.raw_data WHERE pipeline_id = '{pipeline}'",
    "transformed_data": "SELECT run_id, TO_JSON_STRING(STRUCT(usage_date, provider, service, project, currency, "
    "billed_cost, credits, net_cost, charge_count)) AS row FROM {tenant}.transformed_data "
    "WHERE pipeline_id = '{pipeline}'",
}


@contextmanager
def killing(stage: Stage, dice: random.Random) -> Iterator[None]:
    """While the block lasts and until all are done: kill each of KILLED in random order, one every now and then."""
    names = dice.sample(KILLED, k=len(KILLED))

    def kill_all() -> None:
        for name in names:
            time.sleep(dice.uniform(*PAUSES))
            kill(stage, name)

    with ThreadPoolExecutor(1) as killer:
        killed = killer.submit(kill_all)
        yield
        killed.result()


def kill(stage: Stage, name: str) -> None:
    """Kill a process, once it lives again if it was killed a moment ago."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            os.kill(stage.platform.pid_of(name), signal.SIGKILL)
        except ProcessLookupError:
            assert time.monotonic() < deadline, f"{name} was not started again"
            time.sleep(0.05)
        else:
            return


@pytest.fixture(scope="module")
def appending(stage: Stage) -> Stage:
    folder = stage.configs / TENANT
    (folder / "pipelines/focus/cost/append.yml").write_text(PIPELINE, encoding="utf-8")
    sql = (folder / "transforms/focus_daily_costs.sql").read_text("utf-8")
    by_run = sql.replace("pipeline_id = @pipeline_id", "run_id = @run_id")
    (folder / "transforms/appended_costs.sql").write_text(by_run, encoding="utf-8")
    return stage


def test_fifty_runs_at_once_leave_each_row_once_however_often_everything_is_killed(appending: Stage) -> None:
    clean = appending.run(TRIGGER)
    expected = rows_by_run(appending)[clean["run_id"]]
    seed = random.SystemRandom().randrange(10**9)

    with killing(appending, random.Random(seed)), ThreadPoolExecutor(RUN_COUNT) as callers:
        run_ids = list(callers.map(lambda number: accepted(appending, f"{seed}-{number}"), range(RUN_COUNT)))
    runs = [appending.finished(run_id, key=appending.key()) for run_id in run_ids]

    told = f"seed {seed}"
    assert Counter((run["status"], run["error_message"]) for run in runs) == {("SUCCESS", None): RUN_COUNT}, (
        told
    )
    found = rows_by_run(appending)
    assert set(found) == {clean["run_id"], *run_ids}, told
    assert [run_id for run_id in run_ids if found[run_id] != expected] == [], told


def accepted(stage: Stage, key: str) -> str:
    """The id of a run that was asked for until it was accepted."""
    while True:
        try:
            answer = stage.http("POST", TRIGGER, key=stage.key(), headers={"Idempotency-Key": key})
        except httpx.TransportError:
            continue
        if answer.status_code == httpx.codes.ACCEPTED:
            return str(answer.json()["run_id"])
        assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE, answer.text
        time.sleep(0.2)


def rows_by_run(stage: Stage) -> dict[str, dict[str, Counter[str]]]:
    """Every row of both tables by the run that wrote it."""
    found: dict[str, dict[str, Counter[str]]] = {}
    for table, sql in ROWS.items():
        for row in stage.rows(sql.format(tenant=TENANT, pipeline=f"{TENANT}-focus-cost-append")):
            found.setdefault(row["run_id"], {}).setdefault(table, Counter())[row["row"]] += 1
    return found
