"""Files on disk: those in the tenant's own folder, and those of a folder that all tenants may read."""

import errno
import os
import stat
from dataclasses import dataclass
from functools import partial
from glob import escape, has_magic
from itertools import takewhile
from pathlib import Path

from shared.adapters.files.folder_walk import matching_files
from shared.adapters.files.object_pattern import ObjectPattern
from shared.adapters.files.problems import problem_of, shown_name, unreadable
from shared.adapters.files.readable_file import (
    FoundFiles,
    Patterns,
    ReadableFile,
    Select,
    file_state,
    matching_any,
    no_match,
    require_distinct,
    shown_patterns,
)
from shared.domain.errors import StepError
from shared.domain.progress import FileVersion

_NOT_THERE = frozenset({errno.ENOENT, errno.ENOTDIR})


class DiskFiles:
    """Files below `configs_dir/<tenant>`, where a relative path starts, and below `files_dir`.

    Never those of `secrets/`, nor another tenant's.
    """

    def __init__(self, configs_dir: Path, files_dir: Path | None) -> None:
        self._configs_dir = configs_dir
        self._files_dir = files_dir

    def find(self, tenant_id: str, patterns: Patterns, *, select: Select | None = None) -> FoundFiles:
        """The files that match, in the order of their names, each once, by however many links it is reached.

        Raises StepError where there are none, and for one that can't be read.
        """
        if select is None:
            yield from self._found(tenant_id, patterns)
            return
        found = {file.version: file for file in self._all(tenant_id, patterns)}
        yield from (found[version] for version in select([version for version in found if version]))

    def versions(self, tenant_id: str, patterns: Patterns) -> tuple[FileVersion, ...]:
        """The files that match, each once. Raises as `find`."""
        return tuple(file.version for file in self._all(tenant_id, patterns) if file.version)

    def _all(self, tenant_id: str, patterns: Patterns) -> list[ReadableFile]:
        files = list(self._found(tenant_id, patterns))
        require_distinct([file.version for file in files if file.version], shown_patterns(patterns))
        return files

    def _found(self, tenant_id: str, patterns: Patterns) -> FoundFiles:
        own = Path(os.path.abspath(self._configs_dir / tenant_id))
        ground = _Ground.around(own, configs=self._configs_dir, exports=self._files_dir)
        found = matching_any(patterns, partial(_matching, own, ground=ground), key=lambda path: path)
        exact = {own / os.path.normpath(pattern): pattern for pattern in patterns}
        seen: set[object] = set()
        for path in found:
            name = shown_name(os.path.relpath(path, own) if path.is_relative_to(own) else str(path))
            file = _stat(path, name, no_match(exact[path]) if path in exact else None)
            keys = _keys(path, file)
            if seen.isdisjoint(keys):
                yield _readable(path, name, file)
            seen |= keys


@dataclass(frozen=True)
class _Ground:
    """What a tenant may know of. Paths without links."""

    own: Path
    secrets: Path
    configs: Path
    exports: Path | None

    @staticmethod
    def around(own: Path, *, configs: Path, exports: Path | None) -> "_Ground":
        return _Ground(_real(own), _real(own / "secrets"), _real(configs), exports and _real(exports))

    def may_list(self, path: Path) -> bool:
        real = _real(path)
        if real.is_relative_to(self.own):
            return True
        if self.exports is None or real.is_relative_to(self.configs):
            return False
        return real.is_relative_to(self.exports)

    def may_read(self, path: Path) -> bool:
        return self.may_list(path) and not _real(path).is_relative_to(self.secrets)


def _matching(own: Path, pattern: str, *, ground: _Ground) -> list[Path]:
    inside = os.path.normpath(pattern)
    exactly = own / inside
    found = _matching_names(own, inside, ground) if has_magic(inside) else [exactly]
    # The same words whether or not the file exists: what is there is none of the tenant's business.
    if not found or not all(map(ground.may_read, found)):
        is_called_so = has_magic(inside) and ground.may_read(exactly) and os.path.isfile(exactly)
        raise no_match(pattern, exactly=escape(inside) if is_called_so else None)
    if found == [exactly]:
        _require_there(exactly, pattern)
    return found


def _require_there(path: Path, pattern: str) -> None:
    try:
        os.lstat(path)
    except OSError as error:
        # What else is wrong with it is said where it is read.
        if error.errno in _NOT_THERE:
            raise no_match(pattern) from error


def _matching_names(own: Path, inside: str, ground: _Ground) -> list[Path]:
    segments = inside.split("/")
    plain = list(takewhile(lambda segment: not has_magic(segment), segments))
    start = own.joinpath(*(segment or "/" for segment in plain))
    pattern = ObjectPattern("/".join(segments[len(plain) :]))
    return matching_files(Path(os.path.normpath(start)), pattern, may_list=ground.may_list)


def _stat(path: Path, name: str, not_there: StepError | None) -> os.stat_result:
    try:
        found = os.stat(path)
    except OSError as error:
        if error.errno in _NOT_THERE and path.is_symlink():
            raise unreadable(name, "it is a link to a file that is not there") from error
        if error.errno in _NOT_THERE and not_there is not None:
            raise not_there from error
        raise problem_of(name, error) from error
    if stat.S_ISDIR(found.st_mode):
        raise StepError(f"{name} is a folder; name the files in it, such as {name}/*")
    if not stat.S_ISREG(found.st_mode):
        raise unreadable(name, "it is a pipe or a device")
    return found


def _keys(path: Path, found: os.stat_result) -> set[object]:
    """What two paths of one file have in common."""
    # Some file systems give many files one number, but none of them knows of links.
    return {os.path.realpath(path)} | ({(found.st_dev, found.st_ino)} if found.st_nlink > 1 else set())


def _readable(path: Path, name: str, found: os.stat_result) -> ReadableFile:
    state = file_state(found)
    size, written_at = state
    version = FileVersion(name=name, size=size, version=str(written_at))
    return ReadableFile(Path(os.path.realpath(path)), name, version=version, state=state)


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))
