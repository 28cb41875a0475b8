"""Reads files of the tenant's own, objects of stores, and files of web servers."""

from collections.abc import Iterator, Sequence

from shared.adapters.files.rows import read_written_files
from shared.adapters.source_access import SourceAccess
from shared.domain.json_lines import RowOrLines
from shared.domain.progress import FileVersion, Memory, Progress
from shared.log import log
from shared.sources.files.find_files import paths_of, place_of
from shared.sources.files.source import FilesSource


def read_rows(source: FilesSource, access: SourceAccess) -> Iterator[RowOrLines]:
    """The rows of the files that its path names, each file's after its name; with a memory, of those that are due."""
    if access.memory is None:
        files = place_of(source, access).find(access.tenant_id, paths_of(source, access))
        return read_written_files(source, files, fit=access.fit)
    return _due_rows(source, access, access.memory)


def _due_rows(source: FilesSource, access: SourceAccess, memory: Memory) -> Iterator[RowOrLines]:
    taken: list[FileVersion] = []

    def select(found: Sequence[FileVersion]) -> Sequence[FileVersion]:
        taken.extend(source.due(found, memory.known))
        log("files_due", tenant_id=access.tenant_id, files_found=len(found), files_due=len(taken))
        return taken

    files = place_of(source, access).find(access.tenant_id, paths_of(source, access), select=select)
    yield from read_written_files(source, files, fit=access.fit)
    memory.keep(Progress(files=tuple(taken)))
