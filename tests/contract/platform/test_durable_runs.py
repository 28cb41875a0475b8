"""Runs that nobody would look after any more, were it not for dead letters and the reconciler."""

import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.api_core.exceptions import NotFound

from local.environment import platform_environment
from shared.domain.pipeline import Address
from shared.settings import read_settings
from shared.usecases.start_run import start_run
from shared.wiring import build_world
from tests.contract.platform.lab import DOOMED_STEP, TENANT, add_tenant, make_root
from tests.fakes.clock import SetClock
from tests.fakes.publisher import MemoryPublisher
from tests.patience import PATIENCE_SECONDS, eventually
from tests.stage import RUNS, Stage, new_stage

STALE_AFTER_SECONDS = 4
DELIVERIES = 5
VOID = {"convergence": "void"}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A platform whose clocks tick faster."""
    folder = tmp_path_factory.mktemp("durable")
    with new_stage(
        folder,
        root=make_root(folder / "project"),
        executor_budget_seconds=2,
        stale_after_seconds=STALE_AFTER_SECONDS,
        reconcile_every_seconds=1,
        delivery_attempts=DELIVERIES,
        redelivery_pause_seconds=(1, 1),
    ) as running:
        add_tenant(running.configs)
        running.key(TENANT)
        yield running


def test_a_command_that_can_never_be_carried_out_ends_its_run_with_the_last_error(stage: Stage) -> None:
    run = stage.run(path("doomed"), key=stage.key(TENANT))

    assert (run["status"], run["error_message"]) == ("FAILED", f"{DOOMED_STEP}: BigQuery is out of reach")
    assert [step["status"] for step in run["steps"]] == ["FAILED", "SKIPPED"]
    job = stage.client().get_job(f"cdp_{run['run_id']}_1_1", location="US")
    assert (job.state, job.labels) == ("DONE", VOID)
    eventually(lambda: waiting_messages(stage) == 0)


def test_a_run_that_was_accepted_but_never_published_is_started(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = accept_without_publishing(stage, monkeypatch, at=datetime.now(tz=UTC) - timedelta(minutes=2))

    run = stage.finished(run_id, key=stage.key(TENANT))

    assert (run["status"], run["error_message"]) == ("SUCCESS", None)


def test_a_run_whose_message_was_lost_is_continued(stage: Stage) -> None:
    accepted = stage.http("POST", path("seconds"), key=stage.key(TENANT)).json()
    seen(stage, accepted["run_id"], lambda run: run["steps"][0]["status"] == "RUNNING")

    lose_messages(stage)
    os.kill(stage.platform.pid_of("executor"), signal.SIGKILL)
    run = stage.finished(accepted["run_id"], key=stage.key(TENANT))

    assert (run["status"], run["error_message"]) == ("SUCCESS", None)
    assert [step["attempt"] for step in run["steps"]] == [1, 1]


def test_a_run_that_takes_longer_than_its_timeout_ends_and_so_does_its_job(stage: Stage) -> None:
    run = stage.run(path("hours"), key=stage.key(TENANT))
    # A machine may be too busy for the job to begin in that time: then another run shows it.
    while (job := job_of(stage, run["run_id"])) is None:
        run = stage.run(path("hours"), key=stage.key(TENANT))

    assert (run["status"], run["error_message"]) == ("FAILED", "took longer than its timeout of 5 s")
    eventually(lambda: job.done(reload=True))
    assert job.error_result["reason"] == "stopped"
    assert [step["status"] for step in run["steps"]] == ["CANCELLED", "CANCELLED"]


def job_of(stage: Stage, run_id: str) -> Any:
    """The job of the run's first step, None if it did not begin: its id is void then, or nobody's."""
    try:
        job = stage.client().get_job(f"cdp_{run_id}_1_1", location="US", retry=None)  # type: ignore[arg-type]  # None: ask once
    except NotFound:
        return None
    return None if job.labels == VOID else job


def path(pipeline: str) -> str:
    return f"/api/v1/pipelines/run/{TENANT}/demo/cost/{pipeline}"


def seen(stage: Stage, run_id: str, holds: Callable[[dict[str, Any]], bool]) -> None:
    def look() -> bool:
        return holds(stage.http("GET", f"{RUNS}/{run_id}", key=stage.key(TENANT)).json())

    eventually(look)


def accept_without_publishing(stage: Stage, patch: pytest.MonkeyPatch, *, at: datetime) -> str:
    """The id of a run whose caller died before it published anything."""
    for name, value in platform_environment(stage.platform.settings).items():
        patch.setenv(name, value)
    world = build_world(read_settings())
    accepted = start_run(
        Address(tenant_id=TENANT, provider="demo", domain="cost", pipeline="quick"),
        {},
        trigger="api",
        triggered_by="key 12345678",
        log=world.log,
        publisher=MemoryPublisher(),
        tables=world.tables,
        configs=world.configs,
        clock=SetClock(at),
    )
    return accepted.run.run_id


def database(stage: Stage) -> sqlite3.Connection:
    return sqlite3.connect(
        stage.platform.settings.data_dir / "pubsub" / "pubsub.sqlite3", timeout=PATIENCE_SECONDS
    )


def lose_messages(stage: Stage) -> None:
    with closing(database(stage)) as connection, connection:
        connection.execute("DELETE FROM deliveries")


def waiting_messages(stage: Stage) -> int:
    with closing(database(stage)) as connection:
        count: int = connection.execute("SELECT COUNT(*) FROM deliveries").fetchone()[0]
    return count
