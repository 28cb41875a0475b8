"""Cancel a run."""

from shared.domain.errors import ConflictError
from shared.domain.event import RunCancelled
from shared.domain.fold import extended
from shared.domain.run import Run
from shared.ports import Clock, EventLog, Publisher, Warehouse
from shared.steps.stop import stop_live_steps
from shared.usecases.read_runs import read_run
from shared.usecases.start_waiting_runs import start_waiting_runs


def cancel_run(
    run_id: str,
    *,
    tenant_id: str,
    cancelled_by: str,
    log: EventLog,
    publisher: Publisher,
    warehouse: Warehouse,
    clock: Clock,
) -> Run:
    """The cancelled run: its jobs are stopped and no later step of it starts.

    Cancelling it again changes nothing, but stops what the first call could not. Raises NotFoundError where the tenant
    has no such run, ConflictError where it has already ended otherwise.
    """
    run = read_run(run_id, tenant_id=tenant_id, log=log)
    if run.has_ended and run.status != "CANCELLED":
        raise ConflictError(f"The run has ended: {run.status}", code="run_ended", run_id=run.run_id)
    now = clock.now()
    if run.status != "CANCELLED":
        cancelled = RunCancelled(
            tenant_id=run.tenant_id,
            pipeline_id=run.pipeline_id,
            run_id=run.run_id,
            occurred_at=now,
            cancelled_by=cancelled_by,
        )
        log.append([cancelled])
        run = extended(run, [cancelled])
    stop_live_steps(run, now=now, warehouse=warehouse)
    if run.is_limited:
        start_waiting_runs([run], log=log, publisher=publisher)
    return run
