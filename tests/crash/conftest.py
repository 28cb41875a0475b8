"""A platform that is killed in parts, and a World over it in this process."""

from collections.abc import Iterator

import pytest

from local.environment import platform_environment
from shared.ports import World
from shared.settings import read_settings
from shared.wiring import build_world
from tests.stage import TENANT, Stage, new_stage


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The running platform, the example tenant onboarded. What is killed here is missed soon and comes again soon."""
    folder = tmp_path_factory.mktemp("crash")
    with new_stage(
        folder, redelivery_pause_seconds=(1, 5), reconcile_every_seconds=10, reader_lost_after_seconds=1
    ) as running:
        running.key(TENANT)
        yield running


@pytest.fixture(scope="module")
def world(stage: Stage) -> Iterator[World]:
    """The adapters that the functions use, in this process, whose environment is the platform's for so long."""
    with pytest.MonkeyPatch.context() as patch:
        for name in platform_environment(stage.platform.settings):
            patch.setenv(name, stage.platform.env[name])
        yield build_world(read_settings())
