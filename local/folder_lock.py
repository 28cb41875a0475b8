"""One platform at a time on a data folder.

The lock belongs to an open file that the platform's processes share, so the operating system lets go of it when the
last of them is gone, however they end.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from local.settings import StartError

_SECONDS_FOR_ORPHANS = 60.0
_LOOK_AGAIN_SECONDS = 0.05


@contextmanager
def hold_folder(folder: Path) -> Iterator[int]:
    """Hold the folder's lock; what is yielded is its open file, to be handed to the processes that share it.

    A platform that was killed is given time for its processes to end. Raises StartError when one is running.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "lock"
    with path.open("a+", encoding="utf-8") as lock:
        give_up_at = time.monotonic() + _SECONDS_FOR_ORPHANS
        while not _is_taken(lock):
            owner = path.read_text("utf-8").strip()
            if _is_running(owner) or time.monotonic() >= give_up_at:
                raise StartError(
                    f"{folder} is already in use by a running platform (process {owner}). "
                    "Stop that one, or set DATA_DIR to another folder."
                )
            time.sleep(_LOOK_AGAIN_SECONDS)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield lock.fileno()


def _is_taken(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_running(process: str) -> bool:
    if not process.isdecimal():
        # The owner has taken the lock, and is about to write who it is.
        return True
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
