"""Which objects BigQuery may load by itself, with the rows and values that `read_rows` would give."""

import hashlib
import re
from collections.abc import Callable

from shared.adapters.bucket import Bucket, StoredObject
from shared.adapters.files.ndjson_text import ndjson_text
from shared.adapters.files.problems import shown_name
from shared.adapters.source_access import SourceAccess
from shared.domain.loadable import LoadableColumn, LoadableObjects, LoadableText
from shared.sources.files.find_files import paths_of
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
    with access.tenant_objects.objects(access.tenant_id, paths_of(source, access)) as (bucket, items):
        version = _version(items)
        if known is not None and known.version == version:
            return known
        if access.most_objects is not None and len(items) > access.most_objects:
            return (
                f"they are more than {access.most_objects}, each of which would be loaded by a job of its own"
            )
        uris = tuple(bucket.uri(item.name) for item in items)
        if any(_OTHER_MEANING.search(uri) for uri in uris):
            return "a name has a star, or ends like a generation"
        if any(shown_name(uri) != uri for uri in uris):
            return "a name has control characters"
        if sum(len(uri.encode()) for uri in uris) > _MOST_URI_BYTES:
            return "their names are too many for one job"
        if source.format == "ndjson":
            texts = _texts(bucket, items, look=access.look)
            if isinstance(texts, str):
                return texts
            return LoadableObjects(uris=uris, version=version, texts=texts)
        shape = _shape(bucket, items, look=access.look)
    if isinstance(shape, str):
        return shape
    columns, row_count = shape
    return LoadableObjects(uris=uris, version=version, columns=columns, row_count=row_count)


def _version(items: tuple[StoredObject, ...]) -> str:
    text = "".join(f"{item.name}\0{item.generation}\n" for item in items)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _texts(
    bucket: Bucket, items: tuple[StoredObject, ...], *, look: Callable[[], None]
) -> tuple[LoadableText, ...] | str:
    """The text of each of them; or why they are to be read."""
    found: list[LoadableText] = []
    for item in items:
        look()
        uri = bucket.uri(item.name)
        with bucket.opened(item) as file:
            text = ndjson_text(file, size_bytes=item.size_bytes, name=uri)
        if isinstance(text, str):
            return f"{uri}: {text}"
        found.append(text)
    return tuple(found)


def _shape(
    bucket: Bucket, items: tuple[StoredObject, ...], *, look: Callable[[], None]
) -> tuple[tuple[LoadableColumn, ...], int] | str:
    """The columns that each of them has, and how many rows they have together; or why they are to be read."""
    # Its library is slow to import, and only needed here.
    from shared.adapters.files.parquet_columns import parquet_columns

    found: tuple[LoadableColumn, ...] = ()
    row_count = 0
    for item in items:
        look()
        with bucket.opened(item) as file:
            shape = parquet_columns(file)
        if isinstance(shape, str):
            return f"{bucket.uri(item.name)}: {shape}"
        columns, count = shape
        if found not in ((), columns):
            return f"{bucket.uri(item.name)}: its columns differ from those of the objects before it"
        found, row_count = columns, row_count + count
    return found, row_count
