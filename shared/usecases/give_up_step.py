"""The end of a command that was delivered as often as it may be."""

from datetime import timedelta

from shared.domain.command import RunStep, Stance
from shared.domain.errors import AttemptError, ForbiddenError, NotYetError, TransientError
from shared.domain.event import Metrics
from shared.domain.fold import extended
from shared.ports import Clock, EventLog, Publisher, Reader, Warehouse
from shared.steps.attempt import StepResult, attempt_at
from shared.usecases.execute_step import CALL_BUDGET, Handled, execute_step, go_on, load_commanded


def give_up_step(
    command: RunStep,
    *,
    budget: timedelta = CALL_BUDGET,
    log: EventLog,
    publisher: Publisher,
    warehouse: Warehouse,
    reader: Reader,
    clock: Clock,
) -> Handled:
    """Try the command one last time; if it can't be carried out, its step fails with the last error.

    What is only waiting, for another attempt or for a job that goes on, is published again instead, which starts its
    deliveries anew. Raises TransientError when not even that can be recorded, InvalidError for a command that makes no
    sense.
    """
    try:
        return execute_step(
            command,
            budget=budget,
            log=log,
            publisher=publisher,
            warehouse=warehouse,
            reader=reader,
            clock=clock,
        )
    except (AttemptError, NotYetError):
        last_error = None
    except (TransientError, ForbiddenError) as error:
        last_error = str(error)
    run, step = load_commanded(command, log=log)
    now = clock.now()
    stance = run.stance(step, now=now)
    attempt = attempt_at(run, step, now=now, until=now)
    may_fail = stance is Stance.DO and last_error is not None
    if may_fail and warehouse.void(attempt.handle()):
        failed = attempt.endings(StepResult(Metrics(), failure=last_error), now=now)
        log.append(failed)
        run = extended(run, failed)
        go_on(run, after=step, log=log, publisher=publisher)
    elif stance is not Stance.SKIP:
        publisher.publish(run.command(step))
        stance = Stance.WAIT
    else:
        go_on(run, after=step, log=log, publisher=publisher)
    return Handled(stance, run)
