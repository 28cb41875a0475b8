"""End a run that is past its deadline."""

from datetime import timedelta

from shared.domain.errors import ForbiddenError, TransientError
from shared.domain.event import RunTimedOut
from shared.domain.fold import extended
from shared.domain.run import LONGEST_QUEUEING, Run
from shared.log import log as log_line
from shared.ports import Clock, EventLog, Warehouse
from shared.steps.stop import stop_live_steps

LONGEST_STOPPING = timedelta(hours=24)
"""How long after a run's deadline its jobs are tried to be stopped. By then their own time limits have ended them."""


def time_out_run(run: Run, *, log: EventLog, warehouse: Warehouse, clock: Clock) -> Run:
    """The run after its jobs were stopped and its time-out was recorded.

    Raises TransientError or ForbiddenError where its jobs can't be stopped, which leaves it as it was; but once it is
    overdue for LONGEST_STOPPING it is ended nevertheless.
    """
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
    try:
        stop_live_steps(run, now=now, warehouse=warehouse)
    except (TransientError, ForbiddenError) as error:
        if now - run.deadline < LONGEST_STOPPING:
            raise
        log_line("run_ended_unstopped", severity="ERROR", run_id=run.run_id, reason=str(error))
    log.append([timed_out])
    return extended(run, [timed_out])
