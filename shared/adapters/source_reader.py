"""Reader: every source outside BigQuery, as its type reads it."""

from collections.abc import Callable, Iterator
from typing import Protocol

from pydantic import JsonValue

from shared.adapters.egress.gate import Gate
from shared.adapters.files.readable_file import Files
from shared.adapters.source_access import FIRST_PAUSE_SECONDS, SourceAccess
from shared.domain.parameter import ParameterValue
from shared.domain.source import RowSource
from shared.ports import Secrets
from shared.sources.parts import part_of


class ReadRows(Protocol):
    """`read_rows` of a type, whose source it is given."""

    def __call__(self, source: RowSource, access: SourceAccess) -> Iterator[dict[str, JsonValue]]:
        """The source's rows, one at a time.

        Raises StepError for what can't be read, TransientError for what may be readable later.
        """


class SourceReader:
    """Reads the tenant's own files, objects of buckets, and what lies behind the gate, with the tenant's secrets."""

    def __init__(
        self,
        *,
        own_files: Files,
        bucket_files: Files,
        secrets: Secrets,
        gate: Gate,
        first_pause_seconds: float = FIRST_PAUSE_SECONDS,
    ) -> None:
        """`own_files` are those that a path without `gs://` names, `bucket_files` the others. `gate` is passed by every
        connection to an API.

        `first_pause_seconds` is how long an API is left alone before it is asked again.
        """
        self._first_pause_seconds = first_pause_seconds
        self._own_files = own_files
        self._bucket_files = bucket_files
        self._secrets = secrets
        self._gate = gate

    def read(
        self,
        source: RowSource,
        *,
        tenant_id: str,
        parameters: tuple[ParameterValue, ...],
        look: Callable[[], None] = lambda: None,
    ) -> Iterator[dict[str, JsonValue]]:
        """The source's rows, one at a time; of an API, `look` is called before each request."""
        read: ReadRows = part_of(source, "read_rows")
        access = SourceAccess(
            tenant_id=tenant_id,
            parameters=parameters,
            look=look,
            own_files=self._own_files,
            bucket_files=self._bucket_files,
            secrets=self._secrets,
            gate=self._gate,
            first_pause_seconds=self._first_pause_seconds,
        )
        return read(source, access)
