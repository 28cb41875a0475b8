"""Which objects BigQuery may load by itself, with the rows and values that `read_rows` would give."""

import hashlib
import re
from collections.abc import Callable

from shared.adapters.bucket import Bucket, StoredObject
from shared.adapters.files.parquet_columns import parquet_columns
from shared.adapters.source_access import SourceAccess
from shared.domain.loadable import LoadableColumn, LoadableObjects
from shared.sources.files.source import FilesSource

_OTHER_MEANING = re.compile(r"\*|#\d+$")
"""What stands for other objects, or for a generation, in the URI of a load job."""
_MOST_URI_BYTES = 1_000_000
"""Of one request; it takes ten times as much."""


def find_objects(
    source: FilesSource, access: SourceAccess, known: LoadableObjects | None
) -> LoadableObjects | str:
    """The objects that its path names, or why they can't be loaded."""
    if access.tenant_objects is None:
        return "there is no Cloud Storage"
    with access.tenant_objects.objects(access.tenant_id, source.path) as (bucket, items):
        version = _version(items)
        if known is not None and known.version == version:
            return known
        uris = tuple(bucket.uri(item.name) for item in items)
        if any(_OTHER_MEANING.search(uri) for uri in uris):
            return "a name has a star, or ends like a generation"
        if sum(len(uri.encode()) for uri in uris) > _MOST_URI_BYTES:
            return "their names are too many for one job"
        columns = _columns(bucket, items, look=access.look)
    return (
        columns if isinstance(columns, str) else LoadableObjects(uris=uris, version=version, columns=columns)
    )


def _version(items: tuple[StoredObject, ...]) -> str:
    text = "".join(f"{item.name}\0{item.generation}\n" for item in items)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _columns(
    bucket: Bucket, items: tuple[StoredObject, ...], *, look: Callable[[], None]
) -> tuple[LoadableColumn, ...] | str:
    found: tuple[LoadableColumn, ...] | None = None
    for item in items:
        look()
        with bucket.opened(item) as file:
            columns = parquet_columns(file)
        if isinstance(columns, str):
            return f"{bucket.uri(item.name)}: {columns}"
        if found is not None and columns != found:
            return f"{bucket.uri(item.name)}: its columns differ from those of the objects before it"
        found = columns
    return found or "there are none"
