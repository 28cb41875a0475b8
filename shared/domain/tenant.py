"""Whose configuration, data, secrets and limits these are."""

from typing import Annotated

from pydantic import Field

from shared.domain.ids import TenantId
from shared.domain.model import Model, Truth, WholeNumber

MINIMUM_BYTES_BILLED = 10_485_760
"""BigQuery refuses a smaller maximum_bytes_billed."""


class Limits(Model):
    """What one tenant may use."""

    bytes_billed_per_job: Annotated[
        WholeNumber, Field(ge=MINIMUM_BYTES_BILLED, description="bytes a single BigQuery job may bill")
    ] = 107_374_182_400
    concurrent_runs: Annotated[
        WholeNumber | None,
        Field(ge=1, le=1000, description="runs under way at once; more of them wait; left out, any number"),
    ] = None
    bytes_billed_per_day: Annotated[
        WholeNumber | None,
        Field(
            ge=MINIMUM_BYTES_BILLED,
            description="bytes that steps may bill in a UTC day before further runs are refused; left out, any number",
        ),
    ] = None
    estimate: Annotated[
        Truth,
        Field(
            description="whether BigQuery is asked what a query would read before it is submitted, where bytes of a "
            "day, a run or a step are limited; it takes some tenths of a second for each"
        ),
    ] = True
    runs_per_day: Annotated[
        WholeNumber | None,
        Field(ge=1, le=100_000, description="runs that are accepted in a UTC day; left out, any number"),
    ] = None

    @property
    def has_days(self) -> bool:
        """Whether what was used in a day matters."""
        return self.bytes_billed_per_day is not None or self.runs_per_day is not None


class Tenant(Model):
    """`tenant.yml`. The tenant's id is its folder's name and its dataset's name."""

    display_name: Annotated[
        str, Field(min_length=1, max_length=200, description="the tenant's name for people")
    ]
    location: Annotated[
        str, Field(pattern=r"^[A-Za-z0-9-]+$", description="where its BigQuery dataset lives, e.g. US or EU")
    ] = "US"
    limits: Limits = Limits()


class Principal(Model):
    """Who is calling, already authenticated. `label` is safe to show and to record."""

    tenant_id: TenantId
    label: str
