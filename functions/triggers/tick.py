"""Start what is due in a minute: the part of `triggers` that one Cloud Scheduler job calls for all schedules."""

from dataclasses import asdict
from datetime import UTC

from flask import Request, Response

from shared.domain.errors import NotYetError
from shared.log import log
from shared.ports import World
from shared.usecases.start_due_runs import start_due_runs
from shared.web.body import parse_schedule_time
from shared.web.endpoint import json_response


def answer_tick(request: Request, world: World) -> Response:
    """How many pipelines were started; 503, so that the call is repeated, while some could not be just now."""
    minute = parse_schedule_time(request) or world.clock.now()
    due = start_due_runs(
        minute,
        log=world.log,
        publisher=world.publisher,
        tables=world.tables,
        configs=world.configs,
        clock=world.clock,
    )
    log(
        "due_runs_started",
        severity="ERROR" if due.refused or due.delayed else "INFO",
        minute=minute.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ"),
        **asdict(due),
    )
    if due.delayed:
        raise NotYetError(f"{due.delayed} of the pipelines that are due could not be started just now")
    return json_response(asdict(due))
