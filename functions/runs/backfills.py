"""Backfills: look at one, cancel one."""

from flask import Request, Response

from functions.caller import require_principal
from shared.ports import World
from shared.usecases.cancel_backfill import cancel_backfill
from shared.usecases.read_backfill import read_backfill
from shared.web.backfill_views import backfill_json
from shared.web.body import NoBody, parse_body
from shared.web.endpoint import json_response, method_not_allowed
from shared.web.query import require_no_query


def answer_backfills(request: Request, backfill_id: str, world: World) -> Response:
    """`GET` and `DELETE /api/v1/pipelines/backfills/{backfill_id}`."""
    match request.method:
        case "GET" | "HEAD":
            return _show(request, backfill_id, world)
        case "DELETE":
            return _cancel(request, backfill_id, world)
        case _:
            return method_not_allowed("GET", "HEAD", "DELETE")


def _show(request: Request, backfill_id: str, world: World) -> Response:
    principal = require_principal(request, world)
    require_no_query(request)
    return json_response(
        backfill_json(read_backfill(backfill_id, tenant_id=principal.tenant_id, log=world.log))
    )


def _cancel(request: Request, backfill_id: str, world: World) -> Response:
    principal = require_principal(request, world)
    require_no_query(request)
    parse_body(request, NoBody)
    cancelled = cancel_backfill(
        backfill_id,
        tenant_id=principal.tenant_id,
        cancelled_by=principal.label,
        log=world.log,
        publisher=world.publisher,
        clock=world.clock,
    )
    return json_response(
        {
            "backfill_id": cancelled.backfill_id,
            "status": cancelled.status,
            "message": "Backfill cancelled",
        }
    )
