"""The folder of configurations as it was at a revision of its git repository, without a checkout."""

import os
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from shared.config.text import LARGEST_BYTES, TOO_LONG, Unreadable, text_of
from shared.domain.errors import InvalidError, NotFoundError

_LINK = "120000"
_NOT_CONFIGURATION = ("files", "secrets")


class GitFolder:
    """Folder over the texts of one commit."""

    def __init__(self, label: str, texts: Mapping[str, str | Unreadable]) -> None:
        self.label = label
        self._texts = texts
        self._names: dict[str, set[str]] = {}
        for path in texts:
            parts = path.split("/")
            for depth, name in enumerate(parts):
                self._names.setdefault("/".join(parts[:depth]), set()).add(name)

    def read(self, path: str) -> str | Unreadable | None:
        """The file's text, or why it can't be read."""
        if path in self._names and path not in self._texts:
            return Unreadable("is a folder; a file is expected here", is_folder=True)
        return self._texts.get(path)

    def names(self, path: str) -> list[str]:
        """The names in a folder, sorted."""
        return sorted(self._names.get(path, ()))


def read_git_folder(configs_dir: Path, revision: str) -> GitFolder:
    """The folder at the revision. Raises NotFoundError or InvalidError with what to do about it."""
    if revision.startswith("-") or not revision:
        raise InvalidError(f"'{revision}' is no revision, no folder and no gs:// address")
    folder = _git(configs_dir, "rev-parse", "--show-prefix").rstrip(b"\n").decode("utf-8", "surrogateescape")
    commit = _commit(configs_dir, revision)
    entries = _entries(configs_dir, commit, folder)
    if not entries:
        raise NotFoundError(f"There is no folder {folder or '.'} in {revision}")
    contents = _contents(configs_dir, {hash_ for mode, hash_, _ in entries.values() if mode != _LINK})
    texts = {path: _text(entry, contents) for path, entry in entries.items()}
    return GitFolder(f"{revision}:{folder.rstrip('/')}", texts)


_Entry = tuple[str, str, int]
"""A file's mode, its contents' hash, and its size."""


def _commit(configs_dir: Path, revision: str) -> str:
    found = _run(configs_dir, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    if found.returncode == 0:
        return found.stdout.decode().strip()
    if _git(configs_dir, "rev-parse", "--is-shallow-repository").strip() == b"true":
        raise NotFoundError(
            f"There is no revision '{revision}' in this clone, which is shallow. Fetch it: git fetch --unshallow, or "
            "fetch-depth: 0 of actions/checkout"
        )
    raise NotFoundError(
        f"There is no revision '{revision}' and no such folder. `git branch --all` and `git tag` list revisions; one "
        "that only the remote has must be fetched first"
    )


def _entries(configs_dir: Path, commit: str, folder: str) -> dict[str, _Entry]:
    """By path below the folder."""
    places = ("--", folder) if folder else ()
    listed = _git(configs_dir, "ls-tree", "-r", "-z", "-l", "--full-tree", commit, *places)
    entries: dict[str, _Entry] = {}
    for line in filter(None, listed.split(b"\0")):
        described, _, name = line.partition(b"\t")
        mode, kind, hash_, size = described.decode().split()
        path = name.decode("utf-8", "surrogateescape").removeprefix(folder)
        if kind == "blob" and not _is_other(path.split("/")):
            entries[path] = (mode, hash_, int(size))
    return entries


def _is_other(parts: list[str]) -> bool:
    return len(parts) > 2 and parts[1] in _NOT_CONFIGURATION


def _text(entry: _Entry, contents: Mapping[str, bytes]) -> str | Unreadable:
    mode, hash_, size = entry
    if mode == _LINK:
        return Unreadable("is a link, which is not followed in a revision")
    return TOO_LONG if size > LARGEST_BYTES else text_of(contents[hash_])


def _contents(configs_dir: Path, hashes: Iterable[str]) -> dict[str, bytes]:
    """What is behind the hashes, by one process: tenants' files are thousands."""
    asked = "".join(f"{each}\n" for each in sorted(hashes)).encode()
    answer, contents, at = _git(configs_dir, "cat-file", "--batch", asked=asked), {}, 0
    while at < len(answer):
        end = answer.index(b"\n", at)
        hash_, _, size = answer[at:end].decode().split()
        contents[hash_] = answer[end + 1 : end + 1 + int(size)]
        at = end + int(size) + 2
    return contents


def _git(configs_dir: Path, *arguments: str, asked: bytes = b"") -> bytes:
    done = _run(configs_dir, *arguments, asked=asked)
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().removeprefix("fatal: ")
        if "not a git repository" in said:
            raise NotFoundError(
                f"{configs_dir.resolve()} is in no git repository, so it has no revisions; name a folder or a gs:// "
                "address"
            )
        raise NotFoundError(f"git can't read {configs_dir.resolve()}: {said}")
    return done.stdout


def _run(configs_dir: Path, *arguments: str, asked: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    env = {**os.environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
    try:
        return subprocess.run(
            ["git", "-C", str(configs_dir), *arguments],
            input=asked,
            capture_output=True,
            env=env,
            check=False,
        )
    except FileNotFoundError as error:
        raise NotFoundError(
            "git is not installed, which reads revisions; name a folder or a gs:// address"
        ) from error
