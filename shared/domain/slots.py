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
from shared.domain.run import Run


class OpenRun(Model):
    """A run that has not ended, or ended just now, as the log's readers see it."""

    tenant_id: TenantId
    run_id: RunId
    status: Literal["QUEUED", "RUNNING", "ENDED"]
    created_at: UtcTime
    started_at: UtcTime | None
    updated_at: UtcTime
    """When the last fact was recorded for the first time."""
    last_seen_at: UtcTime
    """When anything was recorded, a source's reader that goes on and a fact's repetition included."""
    timeout_seconds: int
    concurrent_runs: int | None
    backfill: BackfillPart | None
    resume_at: UtcTime | None = None
    """When the first of its steps that pause between two attempts is due again."""

    @property
    def is_limited(self) -> bool:
        """Whether it may have to wait for others."""
        return self.concurrent_runs is not None or self.backfill is not None


class Wait(Model):
    """Why a run is still QUEUED, and which runs it waits for: those under way first."""

    reason: str
    run_ids: tuple[RunId, ...]


def wait_of(run: OpenRun, open_runs: Iterable[OpenRun]) -> Wait | None:
    """What the run waits for; None when it may start.

    Two runs that are accepted at the same moment may each not see the other yet: then both start, and for as long as
    they last the tenant has more runs under way than its limit says.
    """
    others = [other for other in open_runs if other.tenant_id == run.tenant_id and other.run_id != run.run_id]
    ahead = sorted((other for other in others if _goes_first(other, run)), key=_place)
    holders = _slot_holders(ahead)
    if _has_full_tenant(run, holders):
        return _wait(f"the tenant may have {_runs(run.concurrent_runs)} under way at once", ahead)
    if run.backfill is not None and _has_full_backfill(run, holders):
        own = [other for other in ahead if _is_of_same_backfill(other, run)]
        return _wait(f"the backfill may have {_runs(run.backfill.concurrent_runs)} under way at once", own)
    return None


def whose_turn(open_runs: Sequence[OpenRun]) -> tuple[OpenRun, ...]:
    """The waiting runs that may start now, in their order."""
    return tuple(run for run in _slot_holders(sorted(open_runs, key=_place)) if run.status == "QUEUED")


def freed_by(ended: Sequence[OpenRun], runs: Sequence[OpenRun]) -> tuple[OpenRun, ...]:
    """The waiting runs that may start because these have ended, whether `runs` shows that already or not.

    Excludes runs that already had a turn. When several runs end at once, each starts all that was freed, because
    neither may see the other's end.
    """
    ended_ids = {run.run_id for run in ended}
    gone = [run for run in runs if run.status == "ENDED" and run.run_id not in ended_ids]
    others = [run for run in runs if run.status != "ENDED" and run.run_id not in ended_ids]
    as_before = [
        run.model_copy(update={"status": "RUNNING" if run.started_at else "QUEUED"})
        for run in [*ended, *gone]
    ]
    had_turn = {run.run_id for run in whose_turn([*others, *as_before])}
    return tuple(run for run in whose_turn(others) if run.run_id not in had_turn)


def open_run(run: Run) -> OpenRun:
    """A run as others see it."""
    return OpenRun(
        tenant_id=run.tenant_id,
        run_id=run.run_id,
        status=run.status if run.status in {"QUEUED", "RUNNING"} else "ENDED",
        created_at=run.created_at,
        started_at=run.started_at,
        updated_at=run.updated_at,
        last_seen_at=run.last_seen_at,
        timeout_seconds=run.plan.timeout_seconds,
        concurrent_runs=run.plan.concurrent_runs,
        backfill=run.backfill,
        resume_at=run.resume_at,
    )


def _wait(rule: str, ahead: Sequence[OpenRun]) -> Wait:
    return Wait(
        reason=f"{rule}; {len(ahead)} {'goes' if len(ahead) == 1 else 'go'} first",
        run_ids=tuple(other.run_id for other in ahead),
    )


def _runs(count: int | None) -> str:
    return "1 run" if count == 1 else f"{count} runs"


def _slot_holders(runs: Sequence[OpenRun]) -> list[OpenRun]:
    """Of runs in their order those under way and those that may start; who waits for its backfill holds no slot."""
    holders: list[OpenRun] = []
    for run in runs:
        is_full = _has_full_tenant(run, holders) or _has_full_backfill(run, holders)
        if run.status == "RUNNING" or not is_full:
            holders.append(run)
    return holders


def _has_full_tenant(run: OpenRun, holders: Iterable[OpenRun]) -> bool:
    count = sum(each.tenant_id == run.tenant_id for each in holders)
    return run.concurrent_runs is not None and count >= run.concurrent_runs


def _has_full_backfill(run: OpenRun, holders: Iterable[OpenRun]) -> bool:
    count = sum(_is_of_same_backfill(each, run) for each in holders)
    return run.backfill is not None and count >= run.backfill.concurrent_runs


def _goes_first(other: OpenRun, run: OpenRun) -> bool:
    return other.status == "RUNNING" or _place(other) < _place(run)


def _is_of_same_backfill(other: OpenRun, run: OpenRun) -> bool:
    return (
        other.tenant_id == run.tenant_id
        and other.backfill is not None
        and run.backfill is not None
        and other.backfill.backfill_id == run.backfill.backfill_id
    )


def _place(run: OpenRun) -> tuple[bool, bool, datetime, str]:
    return (run.status == "QUEUED", run.backfill is not None, run.created_at, run.run_id)
