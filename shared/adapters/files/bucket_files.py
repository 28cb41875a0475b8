"""Files in Cloud Storage, copied to this machine one after the other."""

import errno
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from glob import escape
from posixpath import normpath
from typing import IO, Protocol

from google.api_core import exceptions

from shared.adapters.bucket import Bucket, StoredObject
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
from shared.adapters.fresh_grants import FreshGrants
from shared.adapters.google_errors import transience_in, translated
from shared.domain.errors import StepError, TransientError
from shared.domain.ids import TenantId
from shared.domain.progress import FileVersion
from shared.domain.storage_uri import SCHEME, parse_storage_uri
from shared.temporary_folder import temporary_folder

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


class OwnBucketFiles:
    """Files below the tenant's folder in the bucket of the configurations, but not its secrets.

    They are read as the platform, so what may be read is decided here. `prefix` ends in a slash unless it is the
    bucket's root.
    """

    def __init__(self, bucket: Bucket, prefix: str) -> None:
        self._bucket = bucket
        self._prefix = prefix

    def find(self, tenant_id: TenantId, patterns: Patterns, *, select: Select | None = None) -> FoundFiles:
        """The files that match, in the order of their names. Raises StepError where there are none."""
        own = self._own(tenant_id)
        with translated(f"read {self._bucket.uri(own)}"):
            found = self._all(own, patterns, with_versions=select is not None)
            yield from _copied(self._bucket, found, select)

    def versions(self, tenant_id: TenantId, patterns: Patterns) -> tuple[FileVersion, ...]:
        """The files that match; their names start at the tenant's folder."""
        own = self._own(tenant_id)
        with translated(f"list {self._bucket.uri(own)}"):
            return tuple(each.version for each in self._all(own, patterns, with_versions=True))

    def _own(self, tenant_id: TenantId) -> str:
        return f"{self._prefix}{tenant_id}/"

    def _all(self, own: str, patterns: Patterns, *, with_versions: bool) -> "list[_Found]":
        return _all_matching(
            patterns, lambda pattern: self._matching(own, pattern, with_versions=with_versions)
        )

    def _matching(self, own: str, pattern: str, *, with_versions: bool) -> "list[_Found]":
        inside = normpath(pattern)
        if inside.startswith(("/", "..")):
            raise no_match(pattern)
        found = _matching(self._bucket, ObjectPattern(own + inside), pattern, with_versions=with_versions)
        if any(each.name.startswith(f"{own}secrets/") for each in found):
            raise no_match(pattern)
        # A bucket's name is the platform's, and may become another one.
        return [each.called(shown_name(each.name.removeprefix(own))) for each in found]


class BucketOfTenant(Protocol):
    """Gives any bucket as a tenant's service account sees it."""

    def __call__(self, *, tenant_id: TenantId, name: str) -> Bucket: ...


class TenantBucketFiles:
    """Objects of any bucket, `gs://bucket/pattern`. They are read as the tenant, so IAM decides what may be read."""

    def __init__(
        self, *, bucket: BucketOfTenant, account: Callable[[TenantId], str], grants: FreshGrants
    ) -> None:
        """`account` gives the e-mail address of a tenant's service account."""
        self._bucket = bucket
        self._grants = grants
        self._account = account

    def find(self, tenant_id: TenantId, patterns: Patterns, *, select: Select | None = None) -> FoundFiles:
        """The files that match, in the order of their names; all patterns are of one bucket.

        Raises StepError where there are none or they may not be read; NotYetError where a young tenant may not do so.
        """
        with self._opened(tenant_id, patterns) as bucket:
            found = _called_by_uri(bucket, patterns, with_versions=select is not None)
            yield from _copied(bucket, found, select)

    def versions(self, tenant_id: TenantId, patterns: Patterns) -> tuple[FileVersion, ...]:
        """The files that match. Raises as `find`."""
        with self._opened(tenant_id, patterns) as bucket:
            return tuple(each.version for each in _called_by_uri(bucket, patterns, with_versions=True))

    @contextmanager
    def _opened(self, tenant_id: TenantId, patterns: Patterns) -> Iterator[Bucket]:
        awaited, shown = self._grants.awaited(tenant_id), shown_patterns(patterns)
        with awaited, translated(f"read {shown}"), self._allowed(tenant_id, shown):
            yield self._bucket(tenant_id=tenant_id, name=parse_storage_uri(patterns[0]).bucket)

    @contextmanager
    def objects(
        self, tenant_id: TenantId, patterns: Patterns
    ) -> Iterator[tuple[Bucket, tuple[StoredObject, ...]]]:
        """The bucket and the objects that match, as they are now, for looks at them. Raises as `find` does."""
        with self._opened(tenant_id, patterns) as bucket:
            found = _called_by_uri(bucket, patterns, with_versions=True)
            try:
                yield bucket, tuple(each.item for each in found if each.item)
            except exceptions.NotFound as error:
                raise no_match(shown_patterns(patterns)) from error

    @contextmanager
    def _allowed(self, tenant_id: TenantId, pattern: str) -> Iterator[None]:
        try:
            yield
        except exceptions.Forbidden as error:
            if transience_in(error):
                raise
            account = self._account(tenant_id)
            raise StepError(f"The tenant's service account {account} may not read {pattern}") from error


@dataclass(frozen=True)
class _Found:
    """An object that matches what was asked; `item` is None for a single one, of which nothing was asked."""

    name: str
    item: StoredObject | None
    version: FileVersion
    asked: str

    def called(self, name: str) -> "_Found":
        """The same, as its source calls it."""
        return replace(self, version=self.version.model_copy(update={"name": name}))


def _called_by_uri(bucket: Bucket, patterns: Patterns, *, with_versions: bool) -> list[_Found]:
    def match(pattern: str) -> list[_Found]:
        path = ObjectPattern(parse_storage_uri(pattern).path)
        return _matching(bucket, path, pattern, with_versions=with_versions)

    found = _all_matching(patterns, match)
    return [each.called(shown_name(bucket.uri(each.name))) for each in found]


def _all_matching(patterns: Patterns, match: Callable[[str], list[_Found]]) -> list[_Found]:
    found = matching_any(patterns, match, key=lambda each: each.name)
    require_few(len(found), asked=shown_patterns(patterns))
    require_distinct([each.version for each in found], shown_patterns(patterns))
    return found


def _matching(bucket: Bucket, pattern: ObjectPattern, asked: str, *, with_versions: bool) -> list[_Found]:
    """What matches, in the order of the names; a single object is looked at only if its version is wanted."""
    if pattern.names_one:
        item = bucket.stored(pattern.text) if with_versions else None
        if with_versions and item is None:
            raise no_match(asked)
        return [_Found(pattern.text, item, _version(pattern.text, item), asked)]
    try:
        listed = bucket.objects(pattern.prefix, is_flat=pattern.is_flat)
        found = few_matching(pattern, listed, asked=asked)
    except exceptions.NotFound as error:
        raise no_match(asked) from error
    if not found:
        raise no_match(asked, exactly=_exactly(bucket, pattern.text, asked))
    return [_Found(item.name, item, _version(item.name, item), asked) for item in found]


def _version(name: str, item: StoredObject | None) -> FileVersion:
    shown = shown_name(name)
    return (
        FileVersion(name=shown, size=item.size_bytes, version=str(item.generation))
        if item
        else FileVersion(name=shown)
    )


def _exactly(bucket: Bucket, name: str, asked: str) -> str | None:
    """The pattern of the object that is called as the pattern is, where there is one."""
    first = next(iter(bucket.objects(name)), None)
    if first is None or first.name != name:
        return None
    scheme = SCHEME if asked.startswith(SCHEME) else ""
    return scheme + escape(asked.removeprefix(scheme))


def _copied(bucket: Bucket, found: Sequence[_Found], select: Select | None) -> FoundFiles:
    wanted = selected(found, select, version_of=lambda each: each.version)
    with temporary_folder("source-") as folder:
        path = folder / "object"
        for each in wanted:
            name = bucket.uri(each.name)
            with room_for(name), path.open("wb") as file:
                _copy(bucket, each, file)
            yield ReadableFile(path, shown_name(name), may_be_unpacked=True, version=each.version)


@contextmanager
def room_for(name: str) -> Iterator[None]:
    """Raise TransientError where the disk is full, or the memory that stands for it."""
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        # Other steps of this machine may have taken it.
        raise TransientError(f"This machine has no room for a copy of {name}") from error


def _copy(bucket: Bucket, each: _Found, file: IO[bytes]) -> None:
    try:
        bucket.copy_to(file, each.name, generation=each.item.generation if each.item else None)
    except exceptions.NotFound as error:
        if each.item is None:
            raise no_match(each.asked) from error
        raise TransientError(f"{bucket.uri(each.name)} was replaced or deleted before it was read") from error
