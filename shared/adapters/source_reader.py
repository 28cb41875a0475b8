"""Reader: every source outside BigQuery."""

from collections.abc import Callable, Iterator

from pydantic import JsonValue

from shared.adapters.file_rows import read_files
from shared.adapters.readable_file import Files
from shared.adapters.rest_rows import read_rest_api
from shared.domain.parameter import ParameterValue
from shared.domain.reference import resolved
from shared.domain.source import FilesSource, RestApiSource
from shared.domain.storage_uri import SCHEME
from shared.ports import Secrets


class SourceReader:
    """Reads the tenant's own files, objects of buckets, and REST APIs with the tenant's secrets."""

    def __init__(self, *, own_files: Files, bucket_files: Files, secrets: Secrets) -> None:
        """`own_files` are those that a path without `gs://` names, `bucket_files` the others."""
        self._own_files = own_files
        self._bucket_files = bucket_files
        self._secrets = secrets

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
                settings: dict[str, JsonValue] = {
                    "client": source.client,
                    "resource_defaults": source.resource_defaults,
                    "resources": list(source.resources),
                }
                return read_rest_api(
                    source,
                    {
                        name: resolved(
                            value,
                            secret=lambda secret: self._secrets.load(tenant_id, secret),
                            parameters=parameters,
                        )
                        for name, value in settings.items()
                    },
                    look=look,
                )
