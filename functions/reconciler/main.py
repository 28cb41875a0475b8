"""`reconciler`: look after the runs that nobody else does. Called by Cloud Scheduler every few minutes."""

from dataclasses import asdict
from datetime import timedelta

from flask import Request, Response

from shared.log import log
from shared.ports import World
from shared.usecases.reconcile_runs import STALE_AFTER, reconcile_runs
from shared.web.endpoint import json_response, method_not_allowed, respond
from shared.wiring import settings, world


def reconciler(request: Request) -> Response:
    """`POST /`, with any body or none."""
    return respond(request, lambda asked: answer(asked, world(), stale_after=settings().stale_after))


def answer(request: Request, world: World, *, stale_after: timedelta = STALE_AFTER) -> Response:
    """How many runs were started, continued and ended."""
    if request.method != "POST":
        return method_not_allowed("POST")
    done = reconcile_runs(
        stale_after=stale_after,
        log=world.log,
        publisher=world.publisher,
        clock=world.clock,
    )
    log("runs_reconciled", severity="WARNING" if done.failed else "INFO", **asdict(done))
    return json_response(asdict(done))
