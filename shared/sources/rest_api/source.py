"""What a source of type `rest_api` says."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from shared.domain.definition import definition_hash
from shared.domain.model import ADDED, RECORDED, GrownModel, WholeNumber
from shared.domain.reference import references
from shared.domain.source_column import SourceColumns
from shared.domain.source_needs import SourceNeeds
from shared.sources.rest_api.settings import endpoint_of, incremental_of, resource_names


class RestApiSource(GrownModel):
    """A REST API in the configuration words of dlt's REST source (dlthub.com/docs, "REST API source").

    A value `{secret: name}` is the tenant's secret of that name; `{parameter: date_range_start, format: unix}` is
    what the run was given.
    """

    type: Literal["rest_api"]
    description: str | None = None
    client: Annotated[dict[str, JsonValue], Field(description="`base_url`, `auth`, `headers`, `paginator`")]
    resource_defaults: Annotated[dict[str, JsonValue], Field(description="what all resources share")] = {}
    resources: Annotated[
        tuple[JsonValue, ...],
        Field(min_length=1, description="one or more; each row of a resource is one row"),
    ]
    resource: Annotated[str | None, Field(description="whose rows are ingested, where there are several")] = (
        None
    )
    max_pages: Annotated[
        WholeNumber,
        ADDED,
        Field(
            ge=1, le=1_000_000, description="the most answers that one step takes, of all resources together"
        ),
    ] = 10_000

    columns: SourceColumns = {}

    @property
    def settings(self) -> dict[str, JsonValue]:
        """`client`, `resource_defaults` and `resources`, as its file has them."""
        return {
            "client": self.client,
            "resource_defaults": self.resource_defaults,
            "resources": list(self.resources),
        }

    @property
    def needs(self) -> SourceNeeds:
        """The secrets that its settings name."""
        found = [reference for _, reference in references(self.settings)]
        secrets = frozenset(name for each in found if isinstance(name := each.get("secret"), str))
        if not self.incremental:
            return SourceNeeds(place=self._place, secrets=secrets)
        given = frozenset(name for each in found if isinstance(name := each.get("parameter"), str))
        return SourceNeeds(place=self._place, secrets=secrets, way=self._way, goes_on=True, parameters=given)

    @property
    def resource_number(self) -> int:
        """The number of the resource whose rows are ingested, from 0."""
        names = resource_names(self.settings)
        return names.index(self.resource) if self.resource in names else 0

    @property
    def resource_name(self) -> str:
        """What it is called."""
        return str(self.resource or resource_names(self.settings)[0])

    @property
    def incremental(self) -> dict[str, JsonValue] | None:
        """What it says of where its rows are read from: dlt's words of the endpoint whose rows are ingested."""
        found = incremental_of(endpoint_of(self.resources[self.resource_number]))
        return found[0][1] if found else None

    @property
    def _place(self) -> str:
        return f"{self.client.get('base_url', '')} ({self.resource_name})"

    @property
    def _way(self) -> str:
        said = self.model_dump(mode="json", context=RECORDED, exclude={"type", "description", "max_pages"})
        return definition_hash(_without_lag(said))


def _without_lag(value: JsonValue) -> JsonValue:
    """The settings without how far back is read, which says nothing about what was read before."""
    match value:
        case dict():
            is_cursor = "cursor_path" in value
            return {key: _without_lag(inner) for key, inner in value.items() if key != "lag" or not is_cursor}
        case list():
            return [_without_lag(inner) for inner in value]
        case _:
            return value
