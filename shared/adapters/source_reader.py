"""Reader: every source outside BigQuery."""

from collections.abc import Callable, Iterator

from pydantic import JsonValue

from shared.adapters.egress.gate import Gate
from shared.adapters.files.readable_file import Files
from shared.adapters.files.rows import read_files
from shared.adapters.rest.rows import read_rest_api
from shared.adapters.rest.session import FIRST_PAUSE_SECONDS
from shared.adapters.rest.substituted import substituted_settings
from shared.domain.parameter import ParameterValue
from shared.domain.source import FilesSource, RestApiSource
from shared.domain.storage_uri import SCHEME
from shared.ports import Secrets


class SourceReader:
    """Reads the tenant's own files, objects of buckets, and REST APIs with the tenant's secrets."""

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
        source: FilesSource | RestApiSource,
        *,
        tenant_id: str,
        parameters: tuple[ParameterValue, ...],
        look: Callable[[], None] = lambda: None,
    ) -> Iterator[dict[str, JsonValue]]:
        """The source's rows, one at a time; of an API, `look` is called before each request."""
        match source:
            case FilesSource():
                files = self._bucket_files if source.path.startswith(SCHEME) else self._own_files
                return read_files(source, files.find(tenant_id, source.path))
            case RestApiSource():
                return self._rest_rows(source, look, tenant_id=tenant_id, parameters=parameters)

    def _rest_rows(
        self,
        source: RestApiSource,
        look: Callable[[], None],
        *,
        tenant_id: str,
        parameters: tuple[ParameterValue, ...],
    ) -> Iterator[dict[str, JsonValue]]:
        secrets: list[str] = []

        def load(name: str) -> str:
            secrets.append(self._secrets.load(tenant_id, name))
            return secrets[-1]

        settings = substituted_settings(source, secret=load, parameters=parameters)
        return read_rest_api(
            source,
            settings,
            secrets=tuple(secrets),
            look=look,
            gate=self._gate,
            first_pause_seconds=self._first_pause_seconds,
        )
