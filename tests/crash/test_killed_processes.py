"""kill -9 of the platform's processes while runs are under way."""

import os
import signal
import time
from collections import Counter

import httpx
import pytest

from tests.patience import PATIENCE_SECONDS
from tests.stage import FOCUS, RUNS, TENANT, Stage

RUN_COUNT = 6


def test_nothing_is_lost_while_the_executor_is_away(stage: Stage) -> None:
    _kill(stage, "executor")

    run = stage.run()

    assert run["status"] == "SUCCESS"
    listed = stage.http("GET", f"{RUNS}?limit=1", key=stage.key())
    assert listed.status_code == httpx.codes.OK


@pytest.mark.parametrize("name", ["bigquery", "pubsub"])
def test_runs_end_though_what_they_depend_on_is_killed(stage: Stage, name: str) -> None:
    stage.run()
    expected = _rows(stage)

    accepted = [stage.http("POST", FOCUS, key=stage.key()) for _ in range(RUN_COUNT)]
    _kill(stage, name)

    runs = [stage.finished(each.json()["run_id"], key=stage.key()) for each in accepted]
    assert [(run["status"], run["error_message"]) for run in runs] == [("SUCCESS", None)] * RUN_COUNT
    assert _rows(stage) == expected


def _kill(stage: Stage, name: str) -> None:
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


def _rows(stage: Stage) -> Counter[str]:
    rows = stage.rows(
        f"SELECT * EXCEPT (run_id, created_at) FROM {TENANT}.transformed_data "
        f"WHERE pipeline_id = '{TENANT}-focus-cost-import'"
    )
    return Counter(repr(sorted(row.items())) for row in rows)
