"""Files of an object store, copied to this machine one after the other."""

from collections.abc import Callable, Sequence
from glob import escape
from typing import IO

from shared.adapters.files.bucket_files import room_for
from shared.adapters.files.object_pattern import ObjectPattern, few_matching, require_few
from shared.adapters.files.problems import shown_name
from shared.adapters.files.readable_file import (
    FoundFiles,
    Patterns,
    ReadableFile,
    Select,
    matching_any,
    no_match,
    require_distinct,
    selected,
    shown_patterns,
)
from shared.domain.errors import TransientError
from shared.domain.progress import FileVersion
from shared.sources.files.addresses import parse_object_address
from shared.sources.files.remote.store import GoneError, ListedStore, RemoteObject, Store
from shared.temporary_folder import temporary_folder


class ObjectFiles:
    """Objects of one bucket or container, read with what the source shows, whoever's they are.

    `open_store` loads the tenant's secrets, so it is called when files are asked for, and then once.
    """

    def __init__(self, open_store: Callable[[], ListedStore]) -> None:
        self._open_store = open_store

    def find(self, tenant_id: str, patterns: Patterns, *, select: Select | None = None) -> FoundFiles:  # noqa: ARG002
        """The files that match, in the order of their names. Raises StepError where there are none."""
        store = self._open_store()
        found = _all_matching(store, patterns, with_versions=select is not None)
        yield from copied(store, found, select)

    def versions(self, tenant_id: str, patterns: Patterns) -> tuple[FileVersion, ...]:  # noqa: ARG002
        """The files that match. Raises as `find`."""
        store = self._open_store()
        return versions_in(store, _all_matching(store, patterns, with_versions=True))


def _all_matching(store: ListedStore, patterns: Patterns, *, with_versions: bool) -> list[RemoteObject]:
    found = matching_any(
        patterns,
        lambda asked: _matching(store, asked, with_versions=with_versions),
        key=lambda item: item.name,
    )
    require_few(len(found), asked=shown_patterns(patterns))
    require_distinct(versions_in(store, found), shown_patterns(patterns))
    return found


def _matching(store: ListedStore, asked: str, *, with_versions: bool) -> list[RemoteObject]:
    """What matches, in the order of the names; a single object is looked at only if its version is wanted."""
    pattern = ObjectPattern(parse_object_address(asked).pattern)
    if pattern.names_one:
        return [stored_in(store, pattern.text, asked) if with_versions else RemoteObject(pattern.text)]
    try:
        listed = store.objects(pattern.prefix, is_flat=pattern.is_flat)
        found = few_matching(pattern, listed, asked=asked)
        if not found:
            raise no_match(asked, exactly=_exactly(store, pattern.text, asked))
    except GoneError as error:
        raise no_match(asked) from error
    return found


def _exactly(store: ListedStore, name: str, asked: str) -> str | None:
    """The pattern of the object that is called as the pattern is, where there is one."""
    first = next(iter(store.objects(name, is_flat=False)), None)
    if first is None or first.name != name:
        return None
    return asked.removesuffix(name) + escape(name)


def stored_in(store: Store, name: str, asked: str) -> RemoteObject:
    """The object of that name. Raises StepError where there is none."""
    item = store.stored(name)
    if item is None:
        raise no_match(asked)
    return item


def versions_in(store: Store, found: Sequence[RemoteObject]) -> tuple[FileVersion, ...]:
    """The objects as their source calls them."""
    return tuple(_version(store, item) for item in found)


def _version(store: Store, item: RemoteObject) -> FileVersion:
    name = shown_name(store.uri(item.name))
    return FileVersion(name=name, size=item.size_bytes, version=item.version)


def copied(store: Store, found: Sequence[RemoteObject], select: Select | None) -> FoundFiles:
    """Those of the objects that are to be read, copied one after the other."""
    wanted = selected(found, select, version_of=lambda item: _version(store, item))
    with temporary_folder("source-") as folder:
        path = folder / "object"
        for item in wanted:
            name = shown_name(store.uri(item.name))
            with room_for(name), path.open("w+b") as file:
                _copy(store, file, item)
            version = _version(store, item) if item.version else None
            yield ReadableFile(path, name, may_be_unpacked=True, version=version)


def _copy(store: Store, file: IO[bytes], item: RemoteObject) -> None:
    try:
        store.copy_to(file, item)
    except GoneError as error:
        name = shown_name(store.uri(item.name))
        if item.version is None:
            raise no_match(name) from error
        raise TransientError(f"{name} was deleted before it was read") from error
