"""`triggers`: start a run, a backfill, or whatever is due."""

import re
from dataclasses import dataclass

from flask import Request, Response

from functions.caller import require_principal
from functions.triggers.backfill import answer_backfill
from functions.triggers.tick import answer_tick
from shared.domain.errors import PipelineNotFoundError
from shared.domain.event import TriggerKind
from shared.domain.ids import is_tenant_id
from shared.domain.pipeline import Address, is_segment
from shared.domain.schedule import RunKey, schedule_key
from shared.log import log
from shared.ports import Clock, Tokens, World
from shared.usecases.authenticate import authenticate_scheduler
from shared.usecases.start_run import start_run
from shared.web.auth import bearer_token, require_tenant
from shared.web.body import TriggerBody, parse_idempotency_key, parse_schedule_time, parse_trigger_body
from shared.web.endpoint import method_not_allowed, not_found, respond
from shared.web.query import require_no_query
from shared.web.views import accepted_response
from shared.wiring import settings, world

_PATH = re.compile(
    r"/api/v1/pipelines/run/(?P<tenant>[^/]+)/(?P<provider>[^/]+)/(?P<domain>[^/]+)/(?P<pipeline>[^/]+)"
    r"(?P<backfill>/backfill)?/?"
)
_TICK_PATH = "/api/v1/pipelines/tick"
_RUN_BODY = '{"parameters": {"name": "value"}, "dry_run": true}'
_BACKFILL_BODY = '{"date_range": "2025-11-01/2025-11-07", "dry_run": true}'


@dataclass(frozen=True)
class _Caller:
    """What asks for the run; `job` is the scheduled one's name."""

    trigger: TriggerKind
    label: str
    job: str = ""


def triggers(request: Request) -> Response:
    """`POST /api/v1/pipelines/run/{tenant}/{provider}/{domain}/{pipeline}`, the same with `/backfill`, and `…/tick`."""
    return respond(
        request,
        lambda asked: answer(asked, world(), scheduler_account=settings().scheduler_service_account),
    )


def answer(request: Request, world: World, *, scheduler_account: str | None = None) -> Response:
    """The answer to a trigger, by a tenant with its key or by Cloud Scheduler with its account's token."""
    match = _PATH.fullmatch(request.path)
    is_tick = request.path.rstrip("/") == _TICK_PATH
    if match is None and not is_tick:
        return not_found()
    if request.method != "POST":
        return method_not_allowed("POST")
    token = bearer_token(request)
    if match is None:
        _require_scheduler(request, token or "", account=scheduler_account, tokens=world.tokens)
        require_no_query(request)
        return answer_tick(request, world)
    if token is None:
        caller = _require_key(request, match["tenant"], world=world)
    else:
        caller = _require_scheduler(request, token, account=scheduler_account, tokens=world.tokens)
    address = _address(match["tenant"], match["provider"], match["domain"], match["pipeline"])
    require_no_query(request, body_takes=_BACKFILL_BODY if match["backfill"] else _RUN_BODY)
    if match["backfill"]:
        key = _key(request, TriggerBody(), caller, clock=world.clock)
        return answer_backfill(request, address, triggered_by=caller.label, key=key, world=world)
    body = parse_trigger_body(request)
    if body.dry_run:
        # Imported here: it brings the code of every kind of step, which nothing else of `triggers` needs.
        from functions.triggers.preview import answer_preview

        return answer_preview(address, body.parameters, world=world)
    key = _key(request, body, caller, clock=world.clock)
    return _answer_run(address, body, caller, key=key, world=world)


def _answer_run(
    address: Address, body: TriggerBody, caller: _Caller, *, key: RunKey | None, world: World
) -> Response:
    accepted = start_run(
        address,
        body.parameters,
        trigger=caller.trigger,
        triggered_by=caller.label,
        key=key.text if key else None,
        key_day=key.day if key else None,
        log=world.log,
        publisher=world.publisher,
        tables=world.tables,
        configs=world.configs,
        clock=world.clock,
    )
    run = accepted.run
    log("run_queued", tenant_id=run.tenant_id, pipeline_id=run.pipeline_id, run_id=run.run_id)
    return accepted_response(run, accepted.wait)


def _require_key(request: Request, tenant_id: str, *, world: World) -> _Caller:
    principal = require_principal(request, world)
    require_tenant(principal, tenant_id)
    return _Caller("api", principal.label)


def _require_scheduler(request: Request, token: str, *, account: str | None, tokens: Tokens) -> _Caller:
    authenticate_scheduler(token, account=account, tokens=tokens)
    # Only now: anybody can send these headers.
    job = request.headers.get("X-CloudScheduler-JobName", "")
    return _Caller("schedule", f"schedule {job}".rstrip(), job)


def _key(request: Request, body: TriggerBody, caller: _Caller, *, clock: Clock) -> RunKey | None:
    chosen = parse_idempotency_key(request, body)
    if chosen is not None:
        return RunKey(chosen)
    scheduled_at = parse_schedule_time(request) if caller.trigger == "schedule" else None
    return schedule_key(caller.job, scheduled_at, now=clock.now()) if scheduled_at else None


def _address(tenant_id: str, *segments: str) -> Address:
    if not is_tenant_id(tenant_id) or not all(map(is_segment, segments)):
        raise PipelineNotFoundError
    provider, domain, pipeline = segments
    return Address(tenant_id=tenant_id, provider=provider, domain=domain, pipeline=pipeline)
