"""Fifty runs at once that append real rows, while the processes they depend on are killed at random moments.

Every step appends, so that whatever happened twice would be there twice.
"""

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from tests.stage import ENDED, RUNS, TENANT, Stage

RUN_COUNT = 50
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
    "raw_data": "SELECT run_id, TO_JSON_STRING(data) AS row FROM {tenant}.raw_data",
    "transformed_data": "SELECT run_id, TO_JSON_STRING(STRUCT(usage_date, provider, service, project, currency, "
    "billed_cost, credits, net_cost, charge_count)) AS row FROM {tenant}.transformed_data",
}


@dataclass
class Killer:
    """Kills a random one of `names` every now and then; `kills` counts."""

    stage: Stage
    names: tuple[str, ...]
    pauses: tuple[float, float]
    dice: random.Random
    kills: Counter[str] = field(default_factory=Counter)
    stopped: threading.Event = field(default_factory=threading.Event)

    def go(self) -> None:
        while not self.stopped.wait(self.dice.uniform(*self.pauses)):
            name = self.dice.choice(self.names)
            try:
                os.kill(self.stage.platform.pid_of(name), signal.SIGKILL)
            except ProcessLookupError:
                continue
            self.kills[name] += 1

    @contextmanager
    def at_work(self) -> Iterator[None]:
        thread = threading.Thread(target=self.go)
        thread.start()
        try:
            yield
        finally:
            self.stopped.set()
            thread.join()


@pytest.fixture(scope="module")
def appending(stage: Stage) -> Stage:
    folder = stage.configs / TENANT
    (folder / "pipelines/focus/cost/append.yml").write_text(PIPELINE, encoding="utf-8")
    sql = (folder / "transforms/focus_daily_costs.sql").read_text("utf-8")
    by_run = sql.replace("pipeline_id = @pipeline_id", "run_id = @run_id")
    (folder / "transforms/appended_costs.sql").write_text(by_run, encoding="utf-8")
    return stage


@pytest.mark.timeout(300)
def test_fifty_runs_at_once_leave_each_row_once_however_often_everything_is_killed(appending: Stage) -> None:
    clean = appending.run(TRIGGER)
    expected = rows_by_run(appending)[clean["run_id"]]
    seed = random.SystemRandom().randrange(10**9)
    dice = random.Random(seed)
    killer = Killer(appending, ("executor",) * 6 + ("pubsub", "bigquery"), (0.3, 2.0), dice)

    accepted = [
        appending.http("POST", TRIGGER, key=appending.key()).json()["run_id"] for _ in range(RUN_COUNT)
    ]
    with killer.at_work():
        wait_until_most_have_ended(appending, accepted)
    runs = [appending.finished(run_id, key=appending.key(), seconds=200) for run_id in accepted]

    told = f"seed {seed}, kills {dict(killer.kills)}"
    print(f"\n{RUN_COUNT} runs, {told}")
    assert Counter((run["status"], run["error_message"]) for run in runs) == {("SUCCESS", None): RUN_COUNT}, (
        told
    )
    found = rows_by_run(appending)
    assert {run_id: found[run_id] == expected for run_id in accepted} == dict.fromkeys(accepted, True), told
    assert sum(killer.kills.values()) >= 5, told


def wait_until_most_have_ended(stage: Stage, run_ids: list[str]) -> None:
    deadline = time.monotonic() + 150
    while time.monotonic() < deadline:
        try:
            listed = stage.http("GET", f"{RUNS}?limit=200", key=stage.key()).json().get("runs", [])
        except OSError:
            listed = []
        ended = {run["run_id"] for run in listed if run["status"] in ENDED}
        if len(ended & set(run_ids)) >= 0.8 * len(run_ids):
            return
        time.sleep(1)


def rows_by_run(stage: Stage) -> dict[str, dict[str, Counter[str]]]:
    """Every row of both tables by the run that wrote it."""
    found: dict[str, dict[str, Counter[str]]] = {}
    for table, sql in ROWS.items():
        for row in stage.rows(sql.format(tenant=TENANT)):
            found.setdefault(row["run_id"], {}).setdefault(table, Counter())[row["row"]] += 1
    return found
