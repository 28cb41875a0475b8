"""A named recipe in a tenant's YAML, and everything it names."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from shared.domain.cron import require_cron
from shared.domain.destination import IngestDestination, TransformDestination
from shared.domain.ids import SEGMENT, Name, PipelineId, TableName, TenantId, pipeline_id
from shared.domain.model import Model, WholeNumber
from shared.domain.parameter import Parameter
from shared.domain.retry import Retry
from shared.domain.rule import RuleSet
from shared.domain.source import Source
from shared.domain.table import Table
from shared.domain.tenant import MINIMUM_BYTES_BILLED, Tenant
from shared.domain.time_zone import require_time_zone
from shared.domain.window import Window

_SECONDS_BY_UNIT = {"s": 1, "m": 60, "h": 3600}
_MAX_TIMEOUT_SECONDS = 24 * 3600


def duration_seconds(text: str) -> int:
    """`90s`, `30m` or `6h` in seconds."""
    match = re.fullmatch(r"([1-9][0-9]{0,20})([smh])", text)
    if match is None:
        raise ValueError("must be a duration such as 90s, 30m or 6h")
    return int(match[1]) * _SECONDS_BY_UNIT[match[2]]


def require_timeout(text: str) -> str:
    """The text, if it is a duration of at most a day; else ValueError."""
    if duration_seconds(text) > _MAX_TIMEOUT_SECONDS:
        raise ValueError("must be at most 24h")
    return text


Timeout = Annotated[
    str, AfterValidator(require_timeout), Field(json_schema_extra={"pattern": r"^[1-9][0-9]{0,20}[smh]$"})
]

_CRON_FIELD = r"[0-9A-Z*,/-]+"
Cron = Annotated[
    str,
    AfterValidator(require_cron),
    # What an editor can see of it.
    Field(json_schema_extra={"pattern": rf"^{_CRON_FIELD}( {_CRON_FIELD}){{4}}$"}),
]


class Schedule(Model):
    """When Cloud Scheduler triggers the pipeline."""

    cron: Annotated[Cron, Field(description="five unix-cron fields, e.g. '0 6 * * *'")]
    timezone: Annotated[
        str,
        AfterValidator(require_time_zone),
        Field(description="a name of the IANA database, e.g. Europe/Berlin"),
    ] = "Etc/UTC"


class _Step(Model):
    id: Name
    needs: Annotated[
        tuple[Name, ...] | None,
        Field(description="ids of the steps that must succeed first; left out, the step before"),
    ] = None
    retry: Annotated[Retry, Field(description="how often the step is tried, and after which failures")] = (
        Retry()
    )
    timeout: Annotated[
        Timeout | None,
        Field(description="how long the step may take, all attempts together; left out, as long as the run"),
    ] = None
    bytes_billed_per_step: Annotated[
        WholeNumber | None,
        Field(
            ge=MINIMUM_BYTES_BILLED,
            description="bytes that the jobs of one attempt may bill together; left out, as many as the run",
        ),
    ] = None


class IngestStep(_Step):
    """Rows from a source into a table."""

    type: Literal["ingest"]
    source: Annotated[Name, Field(description="a file of sources/, without .yml")]
    destination: IngestDestination


class DqStep(_Step):
    """Rules over a table: over this run's rows, over this pipeline's (of a window of days), or over all of them."""

    type: Literal["dq"]
    table: TableName
    rules: Annotated[Name, Field(description="a file of dq_rules/, without .yml")]
    scope: Literal["run", "pipeline", "table"] = "run"
    window: Window | None = None
    on_failure: Literal["stop", "continue"] = "stop"


class TransformStep(_Step):
    """The rows of one SELECT into a table."""

    type: Literal["transform"]
    sql: Annotated[Name, Field(description="a file of transforms/, without .sql")]
    destination: TransformDestination


Step = Annotated[IngestStep | DqStep | TransformStep, Field(discriminator="type")]


class Pipeline(Model):
    """`pipelines/<provider>/<domain>/<pipeline>.yml`."""

    description: str | None = None
    parameters: dict[Name, Parameter] = {}
    schedule: Schedule | None = None
    timeout: Annotated[Timeout, Field(description="how long a run may take from its first step's start")] = (
        "1h"
    )
    bytes_billed_per_run: Annotated[
        WholeNumber | None,
        Field(
            ge=MINIMUM_BYTES_BILLED,
            description="bytes that the steps of a run may bill; left out, any number",
        ),
    ] = None
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=100)]

    @property
    def replaced_tables(self) -> frozenset[str]:
        """The tables whose rows of one run another run of this pipeline may replace at any moment."""
        return frozenset(
            step.destination.table
            for step in self.steps
            if (isinstance(step, IngestStep | TransformStep) and step.destination.mode == "replace")
            # What a source gives again belongs to the run that read it last.
            or (isinstance(step, IngestStep) and step.destination.mode == "merge")
        )


class Address(Model):
    """Which pipeline of which tenant: `acme_corp_001/gcp/cost/export`."""

    tenant_id: TenantId
    provider: Name
    domain: Name
    pipeline: Name

    @property
    def pipeline_id(self) -> PipelineId:
        """`acme_corp_001-gcp-cost-export`."""
        return pipeline_id(self.tenant_id, self.provider, self.domain, self.pipeline)

    @property
    def text(self) -> str:
        """`acme_corp_001/gcp/cost/export`."""
        return "/".join((self.tenant_id, self.provider, self.domain, self.pipeline))


def address_of(pipeline: PipelineId) -> Address:
    """The address that a pipeline's id was made of: no part of it has a dash."""
    tenant_id, provider, domain, name = pipeline.split("-")
    return Address(tenant_id=tenant_id, provider=provider, domain=domain, pipeline=name)


def is_segment(text: str) -> bool:
    """Whether `text` may be the provider, the domain or the pipeline of an address."""
    return SEGMENT.fullmatch(text) is not None and len(text) <= 100


class Recipe(Model):
    """A pipeline together with every source, rule set, SQL text and table that its steps name."""

    address: Address
    tenant: Tenant
    pipeline: Pipeline
    sources: dict[str, Source]
    rule_sets: dict[str, RuleSet]
    transforms: dict[str, str]
    tables: dict[str, Table]
