"""One try at a step, and what is recorded of it."""

from dataclasses import replace

from shared.domain.errors import AttemptError, ForbiddenError, StepError, StillRunningError, TransientError
from shared.domain.event import Metrics
from shared.domain.fold import extended
from shared.domain.retry import Pauses
from shared.domain.run import LOG_LAG, Run
from shared.log import files_of, frames_of, kind_and_place
from shared.log import log as log_line
from shared.ports import Clock, EventLog, Reader, Warehouse
from shared.steps.attempt import Attempt, StepResult
from shared.steps.carry_out import carry_out
from shared.steps.spending_guard import within_limits
from shared.steps.stop import stop
from shared.steps.watch import Watch
from shared.usecases.step_times import StepTimes
from shared.usecases.time_out_run import time_out_run


def try_step(
    run: Run,
    attempt: Attempt,
    *,
    times: StepTimes,
    log: EventLog,
    warehouse: Warehouse,
    reader: Reader,
    clock: Clock,
) -> Run:
    """The run with the end of the step recorded, or that another attempt follows, or as somebody else has ended it.

    Raises TransientError where nobody knows yet what came of this attempt.
    """
    is_overdue = run.is_step_overdue(attempt.step, clock.now())
    if is_overdue:
        stop(attempt, warehouse=warehouse)
        attempt = replace(attempt, is_repeated=True)
    watch = Watch(attempt, run=run, times=times.reading, log=log, warehouse=warehouse, clock=clock)
    try:
        limited = within_limits(run, attempt, log=log, warehouse=warehouse)
        result = carry_out(attempt, warehouse=limited, reader=reader, watch=watch)
    except AttemptError as error:
        return _failed_for_now(
            error, run, attempt, pauses=times.pauses, log=log, warehouse=warehouse, clock=clock
        )
    except StillRunningError:
        raise
    except TransientError:
        if attempt.reads:
            watch.end()
        raise
    except Exception as error:  # noqa: BLE001 - what nobody foresaw would come again at every delivery
        result = _failed_for_good(error, attempt, rows=watch.rows, warehouse=warehouse)
    ended = attempt.endings(result, now=clock.now())
    log.append(ended)
    return extended(run, ended)


def _failed_for_good(
    error: Exception, attempt: Attempt, *, rows: int | None, warehouse: Warehouse
) -> StepResult:
    """The failure to be recorded. Raises where the attempt's job may be under way, which then counts.

    Google may have refused to tell of a job that it does, and what nobody foresaw may have come after the job began:
    only a void id makes sure that the attempt is over.
    """
    if isinstance(error, StepError):
        return _failure(error)
    if not warehouse.void(attempt.handle()):
        raise error
    if isinstance(error, ForbiddenError):
        return _failure(error)
    return _failure(_unforeseen(error, attempt, rows=rows))


def _failed_for_now(
    error: AttemptError,
    run: Run,
    attempt: Attempt,
    *,
    pauses: Pauses,
    log: EventLog,
    warehouse: Warehouse,
    clock: Clock,
) -> Run:
    # Another delivery, or whoever stopped the job, may have ended the step or the run.
    seen = extended(run, log.read(run.tenant_id, [run.run_id], known=run.acceptance))
    if seen.was_stopped or seen.step(attempt.step.id).status in {"SUCCESS", "FAILED"}:
        return seen
    if seen.is_overdue(clock.now()):
        return time_out_run(seen, log=log, warehouse=warehouse, clock=clock)
    is_overdue = seen.is_step_overdue(attempt.step, clock.now())
    lost = seen.turns_lost(attempt.step.id)
    if not is_overdue and attempt.step.retry.allows(error, attempt=attempt.number, turns_lost=lost):
        retried = attempt.retried(_after_lag(error, attempt), now=clock.now(), pauses=pauses)
        log.append([retried])
        _tell_retry(error, attempt)
        return extended(seen, [retried])
    reason = f"took longer than its timeout of {attempt.timeout_seconds} s" if is_overdue else error
    ended = attempt.endings(_failure(reason), now=clock.now())
    log.append(ended)
    return extended(run, ended)


def _after_lag(error: AttemptError, attempt: Attempt) -> AttemptError:
    """The error; if somebody stopped the job, with a pause after which it is in sight whether they stopped the run.

    The first job of a run that does the rest of another may have been stopped with that one.
    """
    is_of_earlier_run = attempt.plan.rows_of is not None and attempt.number == 1
    if error.kind != "stopped" or is_of_earlier_run:
        return error
    return AttemptError(str(error), kind=error.kind, retry_after_seconds=int(LOG_LAG.total_seconds()))


def _failure(reason: object) -> StepResult:
    return StepResult(Metrics(), failure=str(reason))


def _tell_retry(error: AttemptError, attempt: Attempt) -> None:
    log_line(
        "step_retried",
        tenant_id=attempt.plan.tenant_id,
        run_id=attempt.run_id,
        step_id=attempt.step.id,
        attempt=attempt.number,
        kind=error.kind,
    )


def _unforeseen(error: Exception, attempt: Attempt, *, rows: int | None) -> str:
    """A sentence for the tenant, which holds nothing of the error's own message; the log has the place in our code."""
    error_id = attempt.job_id()
    places = [*files_of(error), *([f"after {rows:,} rows"] if rows else ())]
    log_line(
        "step_broke",
        severity="ERROR",
        tenant_id=attempt.plan.tenant_id,
        run_id=attempt.run_id,
        step_id=attempt.step.id,
        attempt=attempt.number,
        error_id=error_id,
        place=", ".join(places) or None,
        reason=kind_and_place(error),
        traceback=frames_of(error),
    )
    where = f" ({', '.join(places)})" if places else ""
    return (
        f"something broke that nobody foresaw{where}; the executor's log tells more under error_id {error_id}"
    )
