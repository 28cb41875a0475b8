"""One platform at a time on a data folder.

Two locks, each of an open file, so that the operating system lets go of them when the processes that share the file are
gone, however they end: `owner` is held by `make run` alone, `lock` by it and all its processes. So nobody has to be
asked whether a process lives: one that was killed and that its parent never asks about has its number, and no lock.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from local.log_lines import Say
from local.settings import StartError

# For what hangs: a process whose owner is gone ends within seconds of the processor's time (local/tether.py).
_SECONDS_FOR_ORPHANS = 600.0
_SECONDS_UNTIL_SAID = 1.0
_LOOK_AGAIN_SECONDS = 0.05


@contextmanager
def hold_folder(folder: Path, *, say: Say = lambda _: None) -> Iterator[int]:
    """Hold the folder's locks; what is yielded is the open file to be handed to the processes of the platform.

    A platform that was killed is given time for its processes to end; `say` is told if that takes long. Raises
    StartError when one is running.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "owner").open("a+", encoding="utf-8") as owner, (folder / "lock").open("a") as lock:
        if not _is_taken(owner):
            raise StartError(
                f"{folder} is already in use by a running platform{_named(folder / 'owner')}. "
                "Stop that one, or set DATA_DIR to another folder."
            )
        owner.truncate(0)
        owner.write(str(os.getpid()))
        owner.flush()
        _await_orphans(lock, folder=folder, say=say)
        yield lock.fileno()


def _await_orphans(lock: IO[str], *, folder: Path, say: Say) -> None:
    began = time.monotonic()
    was_said = False
    while not _is_taken(lock):
        waited = time.monotonic() - began
        if waited > _SECONDS_FOR_ORPHANS:
            raise StartError(
                f"Processes of an earlier platform still use {folder} after {waited:.0f} s, though it is gone itself. "
                f"`fuser {folder / 'lock'}` lists them. Stop them, or set DATA_DIR to another folder."
            )
        if waited > _SECONDS_UNTIL_SAID and not was_said:
            say("Waiting for the processes of an earlier platform to end …")
            was_said = True
        time.sleep(_LOOK_AGAIN_SECONDS)


def _is_taken(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _named(owner: Path) -> str:
    # Empty for as long as the owner, who has the lock, has not written who it is.
    process = owner.read_text("utf-8").strip()
    return f" (process {process})" if process else ""
