"""Cancel a run."""

from shared.domain.errors import ConflictError
from shared.domain.event import RunCancelled
from shared.domain.fold import extended
from shared.domain.run import Run
from shared.ports import Clock, EventLog, Publisher
from shared.usecases.read_runs import read_run
from shared.usecases.start_waiting_runs import start_waiting_runs
from shared.usecases.tell_run_end import tell_run_end


def cancel_run(
    run_id: str,
    *,
    tenant_id: str,
    cancelled_by: str,
    log: EventLog,
    publisher: Publisher,
    clock: Clock,
) -> Run:
    """The cancelled run: no later step of it starts, and its commands have its jobs stopped.

    Cancelling it again records nothing, but publishes them once more. Raises NotFoundError where the tenant
    has no such run, ConflictError where it has already ended otherwise.
    """
    run = read_run(run_id, tenant_id=tenant_id, log=log)
    if run.has_ended and run.status != "CANCELLED":
        raise ConflictError(f"The run has ended: {run.status}", code="run_ended", run_id=run.run_id)
    if run.status != "CANCELLED":
        cancelled = RunCancelled(
            tenant_id=run.tenant_id,
            pipeline_id=run.pipeline_id,
            run_id=run.run_id,
            occurred_at=clock.now(),
            cancelled_by=cancelled_by,
        )
        log.append([cancelled])
        run = extended(run, [cancelled])
        tell_run_end(run)
    # Tenants' jobs are the executor's business: nobody else may touch them.
    for command in run.commands_to_stop():
        publisher.publish(command)
    if run.is_limited:
        start_waiting_runs([run], log=log, publisher=publisher)
    return run
