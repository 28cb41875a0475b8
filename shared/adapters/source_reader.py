"""Reader: every source outside BigQuery."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import JsonValue

from shared.adapters.file_rows import read_files
from shared.adapters.rest_rows import read_rest_api
from shared.domain.parameter import ParameterValue
from shared.domain.reference import resolved
from shared.domain.source import FilesSource, RestApiSource
from shared.ports import Secrets


class SourceReader:
    """Reads files below `files_dir` or the tenant's own folder, and REST APIs with the tenant's secrets."""

    def __init__(self, *, configs_dir: Path, files_dir: Path | None, secrets: Secrets) -> None:
        self._configs_dir = configs_dir
        self._files_dir = files_dir
        self._secrets = secrets

    def read(
        self,
        source: FilesSource | RestApiSource,
        *,
        tenant_id: str,
        parameters: tuple[ParameterValue, ...],
    ) -> Iterator[dict[str, JsonValue]]:
        """The source's rows, one at a time."""
        match source:
            case FilesSource():
                folder = self._configs_dir / tenant_id
                return read_files(source, folder=folder, allowed=self._files_dir, forbidden=self._configs_dir)
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
                )
