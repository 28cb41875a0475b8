"""`reconciler`: look after the runs that nobody else does. Called by Cloud Scheduler every minute."""

from dataclasses import asdict

from flask import Request, Response

from shared.domain.reconciliation import Patience
from shared.log import log
from shared.ports import World
from shared.usecases.reconcile_runs import PATIENCE, reconcile_runs
from shared.web.endpoint import json_response, method_not_allowed, respond
from shared.wiring import settings, world


def reconciler(request: Request) -> Response:
    """`POST /`, with any body or none."""
    return respond(request, lambda asked: answer(asked, world(), patience=patience()))


def patience() -> Patience:
    """How long is waited here for signs of life."""
    own = settings()
    return Patience(stale_after=own.stale_after, lost_after=own.reader_lost_after, every=own.reconcile_every)


def answer(request: Request, world: World, *, patience: Patience = PATIENCE) -> Response:
    """How many runs were started, resumed, continued and ended."""
    if request.method != "POST":
        return method_not_allowed("POST")
    done = reconcile_runs(
        patience=patience,
        log=world.log,
        publisher=world.publisher,
        clock=world.clock,
    )
    log("runs_reconciled", severity="WARNING" if done.failed else "INFO", **asdict(done))
    return json_response(asdict(done))
