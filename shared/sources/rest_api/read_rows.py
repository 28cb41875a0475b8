"""Reads a REST API with the tenant's secrets."""

from collections.abc import Iterator

from pydantic import JsonValue

from shared.adapters.source_access import SourceAccess
from shared.domain.json_lines import RowOrLines
from shared.domain.row_fit import RowFit
from shared.domain.shaped_rows import RowShaper
from shared.sources.rest_api.reading.going_on import RowCursor, started
from shared.sources.rest_api.reading.rows import read_rest_api
from shared.sources.rest_api.reading.substituted import substituted_settings
from shared.sources.rest_api.settings import endpoint_of, incremental_of
from shared.sources.rest_api.source import RestApiSource


def read_rows(source: RestApiSource, access: SourceAccess) -> Iterator[RowOrLines]:
    """The rows of its resource; `look` is called before each request."""
    secrets: list[str] = []

    def load(name: str) -> str:
        secrets.append(access.secrets.load(access.tenant_id, name))
        return secrets[-1]

    settings = substituted_settings(source, secret=load, parameters=access.parameters)
    name, number = source.resource_name, source.resource_number
    resources = settings["resources"]
    found = incremental_of(endpoint_of(resources[number])) if isinstance(resources, list) else ()
    cursor = RowCursor(found[0][1], resource=name, memory=access.memory) if found else None
    if cursor is not None:
        settings = started(settings, number, cursor)
    rows = read_rest_api(
        source,
        settings,
        secrets=tuple(secrets),
        look=access.look,
        gate=access.gate,
        first_pause_seconds=access.first_pause_seconds,
    )
    if cursor is not None:
        rows = cursor.followed(rows)
    return _shaped(rows, source, access.fit) if source.columns or access.fit else rows


def _shaped(
    rows: Iterator[dict[str, JsonValue]], source: RestApiSource, fit: RowFit | None
) -> Iterator[RowOrLines]:
    shaper = RowShaper(source.columns, fit)
    yield from shaper.shaped(
        rows, at=lambda number: f"row {number} of resource '{source.resource_name}'", have_all_fields=False
    )
    shaper.require_seen()
