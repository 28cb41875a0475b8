"""What a source of type `rest_api` says."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from shared.domain.model import ADDED, GrownModel
from shared.domain.reference import references
from shared.domain.source_column import SourceColumns
from shared.domain.source_needs import SourceNeeds


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
        int,
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
        named = (reference.get("secret") for _, reference in references(self.settings))
        return SourceNeeds(secrets=frozenset(name for name in named if isinstance(name, str)))
