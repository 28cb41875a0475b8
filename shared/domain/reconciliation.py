"""Which of the runs that have not ended somebody has to look after, and what they need.

What is published reaches an executor, or is delivered again until it does. So a run that needs something gets it a few
times, then not for a while: however long its message waits among others, it gathers no crowd of copies. Which of the
two it is follows from the time alone, as everything here does.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import assert_never

from shared.domain.command import RunStep
from shared.domain.ids import RunId
from shared.domain.plan import PlannedStep, reads_source
from shared.domain.run import LOG_LAG, LONGEST_QUEUEING, READER_LOST_AFTER, Run
from shared.domain.slots import OpenRun, whose_turn
from shared.domain.step_record import StepRecord

UNHEARD_AFTER = LOG_LAG + timedelta(seconds=60)
"""After what a step that could go on has lost its message: it may be under way, and its first record out of sight."""
_MOST_LOOKS = 2.5
_RUNS_A_CALL = 25
"""How many runs one call gets through at least; it reads each of them from the log."""


@dataclass(frozen=True)
class Patience:
    """How long is waited for a sign: of a job's step, of a source's reader; and how often somebody looks."""

    stale_after: timedelta = timedelta(seconds=900)
    lost_after: timedelta = READER_LOST_AFTER
    every: timedelta = timedelta(seconds=60)

    @property
    def quiet_after(self) -> timedelta:
        """After what nothing being recorded of a run is a reason to look at it."""
        return min(self.lost_after, UNHEARD_AFTER, self.stale_after)

    def is_time(self, now: datetime, *, since: datetime, crowd: int = 0) -> bool:
        """Whether to do something now that has been due since then: at first, and again some `stale_after` later.

        Not exactly that: calls that come more seldom than `every` says would miss it each time. Where a `crowd` of
        runs is due, it takes so many calls more until each had its turn.
        """
        looks = _MOST_LOOKS + crowd // _RUNS_A_CALL
        return now >= since and (now - since) % (self.stale_after + self.every) < self.every * looks


def runs_to_reconcile(
    open_runs: Sequence[OpenRun], *, now: datetime, patience: Patience, seldom: datetime
) -> tuple[OpenRun, ...]:
    """The runs that stand still, that have paused, whose turn has come, or that are past their deadline.

    Runs accepted before `seldom` are not listed each time: of these, all that are due. One run of each tenant, then the
    next of each: however many runs a tenant has, no other waits behind them. The order is another one each minute, so
    that what one call leaves to the next is not always the same.
    """
    by_tenant: defaultdict[str, list[OpenRun]] = defaultdict(list)
    for run in open_runs:
        by_tenant[run.tenant_id].append(run)
    tenants = sorted(by_tenant, key=lambda tenant: _place(tenant, now))
    turn = frozenset(run.run_id for runs in by_tenant.values() for run in whose_turn(runs))
    crowd = sum(any(now >= moment for moment in _needed_since(run, turn)) for run in open_runs)

    def is_due(run: OpenRun) -> bool:
        since = [*_needed_since(run, turn), *_quiet_since(run, patience)]
        if run.created_at < seldom:
            return any(now >= moment for moment in since)
        return any(patience.is_time(now, since=moment, crowd=crowd) for moment in since)

    due = [
        sorted(filter(is_due, by_tenant[tenant]), key=lambda run: _place(run.run_id, now))
        for tenant in tenants
    ]
    return tuple(run for together in zip_longest(*due) for run in together if run is not None)


def commands_to_go_on(run: Run, *, now: datetime, patience: Patience) -> tuple[RunStep, ...]:
    """Commands for the steps that nobody is at: their pause is over, their reader or their message was lost."""
    if run.has_ended:
        return ()
    return tuple(run.command(step) for step in run.live_steps if now >= _step_due(run, step, patience))


def _needed_since(run: OpenRun, turn: Set[RunId]) -> list[datetime]:
    """The moments since which it certainly needs something, whether they have come or not."""
    moments = [_deadline(run)]
    if run.resume_at is not None:
        moments.append(run.resume_at)
    if run.run_id in turn:
        moments.append(run.last_seen_at + LOG_LAG)
    return moments


def _quiet_since(run: OpenRun, patience: Patience) -> list[datetime]:
    """The moments since which something of it may be lost.

    One step may be quiet while another's reader goes on, or its command is delivered again and again.
    """
    if run.status != "RUNNING":
        return []
    seen = [each + patience.quiet_after for each in (run.updated_at, run.last_seen_at)]
    return [*seen, run.last_seen_at + patience.stale_after]


def _deadline(run: OpenRun) -> datetime:
    if run.started_at is None:
        return run.created_at + LONGEST_QUEUEING
    return run.started_at + timedelta(seconds=run.timeout_seconds)


def _step_due(run: Run, step: PlannedStep, patience: Patience) -> datetime:
    record = run.step(step.id)
    match record.status:
        case "RETRYING":
            return record.retry_at or run.last_seen_at + patience.stale_after
        case "RUNNING":
            return _silent_since(run, step, record) + _silence(step, patience)
        case "PENDING" | "SKIPPED" | "CANCELLED":
            ends = [run.step(need).completed_at or run.last_seen_at for need in step.needs]
            return max(ends, default=run.created_at) + min(UNHEARD_AFTER, patience.stale_after)
        case "SUCCESS" | "FAILED":
            raise AssertionError(f"step {step.id} has ended")
        case _:
            assert_never(record.status)


def _silent_since(run: Run, step: PlannedStep, record: StepRecord) -> datetime:
    if not reads_source(step):
        return run.last_seen_at
    own = [each.seen_at for each in run.readings if each.step_number == step.number]
    return max(own, default=record.started_at or run.last_seen_at)


def _silence(step: PlannedStep, patience: Patience) -> timedelta:
    return patience.lost_after if reads_source(step) else patience.stale_after


def _place(name: str, now: datetime) -> bytes:
    """Where it stands in the order of this minute."""
    return hashlib.sha256(f"{now:%d%H%M} {name}".encode()).digest()
