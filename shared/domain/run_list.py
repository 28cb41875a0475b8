"""A tenant's past runs, as a list to page through."""

from datetime import datetime, timedelta

from pydantic import JsonValue

from shared.domain.ids import PipelineId, RunId, TenantId
from shared.domain.model import Model, UtcTime
from shared.domain.run import RunStatus

LISTED_DAYS = 30
"""How far a list goes back of which nobody says since when: what is older costs more to read."""


class PageMark(Model):
    """The last run of a page; the next page begins after it. The list that it is of begins at `since`."""

    created_at: UtcTime
    run_id: RunId
    since: UtcTime | None = None


class RunQuery(Model):
    """Which of a tenant's runs are asked for; newest first. None without a beginning: all of time is dear to read."""

    tenant_id: TenantId
    status: RunStatus | None = None
    pipeline_id: str | None = None
    since: UtcTime
    until: UtcTime | None = None
    backfill_id: str | None = None
    limit: int = 50
    after: PageMark | None = None


def since_when(until: datetime | None, *, now: datetime) -> datetime:
    """Where a list begins of which only the end was said, or not even that."""
    return (now if until is None else min(until, now)) - timedelta(days=LISTED_DAYS)


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
