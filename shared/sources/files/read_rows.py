"""Reads files of the tenant's own, objects of stores, and files of web servers."""

from collections.abc import Iterator

from pydantic import JsonValue

from shared.adapters.files.readable_file import Files
from shared.adapters.files.rows import read_files
from shared.adapters.source_access import SourceAccess
from shared.domain.storage_uri import SCHEME
from shared.sources.files.addresses import scheme_of
from shared.sources.files.source import FilesSource


def read_rows(source: FilesSource, access: SourceAccess) -> Iterator[dict[str, JsonValue]]:
    """The rows of the files that its path names, one file after the other."""
    return read_files(source, files_of(source, access).find(access.tenant_id, source.path))


def files_of(source: FilesSource, access: SourceAccess) -> Files:
    """The place that its path is in."""
    match scheme_of(source.path):
        case "":
            return access.own_files
        case scheme if scheme == SCHEME:
            return access.bucket_files
        case _:
            # It takes requests, which is slow to import, and most files need none.
            from shared.sources.files.remote.open_files import open_files

            return open_files(source, access)
