"""Folders for what is in the machine's memory or on its disk for as long as one call lasts, and no longer.

A process that is killed can't remove its own. So each folder is locked while somebody uses it, and whoever makes the
next one removes those that nobody does: a lock is gone with its process, however that ended. All are below one folder
that only this user's processes of the platform write to, so that nothing else is ever removed.
"""

import fcntl
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_YOUNGEST_SECONDS = 60
"""A folder is there for a moment before it is locked: none that is younger is taken for one that was left behind."""


@contextmanager
def temporary_folder(prefix: str) -> Iterator[Path]:
    """A new folder, removed at the end; at the beginning those of the same prefix that were left behind are removed.

    Raises PermissionError where somebody else has the folder that all of them are below.
    """
    place = _own_place()
    _remove_left_behind(place, prefix)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=place))
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _own_place() -> Path:
    place = Path(tempfile.gettempdir()) / f"convergence-{os.getuid()}"
    with suppress(FileExistsError):
        place.mkdir(mode=0o700)
    found = place.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise PermissionError(f"{place} is not a folder of this user's; remove it or set TMPDIR")
    return place


def _remove_left_behind(place: Path, prefix: str) -> None:
    oldest = time.time() - _YOUNGEST_SECONDS
    with os.scandir(place) as entries:
        # Another may remove it first.
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
