"""Cancel a backfill."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from shared.domain.backfill import Backfill, fold_backfill
from shared.domain.errors import ConflictError, NotFoundError
from shared.domain.event import RunCancelled
from shared.domain.fold import extended
from shared.domain.ids import RunId
from shared.domain.run import Run
from shared.ports import Clock, EventLog, Publisher
from shared.usecases.read_backfill import read_backfill_runs
from shared.usecases.start_waiting_runs import start_waiting_runs
from shared.usecases.tell_run_end import tell_run_end


def cancel_backfill(
    backfill_id: str,
    *,
    tenant_id: str,
    cancelled_by: str,
    log: EventLog,
    publisher: Publisher,
    clock: Clock,
) -> Backfill:
    """The cancelled backfill: all its runs that had not ended are cancelled at once, their jobs by commands.

    Cancelling it again records nothing, but publishes these once more. Raises NotFoundError where the tenant
    has no such backfill, ConflictError where all its runs have ended and none was cancelled.
    """
    runs = read_backfill_runs(backfill_id, tenant_id=tenant_id, log=log)
    found = fold_backfill(runs)
    if found is None:
        raise NotFoundError("Backfill not found")
    if not any(run.status == "CANCELLED" or not run.has_ended for run in runs):
        raise ConflictError(f"The backfill has ended: {found.status}", code="backfill_ended")
    begun = _may_have_begun(runs, found.concurrent_runs)
    now = clock.now()
    cancelled = [_cancelled(run, cancelled_by, now=now) for run in runs if not run.has_ended]
    if cancelled:
        log.append(cancelled)
    runs = [extended(run, [event for event in cancelled if event.run_id == run.run_id]) for run in runs]
    just_ended = {event.run_id for event in cancelled}
    for run in (run for run in runs if run.run_id in just_ended):
        tell_run_end(run)
    stopped = [run for run in runs if run.run_id in begun]
    for command in (command for run in stopped for command in run.commands_to_stop()):
        publisher.publish(command)
    start_waiting_runs(stopped, log=log, publisher=publisher)
    return fold_backfill(runs) or found


def _cancelled(run: Run, cancelled_by: str, *, now: datetime) -> RunCancelled:
    return RunCancelled(
        tenant_id=run.tenant_id,
        pipeline_id=run.pipeline_id,
        run_id=run.run_id,
        occurred_at=now,
        cancelled_by=cancelled_by,
    )


def _may_have_begun(runs: Sequence[Run], concurrent_runs: int) -> set[RunId]:
    """Runs that may have jobs: those started, and per batch the first 2 x `concurrent_runs`.

    A batch is the runs that one call cancelled, or those that no call has. Twice, because the log may not show yet
    that the runs before them have ended.
    """
    found = {run.run_id for run in runs if run.status in {"RUNNING", "CANCELLED"} and run.started_at}
    waited: defaultdict[datetime | None, list[Run]] = defaultdict(list)
    for run in sorted(runs, key=lambda run: run.created_at):
        if run.status in {"QUEUED", "CANCELLED"} and run.started_at is None:
            waited[run.completed_at].append(run)
    return found | {run.run_id for together in waited.values() for run in together[: 2 * concurrent_runs]}
