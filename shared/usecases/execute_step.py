"""One command, carried out at most once however often it is delivered."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.domain.command import RunStep, Stance
from shared.domain.errors import (
    AttemptError,
    ForbiddenError,
    InvalidError,
    NotYetError,
    StepError,
    StillRunningError,
    TransientError,
)
from shared.domain.event import Event, Metrics, StepStarted
from shared.domain.fold import extended, fold
from shared.domain.plan import PlannedStep
from shared.domain.planning import require_step
from shared.domain.run import LOG_LAG, Run
from shared.ports import Clock, EventLog, Publisher, Reader, Warehouse
from shared.steps.attempt import Attempt, StepResult, attempt_at
from shared.steps.carry_out import carry_out
from shared.steps.stop import stop
from shared.usecases.start_waiting_runs import start_waiting_runs
from shared.usecases.time_out_run import time_out_run

CALL_BUDGET = timedelta(seconds=500)
"""How long one call waits for jobs. A push is answered within 600 s or delivered again (Pub/Sub's longest deadline)."""


@dataclass(frozen=True)
class Handled:
    """What was made of a command, and the run as it is after it."""

    stance: Stance
    run: Run


def execute_step(
    command: RunStep,
    *,
    budget: timedelta = CALL_BUDGET,
    log: EventLog,
    publisher: Publisher,
    warehouse: Warehouse,
    reader: Reader,
    clock: Clock,
) -> Handled:
    """Do what the command says unless the facts have moved on, then publish whatever is ready.

    Publishing comes last and also when there was nothing to do: an earlier delivery may have died before it. A job that
    outlasts the budget goes on, and the command is published again. Raises TransientError when the command should be
    delivered again, InvalidError when it makes no sense.
    """
    run, step = load_commanded(command, log=log)
    now = clock.now()
    is_overdue = run.is_overdue(now)
    if is_overdue:
        run = time_out_run(run, log=log, warehouse=warehouse, clock=clock)
    stance = run.stance(step, now=now)
    if stance is Stance.WAIT:
        raise NotYetError(f"Step '{step.id}' can't start yet")
    if stance is Stance.DO:
        attempt = attempt_at(run, step, now=now, until=now + budget)
        run = _record(run, [attempt.started()], log=log)
        attempt = replace(attempt, until=_until(run, step, now=now, budget=budget))
        try:
            run = _try(run, attempt, log=log, warehouse=warehouse, reader=reader, clock=clock)
        except StillRunningError:
            if not _is_followed(attempt, log=log):
                publisher.publish(run.command(step))
            return Handled(Stance.WAIT, run)
    elif run.was_stopped and step in run.live_steps:
        # Whoever ended the run leaves it to this command, and may not have seen that the step had started.
        stop(attempt_at(run, step, now=now, until=now), warehouse=warehouse)
    go_on(run, after=step, has_done=is_overdue or stance is Stance.DO, log=log, publisher=publisher)
    return Handled(stance, run)


def load_commanded(command: RunStep, *, log: EventLog) -> tuple[Run, PlannedStep]:
    """The run and the step that a command is about. Raises InvalidError for a command that makes no sense."""
    if not command.is_of_one_run:
        raise InvalidError("The command's facts are not those of its run", code="invalid_command")
    run = fold([*log.read(command.tenant_id, [command.run_id]), *command.facts])
    if run is None:
        raise InvalidError("The command says nothing of how its run was accepted", code="invalid_command")
    return run, require_step(run.plan.step(command.step_id), command.step_id)


def go_on(run: Run, *, after: PlannedStep, has_done: bool, log: EventLog, publisher: Publisher) -> None:
    """Publish what is ready now that the step has ended, and what waited for the run's end if it was done just now."""
    for command in run.next_commands(after=after.id):
        publisher.publish(command)
    if has_done and run.has_ended and run.is_limited:
        start_waiting_runs([run], log=log, publisher=publisher)


def _until(run: Run, step: PlannedStep, *, now: datetime, budget: timedelta) -> datetime:
    # A deadline that has passed is no reason to hurry: then the jobs are being stopped.
    deadlines = [deadline for deadline in (run.deadline, run.step_deadline(step)) if deadline]
    return min([now + budget, *(deadline for deadline in deadlines if deadline > now)])


def _is_followed(attempt: Attempt, *, log: EventLog) -> bool:
    """Whether a later delivery waits for the same job: then it will see to what follows, and this one need not."""
    return any(
        isinstance(event, StepStarted)
        and event.step_id == attempt.step.id
        and event.occurred_at > attempt.now
        for event in log.read(attempt.plan.tenant_id, [attempt.run_id])
    )


def _try(
    run: Run, attempt: Attempt, *, log: EventLog, warehouse: Warehouse, reader: Reader, clock: Clock
) -> Run:
    deadline = run.step_deadline(attempt.step)
    is_overdue = deadline is not None and attempt.now >= deadline
    if is_overdue:
        stop(attempt, warehouse=warehouse)
        attempt = replace(attempt, is_repeated=True)
    try:
        result = carry_out(attempt, warehouse=warehouse, reader=reader)
    except AttemptError as error:
        seen = _seen(run, log=log)
        if seen.was_stopped or seen.step(attempt.step.id).has_ended:
            return seen
        if not is_overdue and attempt.step.retry.allows(error, attempt=attempt.number):
            log.append([attempt.retried(_after_lag(error, attempt), now=clock.now())])
            raise
        result = _failure(
            f"took longer than its timeout of {attempt.timeout_seconds} s" if is_overdue else error
        )
    except StepError as error:
        result = _failure(error)
    except ForbiddenError as error:
        # Google may have refused to tell of a job that it does: only a void id makes sure that the attempt is over.
        if not warehouse.void(attempt.handle()):
            raise TransientError(str(error)) from error
        result = _failure(error)
    return _record(run, attempt.endings(result, now=clock.now()), log=log)


def _seen(run: Run, *, log: EventLog) -> Run:
    """The run as it is by now: another delivery, or whoever stopped the job, may have ended the step or the run."""
    return extended(run, log.read(run.tenant_id, [run.run_id]))


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


def _record(run: Run, events: "list[Event] | tuple[Event, ...]", *, log: EventLog) -> Run:
    log.append(events)
    return extended(run, events)
