"""`executor`: carry out the step that a pushed message asks for.

Called by our own push subscription. Pub/Sub takes any 2xx as an acknowledgement and delivers again after anything else,
so a step that failed is acknowledged (its failure is recorded), and so is one that has to wait: it is published again
when it is due. Only after an outage is 503 answered, and to a command of another release, because such answers make
Pub/Sub hold back all messages of the subscription. What was delivered as often as it may be comes once more, by the
dead-letter subscription and on a path of its own.
"""

import time

from flask import Request, Response

from shared.domain.errors import InvalidError
from shared.domain.retry import Pauses
from shared.log import log
from shared.ports import World
from shared.steps.watch import WatchTimes
from shared.usecases.execute_step import execute_step
from shared.usecases.give_up_step import give_up_step
from shared.usecases.step_times import STEP_TIMES, StepTimes
from shared.web.endpoint import json_response, method_not_allowed, respond
from shared.web.push import parse_push
from shared.wiring import settings, world

_DEAD_LETTER_PATH = "/dead-letter"


def executor(request: Request) -> Response:
    """`POST /` and `POST /dead-letter` with a Pub/Sub push envelope."""
    return respond(
        request,
        lambda asked: answer(asked, world(), times=step_times()),
    )


def step_times() -> StepTimes:
    """How long what may last here."""
    own = settings()
    return StepTimes(
        budget=own.executor_budget,
        reading=WatchTimes(lost_after=own.reader_lost_after),
        pauses=Pauses(own.retry_pause),
    )


def answer(request: Request, world: World, *, times: StepTimes = STEP_TIMES) -> Response:
    """The acknowledgement of a push; what it raises is no acknowledgement."""
    if request.method != "POST":
        return method_not_allowed("POST")
    began = time.monotonic()
    carry_out = give_up_step if request.path.rstrip("/") == _DEAD_LETTER_PATH else execute_step
    try:
        command = parse_push(request)
        handled = carry_out(
            command,
            times=times,
            log=world.log,
            publisher=world.publisher,
            warehouse=world.warehouse,
            reader=world.reader,
            clock=world.clock,
        )
    except InvalidError as error:
        # Delivering it again would not make it valid: acknowledge it, and say so where people look.
        log("command_refused", severity="ERROR", reason=str(error), code=error.code)
        return json_response({"outcome": "refused"})
    step = handled.run.step(command.step_id)
    log(
        "step_handled",
        severity="WARNING" if step.status == "FAILED" else "INFO",
        tenant_id=command.tenant_id,
        run_id=command.run_id,
        step_id=step.id,
        attempt=step.attempt,
        outcome=handled.stance.value,
        status=step.status,
        reason=step.error_message,
        duration_ms=int((time.monotonic() - began) * 1000),
    )
    return json_response({"outcome": handled.stance.value})
