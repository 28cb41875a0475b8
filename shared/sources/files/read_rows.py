"""Reads files of the tenant's own, objects of stores, and files of web servers."""

from collections.abc import Iterator

from pydantic import JsonValue

from shared.adapters.files.rows import read_files
from shared.adapters.source_access import SourceAccess
from shared.sources.files.find_files import place_of
from shared.sources.files.source import FilesSource


def read_rows(source: FilesSource, access: SourceAccess) -> Iterator[dict[str, JsonValue]]:
    """The rows of the files that its path names, one file after the other."""
    return read_files(source, place_of(source, access).find(access.tenant_id, source.path))
