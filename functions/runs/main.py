"""`runs`: list a tenant's runs, look at one, cancel one, do one again; look at a backfill, cancel one."""

import re

from flask import Request, Response

from functions.caller import require_principal
from functions.runs.backfills import answer_backfills
from shared.log import log
from shared.ports import World
from shared.usecases.cancel_run import cancel_run
from shared.usecases.read_runs import read_run, read_wait
from shared.usecases.rerun_run import rerun_run
from shared.web.body import NoBody, RerunBody, TriggerBody, parse_body, parse_idempotency_key
from shared.web.endpoint import json_response, method_not_allowed, not_found, respond
from shared.web.query import parse_run_query, require_no_query
from shared.web.views import accepted_response, run_json, run_page_json
from shared.wiring import world

_RUNS = re.compile(r"/api/v1/pipelines/runs(?:/(?P<run_id>[^/]+)(?P<rerun>/rerun)?)?/?")
_BACKFILLS = re.compile(r"/api/v1/pipelines/backfills/(?P<backfill_id>[^/]+)/?")


def runs(request: Request) -> Response:
    """`/api/v1/pipelines/runs` and what is below it, and `/api/v1/pipelines/backfills/{backfill_id}`."""
    return respond(request, lambda asked: answer(asked, world()))


def answer(request: Request, world: World) -> Response:
    """The answer to a request about runs or about a backfill."""
    backfills = _BACKFILLS.fullmatch(request.path)
    if backfills is not None:
        return answer_backfills(request, backfills["backfill_id"], world)
    match = _RUNS.fullmatch(request.path)
    if match is None:
        return not_found()
    run_id = match["run_id"]
    if match["rerun"]:
        return _rerun(request, run_id, world) if request.method == "POST" else method_not_allowed("POST")
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
    principal = require_principal(request, world)
    query = parse_run_query(request, tenant_id=principal.tenant_id, now=world.clock.now())
    return json_response(run_page_json(world.log.list_runs(query), since=query.since))


def _show(request: Request, run_id: str, world: World) -> Response:
    principal = require_principal(request, world)
    require_no_query(request)
    run = read_run(run_id, tenant_id=principal.tenant_id, log=world.log)
    return json_response(run_json(run, read_wait(run, log=world.log)))


def _cancel(request: Request, run_id: str, world: World) -> Response:
    principal = require_principal(request, world)
    require_no_query(request)
    parse_body(request, NoBody)
    run = cancel_run(
        run_id,
        tenant_id=principal.tenant_id,
        cancelled_by=principal.label,
        log=world.log,
        publisher=world.publisher,
        clock=world.clock,
    )
    return json_response({"run_id": run.run_id, "status": run.status, "message": "Pipeline run cancelled"})


def _rerun(request: Request, run_id: str, world: World) -> Response:
    principal = require_principal(request, world)
    require_no_query(request, body_takes='{"from": "failed"}')
    body = parse_body(request, RerunBody)
    accepted = rerun_run(
        run_id,
        start=body.start,
        configuration=body.configuration,
        tenant_id=principal.tenant_id,
        trigger="api",
        triggered_by=principal.label,
        key=parse_idempotency_key(request, TriggerBody()),
        log=world.log,
        publisher=world.publisher,
        tables=world.tables,
        configs=world.configs,
        clock=world.clock,
    )
    run = accepted.run
    log("run_queued", tenant_id=run.tenant_id, pipeline_id=run.pipeline_id, run_id=run.run_id)
    return accepted_response(run, accepted.wait)
