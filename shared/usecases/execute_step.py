"""One command, carried out at most once however often it is delivered."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from shared.domain.command import RunStep, Stance
from shared.domain.errors import (
    ForbiddenError,
    InvalidError,
    NotYetError,
    OutOfSightError,
    StillRunningError,
    TransientError,
)
from shared.domain.event import RunQueued, StepStarted
from shared.domain.fold import extended, fold
from shared.domain.plan import PlannedStep
from shared.domain.planning import require_step
from shared.domain.run import Run
from shared.ports import Clock, EventLog, Publisher, Reader, Warehouse
from shared.steps.attempt import Attempt, attempt_at
from shared.steps.stop import stop
from shared.steps.watch import is_read
from shared.usecases.start_waiting_runs import start_waiting_runs
from shared.usecases.step_times import STEP_TIMES, StepTimes
from shared.usecases.tell_run_end import tell_run_end
from shared.usecases.time_out_run import time_out_run
from shared.usecases.try_step import try_step

LONGEST_WAIT = timedelta(seconds=20)
"""How long one call waits for a pause's end, or for a need's success to come into sight, before it does its work."""
_LONGEST_STOPPING = timedelta(hours=1)
_LOOKS = tuple(timedelta(seconds=seconds) for seconds in (2, 8, 20))


@dataclass(frozen=True)
class Handled:
    """What was made of a command, and the run as it is after it."""

    stance: Stance
    run: Run


def execute_step(
    command: RunStep,
    *,
    times: StepTimes = STEP_TIMES,
    log: EventLog,
    publisher: Publisher,
    warehouse: Warehouse,
    reader: Reader,
    clock: Clock,
) -> Handled:
    """Do what the command says unless the facts have moved on, then publish whatever is ready.

    Publishing comes last, even when nothing was to do: an earlier delivery may have died before it. What waits longer
    than LONGEST_WAIT is the reconciler's. Raises TransientError to be delivered again, InvalidError for nonsense.
    """
    run, step, stance = _once_it_can(command, log=log, clock=clock)
    now = clock.now()
    is_overdue = run.is_overdue(now)
    attempt = attempt_at(run, step, now=now, until=now + times.budget)
    try:
        if is_overdue:
            run = time_out_run(run, log=log, warehouse=warehouse, clock=clock)
            stance = run.stance(step, now=now)
        has_reader = stance is Stance.DO and _has_reader(run, attempt, times=times, warehouse=warehouse)
        if has_reader or stance is Stance.WAIT:
            return Handled(Stance.WAIT, run)
        if stance is Stance.DO:
            run, attempt = _begun(run, attempt, log=log)
            run = try_step(
                run, attempt, times=times, log=log, warehouse=warehouse, reader=reader, clock=clock
            )
        elif run.was_stopped and step in run.live_steps:
            # Whoever ended the run leaves this to its commands, and may not have seen that the step had started.
            stop(attempt, warehouse=warehouse)
    except (StillRunningError, NotYetError, ForbiddenError) as error:
        return _left_for_later(error, run, attempt, log=log, publisher=publisher, clock=clock)
    if stance is Stance.DO and run.step(step.id).status == "RETRYING":
        return _again_after_pause(run, step, publisher=publisher, clock=clock)
    go_on(run, after=step, has_done=is_overdue or stance is Stance.DO, log=log, publisher=publisher)
    return Handled(stance, run)


def _once_it_can(command: RunStep, *, log: EventLog, clock: Clock) -> tuple[Run, PlannedStep, Stance]:
    """The run and what to do about the step, once it need not wait or has waited as long as a call may."""
    began_at = clock.now()
    while True:
        run, step = load_commanded(command, log=log)
        now = clock.now()
        stance = run.stance(step, now=now)
        if stance is not Stance.WAIT or run.is_overdue(now):
            return run, step, stance
        look_at = _next_look(run.step(step.id).retry_at, now=now, began_at=began_at)
        if look_at > began_at + LONGEST_WAIT:
            return run, step, stance
        clock.sleep(look_at - now)


def _next_look(retry_at: datetime | None, *, now: datetime, began_at: datetime) -> datetime:
    """When it pays to look again: at a pause's end, and else a few times, for the log may lag."""
    if retry_at is not None and now < retry_at:
        return retry_at
    looks = (began_at + look for look in _LOOKS)
    return next((look for look in looks if look > now), datetime.max.replace(tzinfo=UTC))


def _left_for_later(
    error: TransientError | ForbiddenError,
    run: Run,
    attempt: Attempt,
    *,
    log: EventLog,
    publisher: Publisher,
    clock: Clock,
) -> Handled:
    """Have the command delivered anew: its job goes on, another delivery was quicker, or it waits for a grant. Not
    where nothing is seen. What Google refuses a tenant is no outage: the reconciler comes back to it, but for the jobs
    of a run that has ended, which are tried to be stopped for a while.
    """
    if isinstance(error, OutOfSightError):
        raise error
    if isinstance(error, ForbiddenError):
        if run.has_ended and clock.now() < run.updated_at + _LONGEST_STOPPING:
            clock.sleep(LONGEST_WAIT)
            publisher.publish(run.command(attempt.step))
        return Handled(Stance.WAIT, run)
    clock.sleep(min(timedelta(seconds=error.retry_after_seconds or 0), LONGEST_WAIT))
    if run.was_stopped or not _is_followed(run, attempt, log=log):
        publisher.publish(run.command(attempt.step))
    return Handled(Stance.WAIT, run)


def _again_after_pause(run: Run, step: PlannedStep, *, publisher: Publisher, clock: Clock) -> Handled:
    """Leave the next attempt to another delivery, which waits for a short pause's end; after a long one the reconciler
    has it delivered.
    """
    retry_at = run.step(step.id).retry_at
    if retry_at is None or retry_at - clock.now() <= LONGEST_WAIT:
        publisher.publish(run.command(step))
    return Handled(Stance.WAIT, run)


def load_commanded(command: RunStep, *, log: EventLog) -> tuple[Run, PlannedStep]:
    """The run and the step that a command is about. Raises InvalidError for a command that makes no sense."""
    if not command.is_of_one_run:
        raise InvalidError("The command's facts are not those of its run", code="invalid_command")
    told = command.facts
    known = next((fact for fact in told if isinstance(fact, RunQueued)), None)
    seen = log.read(command.tenant_id, [command.run_id], known=known)
    if any(isinstance(event, RunQueued) for event in seen):
        # Asked for in two ways at once, a run is accepted twice. What the log shows of it counts.
        told = tuple(fact for fact in told if not isinstance(fact, RunQueued))
    run = fold([*seen, *told])
    if run is None:
        raise InvalidError("The command says nothing of how its run was accepted", code="invalid_command")
    return run, require_step(run.plan.step(command.step_id), command.step_id)


def go_on(run: Run, *, after: PlannedStep, has_done: bool, log: EventLog, publisher: Publisher) -> None:
    """Publish what is ready now that the step has ended, and what waited for the run's end if it was done just now."""
    for command in run.next_commands(after=after.id):
        publisher.publish(command)
    if has_done and run.has_ended:
        tell_run_end(run)
    if has_done and run.has_ended and run.is_limited:
        start_waiting_runs([run], log=log, publisher=publisher)


def _begun(run: Run, attempt: Attempt, *, log: EventLog) -> tuple[Run, Attempt]:
    started = [attempt.started()]
    log.append(started)
    run = extended(run, started)
    # A deadline that has passed is no reason to hurry: then the jobs are being stopped.
    deadlines = [deadline for deadline in (run.deadline, run.step_deadline(attempt.step)) if deadline]
    until = min([attempt.until, *(deadline for deadline in deadlines if deadline > attempt.now)])
    return run, replace(attempt, until=until)


def _has_reader(run: Run, attempt: Attempt, *, times: StepTimes, warehouse: Warehouse) -> bool:
    """Whether another delivery reads the attempt's source. Once the step's time is up it is no reason to wait."""
    is_overdue = run.is_step_overdue(attempt.step, attempt.now)
    alive_since = attempt.now - times.reading.lost_after
    if is_overdue or not attempt.reads or not is_read(run, attempt, alive_since=alive_since):
        return False
    return warehouse.find(attempt.first_load) is None


def _is_followed(run: Run, attempt: Attempt, *, log: EventLog) -> bool:
    """Whether a later delivery waits for the same job: then it will see to what follows, and this one need not."""
    return any(
        isinstance(event, StepStarted)
        and event.step_id == attempt.step.id
        and event.occurred_at > attempt.now
        for event in log.read(run.tenant_id, [run.run_id], known=run.acceptance)
    )
