"""Reads files of the tenant's own, and objects of buckets."""

from collections.abc import Iterator

from pydantic import JsonValue

from shared.adapters.files.rows import read_files
from shared.adapters.source_access import SourceAccess
from shared.domain.storage_uri import SCHEME
from shared.sources.files.source import FilesSource


def read_rows(source: FilesSource, access: SourceAccess) -> Iterator[dict[str, JsonValue]]:
    """The rows of the files that its path names, one file after the other."""
    files = access.bucket_files if source.path.startswith(SCHEME) else access.own_files
    return read_files(source, files.find(access.tenant_id, source.path))
