"""One command, carried out at most once however often it is delivered."""

from dataclasses import dataclass

from shared.domain.command import RunStep, Stance
from shared.domain.errors import ForbiddenError, InvalidError, StepError, TransientError
from shared.domain.event import Metrics
from shared.domain.fold import fold
from shared.domain.plan import PlannedStep
from shared.domain.planning import require_step
from shared.domain.run import Run
from shared.ports import Clock, EventLog, Publisher, Reader, Warehouse
from shared.steps.attempt import Attempt, StepResult
from shared.steps.carry_out import carry_out


@dataclass(frozen=True)
class Handled:
    """What was made of a command, and the run as it is after it."""

    stance: Stance
    run: Run


def execute_step(
    command: RunStep,
    *,
    log: EventLog,
    publisher: Publisher,
    warehouse: Warehouse,
    reader: Reader,
    clock: Clock,
) -> Handled:
    """Do what the command says unless the facts have moved on, then publish whatever is ready.

    Publishing comes last and also when there was nothing to do: an earlier delivery may have died before it.
    Raises TransientError when the command should be delivered again, InvalidError when it makes no sense.
    """
    run = _load_run(command, log=log)
    step = require_step(run.plan.step(command.step_id), command.step_id)
    stance = run.stance(step, now=clock.now())
    match stance:
        case Stance.WAIT:
            raise TransientError(
                f"Step '{step.id}' waits for the success of {', '.join(step.needs)} to be seen"
            )
        case Stance.DO:
            run = _try(run, step, log=log, warehouse=warehouse, reader=reader, clock=clock)
        case Stance.SKIP:
            pass
    for next_command in run.next_commands(after=step.id):
        publisher.publish(next_command)
    return Handled(stance, run)


def _load_run(command: RunStep, *, log: EventLog) -> Run:
    if not command.is_of_one_run:
        raise InvalidError("The command's facts are not those of its run", code="invalid_command")
    run = fold([*log.read(command.tenant_id, [command.run_id]), *command.facts])
    if run is None:
        raise InvalidError("The command says nothing of how its run was accepted", code="invalid_command")
    return run


def _try(
    run: Run, step: PlannedStep, *, log: EventLog, warehouse: Warehouse, reader: Reader, clock: Clock
) -> Run:
    attempt = Attempt(
        plan=run.plan,
        run_id=run.run_id,
        step=step,
        number=run.attempt(step.id),
        now=clock.now(),
        is_repeated=run.step(step.id).status == "RUNNING",
    )
    started = attempt.started()
    log.append([started])
    try:
        result = carry_out(attempt, warehouse=warehouse, reader=reader)
    except (StepError, ForbiddenError) as error:
        result = StepResult(Metrics(), failure=str(error))
    endings = attempt.endings(result, now=clock.now())
    log.append(endings)
    return fold([*run.facts, started, *endings]) or run
