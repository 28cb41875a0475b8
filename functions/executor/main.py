"""`executor`: carry out the step that a pushed message asks for.

Called by our own push subscription. Pub/Sub takes any 2xx as an acknowledgement and delivers again after anything else,
so a step that failed is acknowledged (its failure is recorded) and only what time may mend answers 503, a command of
another release included. What was delivered as often as it may be comes once more, by the dead-letter subscription and
on a path of its own.
"""

import time
from datetime import timedelta

from flask import Request, Response

from shared.domain.errors import InvalidError
from shared.log import log
from shared.ports import World
from shared.steps.watch import WatchTimes
from shared.usecases.execute_step import CALL_BUDGET, READING, execute_step
from shared.usecases.give_up_step import give_up_step
from shared.web.endpoint import json_response, method_not_allowed, respond
from shared.web.push import parse_push
from shared.wiring import settings, world

_DEAD_LETTER_PATH = "/dead-letter"


def executor(request: Request) -> Response:
    """`POST /` and `POST /dead-letter` with a Pub/Sub push envelope."""
    return respond(
        request,
        lambda asked: answer(asked, world(), budget=settings().executor_budget, reading=reading_times()),
    )


def reading_times() -> WatchTimes:
    """How sources are read here."""
    return WatchTimes(lost_after=settings().reader_lost_after)


def answer(
    request: Request, world: World, *, budget: timedelta = CALL_BUDGET, reading: WatchTimes = READING
) -> Response:
    """The acknowledgement of a push; what it raises is no acknowledgement."""
    if request.method != "POST":
        return method_not_allowed("POST")
    began = time.monotonic()
    carry_out = give_up_step if request.path.rstrip("/") == _DEAD_LETTER_PATH else execute_step
    try:
        command = parse_push(request)
        handled = carry_out(
            command,
            budget=budget,
            reading=reading,
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
