"""Hashes of the tenants' folders on disk. terraform/modules/tenants/folders.tf computes the same."""

import hashlib
import os
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from shared.config import kinds
from shared.config.problem import ConfigError, ConfigProblem

_STAYING, _ROWS = ("secrets", "tests"), "files"
"""In a tenant's folder: what no run reads and stays on this machine, and what nobody reads as configuration."""

_UNPRINTED = ("Cc", "Cs", "Zl", "Zp")
"""Unicode's categories of control characters, bytes that are no UTF-8 (as Python holds them), and line ends."""

_NAME = (
    "has a name that Terraform does not find: one with line ends or other control characters, "
    "not in UTF-8, or with letters and their marks apart (not in Unicode's form C)"
)


def read_folder_hashes(configs_dir: Path, folders: Iterable[str]) -> dict[str, str]:
    """By folder, the SHA-256 hash of what `sha256sum` prints of its files, sorted by path; no folder is an empty one.

    The bytes count, line ends too, and what a link leads to. Names that begin with a dot, `secrets/`, `tests/` and
    `files/` do not. Raises ConfigError for what Terraform would not find or could not read, and links that it would
    follow for ever.
    """
    hashes: dict[str, str] = {}
    problems: list[ConfigProblem] = []
    for folder in folders:
        try:
            paths = sorted(path.relative_to(configs_dir).as_posix() for path in _files(configs_dir, folder))
            problems += [_problem(configs_dir, path, _NAME) for path in paths if not _is_found(path)]
            lines = (f"{_file_hash(configs_dir / path)}  {path}\n" for path in paths if _is_counted(path))
            hashes[folder] = hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()
        except OSError as error:
            place = os.path.relpath(error.filename or configs_dir / folder, configs_dir)
            problems.append(_problem(configs_dir, place, f"can't be read: {(error.strerror or '').lower()}"))
        except _EndlessError as error:
            problems.append(_problem(configs_dir, str(error), "is a link to a folder that it is in"))
    if problems:
        raise ConfigError(problems)
    return hashes


class _EndlessError(Exception):
    """A link leads to where it came from; the text is its path."""


def _files(configs_dir: Path, folder: str) -> Iterator[Path]:
    """What Terraform copies and hashes."""
    root = configs_dir / folder
    if not root.exists():
        return
    for place, folders, files in os.walk(root, onerror=_raise, followlinks=True):
        here = Path(place)
        folders[:] = [
            name for name in folders if not (name.startswith(".") or (here == root and name in _STAYING))
        ]
        for link in filter(Path.is_symlink, (here / name for name in folders)):
            if link.resolve() in {above.resolve() for above in link.parents}:
                raise _EndlessError(link.relative_to(configs_dir).as_posix())
        yield from (here / name for name in files if not name.startswith(".") and (here / name).is_file())


def _is_counted(path: str) -> bool:
    _, part, *below = path.split("/")
    return not (below and part == _ROWS)


def _is_found(path: str) -> bool:
    odd = any(unicodedata.category(character) in _UNPRINTED for character in path)
    return not odd and unicodedata.is_normalized("NFC", path)


def _file_hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _problem(configs_dir: Path, path: str, message: str) -> ConfigProblem:
    shown = path.encode("utf-8", "backslashreplace").decode()
    return ConfigProblem(
        f"{configs_dir.name or configs_dir}/{shown}", 1, 1, "", message, kind=kinds.UNREADABLE_FILE
    )


def _raise(error: OSError) -> None:
    raise error
