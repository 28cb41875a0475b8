"""`runs`: list a tenant's runs, look at one, cancel one."""

import re

from flask import Request, Response

from shared.ports import World
from shared.usecases.authenticate import authenticate
from shared.usecases.cancel_run import cancel_run
from shared.usecases.read_runs import read_run, read_wait
from shared.web.auth import api_key
from shared.web.body import parse_run_query
from shared.web.endpoint import json_response, method_not_allowed, not_found, respond
from shared.web.views import run_json, run_page_json
from shared.wiring import world

_PATH = re.compile(r"/api/v1/pipelines/runs(?:/(?P<run_id>[^/]+))?/?")


def runs(request: Request) -> Response:
    """`GET /api/v1/pipelines/runs`, `GET` and `DELETE /api/v1/pipelines/runs/{run_id}`."""
    return respond(request, lambda asked: answer(asked, world()))


def answer(request: Request, world: World) -> Response:
    """The answer to a list, a look or a cancel."""
    match = _PATH.fullmatch(request.path)
    if match is None:
        return not_found()
    run_id = match["run_id"]
    match (request.method, run_id):
        case ("GET" | "HEAD", None):
            return _list(request, world)
        case ("GET" | "HEAD", str()):
            return _show(request, run_id, world)
        case ("DELETE", str()):
            return _cancel(request, run_id, world)
        case (_, None):
            return method_not_allowed("GET", "HEAD")
        case _:
            return method_not_allowed("GET", "HEAD", "DELETE")


def _list(request: Request, world: World) -> Response:
    principal = authenticate(api_key(request), keys=world.keys, clock=world.clock)
    query = parse_run_query(request, tenant_id=principal.tenant_id)
    return json_response(run_page_json(world.log.list_runs(query)))


def _show(request: Request, run_id: str, world: World) -> Response:
    principal = authenticate(api_key(request), keys=world.keys, clock=world.clock)
    run = read_run(run_id, tenant_id=principal.tenant_id, log=world.log)
    return json_response(run_json(run, read_wait(run, log=world.log)))


def _cancel(request: Request, run_id: str, world: World) -> Response:
    principal = authenticate(api_key(request), keys=world.keys, clock=world.clock)
    run = cancel_run(
        run_id,
        tenant_id=principal.tenant_id,
        cancelled_by=principal.label,
        log=world.log,
        publisher=world.publisher,
        warehouse=world.warehouse,
        clock=world.clock,
    )
    return json_response({"run_id": run.run_id, "status": run.status, "message": "Pipeline run cancelled"})
