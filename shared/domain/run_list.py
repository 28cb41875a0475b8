"""A tenant's past runs, as a list to page through."""

from pydantic import JsonValue

from shared.domain.ids import PipelineId, RunId, TenantId
from shared.domain.model import Model, UtcTime
from shared.domain.run import RunStatus


class PageMark(Model):
    """The last run of a page; the next page begins after it."""

    created_at: UtcTime
    run_id: RunId


class RunQuery(Model):
    """Which of a tenant's runs are asked for; newest first."""

    tenant_id: TenantId
    status: RunStatus | None = None
    pipeline_id: str | None = None
    since: UtcTime | None = None
    until: UtcTime | None = None
    backfill_id: str | None = None
    limit: int = 50
    after: PageMark | None = None


class RunSummary(Model):
    """One row of the view `pipeline_runs`, as lists show it."""

    run_id: RunId
    pipeline_id: PipelineId
    status: RunStatus
    trigger: str
    created_at: UtcTime
    started_at: UtcTime | None
    completed_at: UtcTime | None
    duration_ms: int | None
    error_message: str | None
    rows_ingested: int | None
    rows_transformed: int | None
    quality_passed: bool | None
    bytes_billed: int
    rerun_of: RunId | None
    backfill_id: RunId | None
    warnings: tuple[str, ...] = ()
    """The rules of severity `warn` that did not hold, as `step.rule`."""


class RunOutcome(Model):
    """How a run stands, and what it was asked to do: its parameters by name."""

    run_id: RunId
    status: RunStatus
    parameters: dict[str, JsonValue]


class RunPage(Model):
    """One page of runs; `total` counts all that match."""

    runs: tuple[RunSummary, ...]
    total: int
    next_mark: PageMark | None
