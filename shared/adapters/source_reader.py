"""Reader: every source outside BigQuery, as its type reads it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Protocol

from shared.adapters.egress.gate import Gate
from shared.adapters.files.bucket_files import TenantBucketFiles
from shared.adapters.files.readable_file import Files
from shared.adapters.source_access import FIRST_PAUSE_SECONDS, SourceAccess
from shared.domain.json_lines import RowOrLines
from shared.domain.loadable import LoadableObjects
from shared.domain.parameter import ParameterValue
from shared.domain.progress import FileVersion, Memory
from shared.domain.row_fit import RowFit
from shared.domain.source import RowSource
from shared.ports import Secrets
from shared.sources.parts import part_of


class ReadRows(Protocol):
    """`read_rows` of a type, whose source it is given."""

    def __call__(self, source: RowSource, access: SourceAccess) -> Iterator[RowOrLines]:
        """The source's rows, one at a time or some at once.

        Raises StepError for what can't be read, TransientError for what may be readable later.
        """


class FindFiles(Protocol):
    """`find_files` of a type, whose source it is given."""

    def __call__(self, source: RowSource, access: SourceAccess) -> tuple[FileVersion, ...]:
        """The source's files, none of which is read. Raises as `read_rows`."""


class FindObjects(Protocol):
    """`find_objects` of a type, whose source it is given."""

    def __call__(
        self, source: RowSource, access: SourceAccess, known: LoadableObjects | None
    ) -> LoadableObjects | str:
        """The objects, or why BigQuery may not load them by itself. Raises as `read_rows` does."""


class SourceReader:
    """Reads the tenant's own files, objects of buckets, and what lies behind the gate, with the tenant's secrets."""

    def __init__(
        self,
        *,
        own_files: Files,
        bucket_files: Files,
        secrets: Secrets,
        gate: Gate,
        tenant_objects: TenantBucketFiles | None = None,
        first_pause_seconds: float = FIRST_PAUSE_SECONDS,
    ) -> None:
        """`own_files` are those that a path without `gs://` names, `bucket_files` the others. `gate` is passed by every
        connection to an API. `tenant_objects` are those that BigQuery may load by itself.

        `first_pause_seconds` is how long an API is left alone before it is asked again.
        """
        self._first_pause_seconds = first_pause_seconds
        self._own_files = own_files
        self._bucket_files = bucket_files
        self._secrets = secrets
        self._gate = gate
        self._tenant_objects = tenant_objects

    def read(
        self,
        source: RowSource,
        *,
        tenant_id: str,
        parameters: tuple[ParameterValue, ...],
        look: Callable[[], None] = lambda: None,
        memory: Memory | None = None,
        fit: RowFit | None = None,
    ) -> Iterator[RowOrLines]:
        """The source's rows, one at a time or some at once; of an API, `look` is called before each request."""
        read: ReadRows = part_of(source, "read_rows")
        return read(source, replace(self._access(tenant_id, parameters, look), memory=memory, fit=fit))

    def find_files(
        self, source: RowSource, *, tenant_id: str, parameters: tuple[ParameterValue, ...]
    ) -> tuple[FileVersion, ...]:
        """The files that a source of files names, none of which is read. Raises as `read`."""
        find: FindFiles = part_of(source, "find_files")
        return find(source, self._access(tenant_id, parameters, lambda: None))

    def objects(
        self,
        source: RowSource,
        *,
        tenant_id: str,
        parameters: tuple[ParameterValue, ...],
        known: LoadableObjects | None = None,
        most: int | None = None,
        look: Callable[[], None] = lambda: None,
    ) -> LoadableObjects | str:
        """The objects that BigQuery may load by itself, or why it may not; `known` ones if they are the same."""
        find: FindObjects = part_of(source, "find_objects")
        return find(source, replace(self._access(tenant_id, parameters, look), most_objects=most), known)

    def _access(
        self, tenant_id: str, parameters: tuple[ParameterValue, ...], look: Callable[[], None]
    ) -> SourceAccess:
        return SourceAccess(
            tenant_id=tenant_id,
            parameters=parameters,
            look=look,
            own_files=self._own_files,
            bucket_files=self._bucket_files,
            secrets=self._secrets,
            gate=self._gate,
            tenant_objects=self._tenant_objects,
            first_pause_seconds=self._first_pause_seconds,
        )
