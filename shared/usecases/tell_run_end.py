"""Tell the operators of a run's end, from whose log lines their charts and alerts are made."""

from shared.domain.event import RunTimedOut
from shared.domain.run import Run
from shared.log import log as log_line


def tell_run_end(run: Run) -> None:
    """Write one line about a run that has ended, by whoever recorded its end.

    Of what is in sight: two steps that end a run at once may each leave the line to the other, or both write it.
    `in_time` is false where the run went past its timeout.
    """
    log_line(
        "run_ended",
        severity="WARNING" if run.status == "FAILED" else "INFO",
        tenant_id=run.tenant_id,
        pipeline_id=run.pipeline_id,
        run_id=run.run_id,
        trigger=run.trigger,
        status=run.status,
        in_time=not any(isinstance(fact, RunTimedOut) for fact in run.facts),
        duration_ms=run.duration_ms,
        bytes_billed=run.totals.bytes_billed,
    )
