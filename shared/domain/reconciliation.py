"""Which of the runs that have not ended somebody has to look after."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import zip_longest

from shared.domain.run import LOG_LAG, LONGEST_QUEUEING
from shared.domain.slots import OpenRun, whose_turn


def runs_to_reconcile(
    open_runs: Sequence[OpenRun], *, now: datetime, stale_after: timedelta
) -> tuple[OpenRun, ...]:
    """The runs that stand still, whose turn has come, or that are past their deadline.

    One run of each tenant, then the next of each: however many runs a tenant has, no other waits behind them.
    """
    by_tenant: defaultdict[str, list[OpenRun]] = defaultdict(list)
    for run in open_runs:
        by_tenant[run.tenant_id].append(run)
    due = [_due(runs, now=now, stale_after=stale_after) for runs in by_tenant.values()]
    return tuple(run for together in zip_longest(*due) for run in together if run is not None)


def _due(runs: Sequence[OpenRun], *, now: datetime, stale_after: timedelta) -> list[OpenRun]:
    turn = {run.run_id for run in whose_turn(runs)}
    return [
        run
        for run in runs
        if _is_overdue(run, now)
        or (run.status == "RUNNING" and now - run.last_seen_at >= stale_after)
        or (run.run_id in turn and now - run.last_seen_at >= LOG_LAG)
    ]


def _is_overdue(run: OpenRun, now: datetime) -> bool:
    if run.started_at is None:
        return now - run.created_at >= LONGEST_QUEUEING
    return now - run.started_at >= timedelta(seconds=run.timeout_seconds)
