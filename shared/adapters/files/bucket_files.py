"""Files in Cloud Storage, copied to this machine one after the other."""

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from glob import escape
from itertools import islice
from posixpath import normpath
from typing import IO, Protocol

from google.api_core import exceptions

from shared.adapters.bucket import Bucket, StoredObject
from shared.adapters.files.object_pattern import ObjectPattern
from shared.adapters.files.problems import shown_name
from shared.adapters.files.readable_file import FoundFiles, ReadableFile, no_match
from shared.adapters.fresh_grants import FreshGrants
from shared.adapters.google_errors import transience_in, translated
from shared.domain.errors import StepError, TransientError
from shared.domain.ids import TenantId
from shared.domain.storage_uri import SCHEME, parse_storage_uri
from shared.temporary_folder import temporary_folder

MOST_FILES = 10_000
"""Of one source. Their names are held in memory."""
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


class OwnBucketFiles:
    """Files below the tenant's folder in the bucket of the configurations, but not its secrets.

    They are read as the platform, so what may be read is decided here. `prefix` ends in a slash unless it is the
    bucket's root.
    """

    def __init__(self, bucket: Bucket, prefix: str) -> None:
        self._bucket = bucket
        self._prefix = prefix

    def find(self, tenant_id: TenantId, pattern: str) -> FoundFiles:
        """The files that match, in the order of their names. Raises StepError where there are none."""
        inside = normpath(pattern)
        if inside.startswith(("/", "..")):
            raise no_match(pattern)
        own = f"{self._prefix}{tenant_id}/"
        with translated(f"read {self._bucket.uri(own)}"):
            names = _matching(self._bucket, ObjectPattern(own + inside), pattern)
            if any(name.startswith(f"{own}secrets/") for name in names):
                raise no_match(pattern)
            yield from _copied(self._bucket, names, pattern)


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

    def find(self, tenant_id: TenantId, pattern: str) -> FoundFiles:
        """The files that match, in the order of their names.

        Raises StepError where there are none or they may not be read; NotYetError where a young tenant may not do so.
        """
        uri, awaited = parse_storage_uri(pattern), self._grants.awaited(tenant_id)
        with awaited, translated(f"read {pattern}"), self._allowed(tenant_id, pattern):
            bucket = self._bucket(tenant_id=tenant_id, name=uri.bucket)
            names = _matching(bucket, ObjectPattern(uri.path), pattern)
            yield from _copied(bucket, names, pattern)

    @contextmanager
    def objects(self, tenant_id: TenantId, pattern: str) -> Iterator[tuple[Bucket, tuple[StoredObject, ...]]]:
        """The bucket and the objects that match, as they are now, for looks at them. Raises as `find` does."""
        uri, awaited = parse_storage_uri(pattern), self._grants.awaited(tenant_id)
        with awaited, translated(f"read {pattern}"), self._allowed(tenant_id, pattern):
            bucket = self._bucket(tenant_id=tenant_id, name=uri.bucket)
            found = _matching(bucket, ObjectPattern(uri.path), pattern)
            try:
                yield bucket, tuple(item or bucket.look_at(name) for name, item in found.items())
            except exceptions.NotFound as error:
                raise no_match(pattern) from error

    @contextmanager
    def _allowed(self, tenant_id: TenantId, pattern: str) -> Iterator[None]:
        try:
            yield
        except exceptions.Forbidden as error:
            if transience_in(error):
                raise
            account = self._account(tenant_id)
            raise StepError(f"The tenant's service account {account} may not read {pattern}") from error


def _matching(bucket: Bucket, pattern: ObjectPattern, asked: str) -> dict[str, StoredObject | None]:
    """What matches, by name: nothing is known yet of a single object, which takes no permission to list."""
    if pattern.names_one:
        return {pattern.text: None}
    try:
        listed = bucket.objects(pattern.prefix, is_flat=pattern.is_flat)
        matching = (item for item in listed if pattern.matches(item.name))
        found = list(islice(matching, MOST_FILES + 1))
    except exceptions.NotFound as error:
        raise no_match(asked) from error
    if len(found) > MOST_FILES:
        raise StepError(f"'{asked}' matches more than {MOST_FILES:,} files")
    if not found:
        raise no_match(asked, exactly=_exactly(bucket, pattern.text, asked))
    return {item.name: item for item in sorted(found, key=lambda item: item.name)}


def _exactly(bucket: Bucket, name: str, asked: str) -> str | None:
    """The pattern of the object that is called as the pattern is, where there is one."""
    first = next(iter(bucket.objects(name)), None)
    if first is None or first.name != name:
        return None
    scheme = SCHEME if asked.startswith(SCHEME) else ""
    return scheme + escape(asked.removeprefix(scheme))


def _copied(bucket: Bucket, names: dict[str, StoredObject | None], asked: str) -> FoundFiles:
    with temporary_folder("source-") as folder:
        path = folder / "object"
        for name, item in names.items():
            with _room_for(bucket.uri(name)), path.open("wb") as file:
                _copy(bucket, name, file, item=item, asked=asked)
            yield ReadableFile(path, shown_name(bucket.uri(name)), may_be_unpacked=True)


@contextmanager
def _room_for(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        # Other steps of this machine may have taken it.
        raise TransientError(f"This machine has no room for a copy of {name}") from error


def _copy(bucket: Bucket, name: str, file: IO[bytes], *, item: StoredObject | None, asked: str) -> None:
    try:
        bucket.copy_to(file, name, generation=item.generation if item else None)
    except exceptions.NotFound as error:
        if item is None:
            raise no_match(asked) from error
        raise TransientError(f"{bucket.uri(name)} was replaced or deleted before it was read") from error
