"""The configurations' tree in a bucket.

Each tenant's folder is listed once and then known for a minute, so an edit counts within a minute of being made. What
is read at one look agrees with one listing of the tenant's folder and one of the templates': an object that is
replaced meanwhile is noticed by its generation. Listings and texts are kept within the instance, in bounded memory.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from google.api_core import exceptions

from shared.adapters.bounded_cache import BoundedCache
from shared.adapters.bucket import Bucket, StoredObject
from shared.adapters.google_errors import translated
from shared.config.folder import FolderChangedError
from shared.config.text import LARGEST_BYTES, TOO_LONG, Unreadable, text_of
from shared.domain.errors import InvalidError

LISTED_FOR_SECONDS = 60.0
MOST_FILES = 10_000
"""Of one tenant. Far more than anybody has, and few enough to be kept."""
_MOST_NAMES_KEPT = 50_000
_MOST_CHARACTERS_KEPT = 8_000_000
_NOT_CONFIGURATION = frozenset({"secrets", "files"})


@dataclass(frozen=True)
class Listing:
    """The objects below one tenant's folder or the templates', or those at the root, by their path from the root."""

    objects: Mapping[str, StoredObject]
    folders: tuple[str, ...] = ()
    """At the root: the folders there."""

    def names(self, path: str) -> list[str]:
        """The names directly below a folder, sorted."""
        prefix = f"{path}/" if path else ""
        inside = (name.removeprefix(prefix) for name in self.objects if name.startswith(prefix))
        return sorted({*self.folders, *(name.split("/", maxsplit=1)[0] for name in inside)})


class BucketTree:
    """What is below `prefix`, which ends in a slash unless it is the bucket's root. Threads may share it."""

    def __init__(self, bucket: Bucket, prefix: str, *, seconds: Callable[[], float] = time.monotonic) -> None:
        self._bucket = bucket
        self._prefix = prefix
        self._seconds = seconds
        self._listings: BoundedCache[str, tuple[Listing, float]] = BoundedCache(heaviest=_MOST_NAMES_KEPT)
        self._texts: BoundedCache[tuple[str, int], str | Unreadable] = BoundedCache(
            heaviest=_MOST_CHARACTERS_KEPT
        )
        self.label = bucket.uri(prefix.rstrip("/"))

    def look(self) -> "BucketFolder":
        """The folder as it is now, or was up to a minute ago."""
        return BucketFolder(self)

    def listing(self, root: str) -> Listing:
        """What is below a tenant's folder; `""` is the root itself. Raises InvalidError for too many files."""
        known = self._listings.find(root)
        if known is not None and self._seconds() - known[1] < LISTED_FOR_SECONDS:
            return known[0]
        # The time before the call counts: what is written during it may be missing.
        asked_at = self._seconds()
        with translated(f"list {self.label}/{root}"):
            found = self._level() if root == "" else self._below(root)
        weight = 1 + len(found.objects) + len(found.folders)
        self._listings.keep(root, (found, asked_at), weight=weight)
        return found

    def text(self, item: StoredObject, path: str) -> str | Unreadable:
        """An object's text, or why it can't be read. Raises FolderChangedError where it is there no more."""
        text = self._texts.find((item.name, item.generation))
        if text is None:
            text = self._download(item, path)
            weight = len(text) if isinstance(text, str) else 0
            self._texts.keep((item.name, item.generation), text, weight=weight + 1)
        return text

    def _level(self) -> Listing:
        level = self._bucket.level(self._prefix)
        return Listing(
            {item.name.removeprefix(self._prefix): item for item in level.objects},
            tuple(folder.removeprefix(self._prefix).rstrip("/") for folder in level.folders),
        )

    def _below(self, root: str) -> Listing:
        objects: dict[str, StoredObject] = {}
        for item in self._bucket.objects(f"{self._prefix}{root}/"):
            path = item.name.removeprefix(self._prefix)
            if path.split("/")[1] in _NOT_CONFIGURATION:
                continue
            if len(objects) == MOST_FILES:
                raise InvalidError(f"{self.label}/{root} has more than {MOST_FILES:,} configuration files")
            objects[path] = item
        return Listing(objects)

    def _download(self, item: StoredObject, path: str) -> str | Unreadable:
        if item.size_bytes > LARGEST_BYTES:
            return TOO_LONG
        with translated(f"read {self.label}/{path}"):
            try:
                contents = self._bucket.contents(item)
            except exceptions.NotFound as error:
                self._listings.forget(_root_of(path))
                raise FolderChangedError(f"{self.label}/{path} is being changed") from error
        return text_of(contents)


class BucketFolder:
    """Folder over a tree in a bucket, as it was when each part of it was first looked at."""

    def __init__(self, tree: BucketTree) -> None:
        self._tree = tree
        self._listings: dict[str, Listing] = {}
        self.label = tree.label

    def read(self, path: str) -> str | Unreadable | None:
        """The file's text, or why it can't be read."""
        item = self._listing(_root_of(path)).objects.get(path)
        return None if item is None else self._tree.text(item, path)

    def names(self, path: str) -> list[str]:
        """The names in a folder, sorted. Secrets and the files that sources read are no configuration."""
        return self._listing(path.split("/", maxsplit=1)[0]).names(path)

    def _listing(self, root: str) -> Listing:
        if root not in self._listings:
            self._listings[root] = self._tree.listing(root)
        return self._listings[root]


def _root_of(path: str) -> str:
    root, slash, _ = path.partition("/")
    return root if slash else ""
