"""`triggers`: start a run."""

import re

from flask import Request, Response

from shared.domain.errors import NotFoundError
from shared.domain.ids import is_tenant_id
from shared.domain.pipeline import Address, is_segment
from shared.log import log
from shared.ports import World
from shared.usecases.authenticate import authenticate
from shared.usecases.start_run import start_run
from shared.web.auth import api_key, require_tenant
from shared.web.body import parse_idempotency_key, parse_trigger_body
from shared.web.endpoint import method_not_allowed, not_found, respond
from shared.web.views import accepted_response
from shared.wiring import world

_PATH = re.compile(
    r"/api/v1/pipelines/run/(?P<tenant>[^/]+)/(?P<provider>[^/]+)/(?P<domain>[^/]+)/(?P<pipeline>[^/]+)/?"
)


def triggers(request: Request) -> Response:
    """`POST /api/v1/pipelines/run/{tenant}/{provider}/{domain}/{pipeline}`."""
    return respond(request, lambda asked: answer(asked, world()))


def answer(request: Request, world: World) -> Response:
    """The answer to a trigger."""
    match = _PATH.fullmatch(request.path)
    if match is None:
        return not_found()
    if request.method != "POST":
        return method_not_allowed("POST")
    principal = authenticate(api_key(request), keys=world.keys, clock=world.clock)
    require_tenant(principal, match["tenant"])
    address = _address(match["tenant"], match["provider"], match["domain"], match["pipeline"])
    body = parse_trigger_body(request)
    accepted = start_run(
        address,
        body.parameters,
        trigger="api",
        triggered_by=principal.label,
        key=parse_idempotency_key(request),
        log=world.log,
        publisher=world.publisher,
        tables=world.tables,
        configs=world.configs,
        clock=world.clock,
    )
    run = accepted.run
    log("run_queued", tenant_id=run.tenant_id, pipeline_id=run.pipeline_id, run_id=run.run_id)
    return accepted_response(run, accepted.wait)


def _address(tenant_id: str, *segments: str) -> Address:
    if not is_tenant_id(tenant_id) or not all(map(is_segment, segments)):
        raise NotFoundError("Pipeline not found")
    provider, domain, pipeline = segments
    return Address(tenant_id=tenant_id, provider=provider, domain=domain, pipeline=pipeline)
