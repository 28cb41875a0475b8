"""Cancel a run."""

from shared.domain.errors import ConflictError
from shared.domain.event import RunCancelled
from shared.domain.fold import fold
from shared.domain.run import Run
from shared.ports import Clock, EventLog
from shared.usecases.read_runs import read_run


def cancel_run(run_id: str, *, tenant_id: str, cancelled_by: str, log: EventLog, clock: Clock) -> Run:
    """The cancelled run: no later step of it starts. Cancelling it again changes nothing.

    Raises NotFoundError where the tenant has no such run, ConflictError where it has already ended otherwise.
    """
    run = read_run(run_id, tenant_id=tenant_id, log=log)
    if run.status == "CANCELLED":
        return run
    if run.has_ended:
        raise ConflictError(f"The run has ended: {run.status}", code="run_ended", run_id=run.run_id)
    cancelled = RunCancelled(
        tenant_id=run.tenant_id,
        pipeline_id=run.pipeline_id,
        run_id=run.run_id,
        occurred_at=clock.now(),
        cancelled_by=cancelled_by,
    )
    log.append([cancelled])
    return fold([*run.facts, cancelled]) or run
