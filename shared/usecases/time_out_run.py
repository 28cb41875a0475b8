"""End a run that is past its deadline."""

from shared.domain.event import RunTimedOut
from shared.domain.fold import extended
from shared.domain.run import LONGEST_QUEUEING, Run
from shared.ports import Clock, EventLog, Warehouse
from shared.steps.stop import stop_live_steps


def time_out_run(run: Run, *, log: EventLog, warehouse: Warehouse, clock: Clock) -> Run:
    """The run after its jobs were stopped and its time-out was recorded."""
    now = clock.now()
    timed_out = RunTimedOut(
        tenant_id=run.tenant_id,
        pipeline_id=run.pipeline_id,
        run_id=run.run_id,
        occurred_at=now,
        error_message=f"took longer than its timeout of {run.plan.timeout_seconds} s"
        if run.started_at
        else f"did not start within {LONGEST_QUEUEING.days} days",
    )
    # Nobody comes back to a run that has ended: what fails here must fail before that.
    stop_live_steps(run, now=now, warehouse=warehouse)
    log.append([timed_out])
    return extended(run, [timed_out])
