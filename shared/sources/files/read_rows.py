"""Reads files of the tenant's own, and objects of buckets."""

from collections.abc import Iterator

from shared.adapters.files.rows import read_written_files
from shared.adapters.source_access import SourceAccess
from shared.domain.json_lines import RowOrLines
from shared.sources.files.find_files import place_of
from shared.sources.files.source import FilesSource


def read_rows(source: FilesSource, access: SourceAccess) -> Iterator[RowOrLines]:
    """The rows of the files that its path names, one file after the other."""
    return read_written_files(source, place_of(source, access).find(access.tenant_id, source.path))
