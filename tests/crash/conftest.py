"""A platform that is killed in parts, and a World over it in this process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.ports import World
from shared.settings import Settings
from shared.usecases.execute_step import CALL_BUDGET
from shared.usecases.reconcile_runs import STALE_AFTER
from shared.wiring import build_world
from tests.stage import TENANT, Stage, new_stage


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The running platform, the example tenant onboarded. Messages come again soon: much is killed here."""
    folder = tmp_path_factory.mktemp("crash")
    with new_stage(folder, redelivery_pause_seconds=(1, 5)) as running:
        running.key(TENANT)
        yield running


@pytest.fixture(scope="session")
def world(stage: Stage) -> Iterator[World]:
    """The adapters that the functions use, in this process."""
    names = ("BIGQUERY_EMULATOR_HOST", "PUBSUB_EMULATOR_HOST", "GOOGLE_APPLICATION_CREDENTIALS")
    with pytest.MonkeyPatch.context() as patch:
        for name in names:
            patch.setenv(name, stage.platform.env[name])
        yield build_world(
            Settings(
                project=stage.platform.settings.project,
                location="US",
                steps_topic="pipeline-steps",
                configs_dir=stage.configs,
                secrets_dir=stage.configs,
                files_dir=Path("/"),
                log_level="INFO",
                executor_budget=CALL_BUDGET,
                stale_after=STALE_AFTER,
                scheduler_service_account=None,
                triggers_audience=None,
                oidc_certs_url="http://localhost:1/certs",
            )
        )
