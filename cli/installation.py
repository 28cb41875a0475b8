"""What the commands act on."""

import getpass
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from shared.domain.egress import Egress
from shared.domain.errors import NotFoundError
from shared.settings import read_configs_dir, read_egress, read_secrets_dir, read_settings

if TYPE_CHECKING:  # slow to import, and help needs none of it
    from shared.ports import World

_PAUSE_SECONDS = 0.7


@dataclass(frozen=True)
class Installation:
    """The folder of configurations, what their sources may reach, where secrets are files, and the World,
    each found when a command first asks for it; who is asking.

    `wait` passes the time between two looks at something that goes on.
    """

    find_configs_dir: Callable[[], Path]
    find_egress: Callable[[], Egress]
    find_secrets_dir: Callable[[], Path | None]
    open_world: Callable[[], "World"]
    user: str
    wait: Callable[[], None]

    @cached_property
    def configs_dir(self) -> Path:
        """The folder that holds the tenants' folders."""
        return self.find_configs_dir()

    @cached_property
    def world(self) -> "World":
        """Raises SettingsError, TransientError or NotFoundError where there is no platform to act on."""
        return self.open_world()


def this_installation() -> Installation:
    """The one that the environment describes."""
    return Installation(
        find_configs_dir=read_configs_dir,
        find_egress=read_egress,
        find_secrets_dir=read_secrets_dir,
        open_world=_open_world,
        user=_user(),
        wait=lambda: time.sleep(_PAUSE_SECONDS),
    )


def _open_world() -> "World":
    from shared.domain.ids import METADATA_DATASET
    from shared.wiring import build_world

    # What a function tells its operators by log lines is no part of a command's output.
    settings = replace(read_settings(), log_level="ERROR")
    world = build_world(settings)
    # Asked once and first: a platform that isn't there is told at once, not after the retries of a longer call.
    world.tables.ping()
    if world.tables.dataset_location(METADATA_DATASET) is None:
        name = f"{settings.project}.{METADATA_DATASET}"
        raise NotFoundError(f"There is no dataset {name} yet. Create it with: convergence init")
    return world


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return f"uid {os.getuid()}"
