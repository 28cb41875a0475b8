"""The end of a command that was delivered as often as it may be."""

from shared.domain.command import RunStep, Stance
from shared.domain.errors import ForbiddenError, InvalidError, NotYetError, TransientError
from shared.domain.event import Metrics
from shared.domain.fold import extended
from shared.ports import Clock, EventLog, Publisher, Reader, Warehouse
from shared.steps.attempt import StepResult, attempt_at
from shared.usecases.execute_step import Handled, execute_step, go_on, load_commanded
from shared.usecases.step_times import STEP_TIMES, StepTimes


def give_up_step(
    command: RunStep,
    *,
    times: StepTimes = STEP_TIMES,
    log: EventLog,
    publisher: Publisher,
    warehouse: Warehouse,
    reader: Reader,
    clock: Clock,
) -> Handled:
    """Try the command one last time; if it can't be carried out, its step fails with the last error.

    Raises TransientError or ForbiddenError when the command should be delivered again, InvalidError for a command that
    makes no sense.
    """
    try:
        return execute_step(
            command,
            times=times,
            log=log,
            publisher=publisher,
            warehouse=warehouse,
            reader=reader,
            clock=clock,
        )
    except (InvalidError, NotYetError):
        raise
    except (TransientError, ForbiddenError) as error:
        last_error: Exception = error
    except Exception as error:  # noqa: BLE001 - what nobody foresaw would fail every delivery to come
        # Its kind, never its message: that may quote a row or a secret.
        last_error = TransientError(f"unexpected {type(error).__name__}")
    return _fail(command, last_error, log=log, publisher=publisher, warehouse=warehouse, clock=clock)


def _fail(
    command: RunStep,
    last_error: Exception,
    *,
    log: EventLog,
    publisher: Publisher,
    warehouse: Warehouse,
    clock: Clock,
) -> Handled:
    """End the command's step with the last error, unless it has ended. Raises the error where that is not certain."""
    run, step = load_commanded(command, log=log)
    now = clock.now()
    stance = run.stance(step, now=now)
    if stance is not Stance.SKIP:
        attempt = attempt_at(run, step, now=now, until=now)
        if stance is Stance.WAIT or not warehouse.void(attempt.handle()):
            raise last_error
        failed = attempt.endings(StepResult(Metrics(), failure=str(last_error)), now=now)
        log.append(failed)
        run = extended(run, failed)
    go_on(run, after=step, has_done=stance is not Stance.SKIP, log=log, publisher=publisher)
    return Handled(stance, run)
