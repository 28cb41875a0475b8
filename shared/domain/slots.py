"""Whose turn it is: a tenant's runs that have not ended, and how many of them may be under way at once.

Nothing is handed out and nothing given back: whether a run may start follows from the runs that have not ended, so no
slot can leak. The oldest goes first, and a backfill's runs let all others pass.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal

from shared.domain.event import BackfillPart
from shared.domain.ids import RunId, TenantId
from shared.domain.model import Model, UtcTime


class OpenRun(Model):
    """A run that has not ended, as the log's readers see it."""

    tenant_id: TenantId
    run_id: RunId
    status: Literal["QUEUED", "RUNNING"]
    created_at: UtcTime
    started_at: UtcTime | None
    last_seen_at: UtcTime
    timeout_seconds: int
    concurrent_runs: int | None
    backfill: BackfillPart | None

    @property
    def is_limited(self) -> bool:
        """Whether it may have to wait for others."""
        return self.concurrent_runs is not None or self.backfill is not None


def runs_ahead(run: OpenRun, open_runs: Iterable[OpenRun]) -> tuple[OpenRun, ...]:
    """The runs that `run` waits for, those under way first; none when it may start.

    Two runs that are accepted at the same moment may each not see the other yet: then one more than the limit starts.
    """
    others = [other for other in open_runs if other.tenant_id == run.tenant_id and other.run_id != run.run_id]
    ahead = sorted((other for other in others if _goes_first(other, run)), key=_place)
    if run.concurrent_runs is not None and len(ahead) >= run.concurrent_runs:
        return tuple(ahead)
    if run.backfill is not None:
        own = [other for other in ahead if _is_of_same_backfill(other, run)]
        if len(own) >= run.backfill.concurrent_runs:
            return tuple(own)
    return ()


def whose_turn(open_runs: Sequence[OpenRun]) -> tuple[OpenRun, ...]:
    """The waiting runs of one tenant that may start now, in their order."""
    waiting = sorted((run for run in open_runs if run.status == "QUEUED"), key=_place)
    return tuple(run for run in waiting if not runs_ahead(run, open_runs))


def _goes_first(other: OpenRun, run: OpenRun) -> bool:
    return other.status == "RUNNING" or _place(other) < _place(run)


def _is_of_same_backfill(other: OpenRun, run: OpenRun) -> bool:
    return (
        other.backfill is not None
        and run.backfill is not None
        and other.backfill.backfill_id == run.backfill.backfill_id
    )


def _place(run: OpenRun) -> tuple[bool, bool, datetime, str]:
    return (run.status == "QUEUED", run.backfill is not None, run.created_at, run.run_id)
