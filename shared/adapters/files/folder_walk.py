"""Files on disk that a pattern names, as it names objects of a bucket."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from shared.adapters.files.object_pattern import ObjectPattern
from shared.adapters.files.problems import problem_of, shown_name


def matching_files(folder: Path, pattern: ObjectPattern, *, may_list: Callable[[Path], bool]) -> list[Path]:
    """What matches below the folder and is no folder, in the order of the names; links that lead nowhere too.

    What is in a folder that it may not list matches nothing. Raises StepError for one that the system keeps closed.
    """
    found: list[Path] = []
    ahead = [(folder, pattern.start)]
    while ahead:
        around, reached = ahead.pop()
        for entry in _entries(around) if may_list(around) else ():
            after = pattern.after(reached, entry.name, is_link=entry.is_symlink() and _is_folder(entry))
            if not after:
                continue
            if _is_folder(entry):
                ahead.append((Path(entry.path), after))
            elif pattern.is_whole(after):
                found.append(Path(entry.path))
    return sorted(found)


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise problem_of(shown_name(str(folder)), error) from error


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads back to itself
        return False
