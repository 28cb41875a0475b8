"""Finds files of the tenant's own, objects of stores and files of web servers, and reads none of them."""

from shared.adapters.files.readable_file import Files
from shared.adapters.source_access import SourceAccess
from shared.domain.errors import StepError
from shared.domain.path_template import UnfitError
from shared.domain.progress import FileVersion
from shared.domain.storage_uri import SCHEME
from shared.sources.files.addresses import scheme_of
from shared.sources.files.source import FilesSource


def find_files(source: FilesSource, access: SourceAccess) -> tuple[FileVersion, ...]:
    """The files that its path names, in the order of their names."""
    return place_of(source, access).versions(access.tenant_id, paths_of(source, access))


def paths_of(source: FilesSource, access: SourceAccess) -> tuple[str, ...]:
    """The paths that its path stands for in this run."""
    try:
        return source.paths(access.parameters)
    except UnfitError as error:
        raise StepError(f"The parameter '{error.parameter}' {error}") from error


def place_of(source: FilesSource, access: SourceAccess) -> Files:
    """Where its files are."""
    match scheme_of(source.path):
        case "":
            return access.own_files
        case scheme if scheme == SCHEME:
            return access.bucket_files
        case _:
            # It takes requests, which is slow to import and of no use to the others.
            from shared.sources.files.remote.open_files import open_files

            return open_files(source, access)
