"""Reads a REST API with the tenant's secrets."""

from collections.abc import Iterator

from pydantic import JsonValue

from shared.adapters.source_access import SourceAccess
from shared.sources.rest_api.reading.rows import read_rest_api
from shared.sources.rest_api.reading.substituted import substituted_settings
from shared.sources.rest_api.source import RestApiSource


def read_rows(source: RestApiSource, access: SourceAccess) -> Iterator[dict[str, JsonValue]]:
    """The rows of its resource; `look` is called before each request."""
    secrets: list[str] = []

    def load(name: str) -> str:
        secrets.append(access.secrets.load(access.tenant_id, name))
        return secrets[-1]

    settings = substituted_settings(source, secret=load, parameters=access.parameters)
    return read_rest_api(
        source,
        settings,
        secrets=tuple(secrets),
        look=access.look,
        gate=access.gate,
        first_pause_seconds=access.first_pause_seconds,
    )
