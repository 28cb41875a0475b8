"""Folders for what is in the machine's memory or on its disk for as long as one call lasts, and no longer.

A process that is killed can't remove its own. So each folder is locked while somebody uses it, and whoever makes the
next one removes those that nobody does: a lock is gone with its process, however that ended.
"""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_YOUNGEST_SECONDS = 60
"""A folder is there for a moment before it is locked: none that is younger is taken for one that was left behind."""


@contextmanager
def temporary_folder(prefix: str) -> Iterator[Path]:
    """A new folder, removed at the end, and with it those of the same prefix that were left behind."""
    place = Path(tempfile.gettempdir())
    _remove_left_behind(place, prefix)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=place))
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _remove_left_behind(place: Path, prefix: str) -> None:
    oldest = time.time() - _YOUNGEST_SECONDS
    with os.scandir(place) as entries:
        # Another may remove it first, or it may be another user's, who looks after it.
        found = [Path(entry.path) for entry in entries if entry.name.startswith(prefix)]
    for folder in found:
        with suppress(OSError):
            if folder.stat().st_mtime < oldest:
                _remove_unless_used(folder)


def _remove_unless_used(folder: Path) -> None:
    """Raises OSError for one that is in use."""
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(lock)
