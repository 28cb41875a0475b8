"""Finds files of the tenant's own, and objects of buckets, and reads none of them."""

from shared.adapters.files.readable_file import Files
from shared.adapters.source_access import SourceAccess
from shared.domain.progress import FileVersion
from shared.domain.storage_uri import SCHEME
from shared.sources.files.source import FilesSource


def find_files(source: FilesSource, access: SourceAccess) -> tuple[FileVersion, ...]:
    """The files that its path names, in the order of their names."""
    return place_of(source, access).versions(access.tenant_id, source.path)


def place_of(source: FilesSource, access: SourceAccess) -> Files:
    """Where its files are."""
    return access.bucket_files if source.path.startswith(SCHEME) else access.own_files
