"""Start a backfill: the part of `triggers` that asks for many runs at once."""

from flask import Request, Response

from shared.domain.backfill import BackfillRequest
from shared.domain.pipeline import Address
from shared.domain.schedule import RunKey
from shared.log import log
from shared.ports import World
from shared.usecases.start_backfill import preview_backfill, start_backfill
from shared.web.backfill_views import accepted_backfill_response, preview_json
from shared.web.body import parse_body
from shared.web.endpoint import json_response


def answer_backfill(
    request: Request, address: Address, *, triggered_by: str, key: RunKey | None, world: World
) -> Response:
    """The answer to a backfill of a pipeline by a caller who may run it."""
    asked = parse_body(request, BackfillRequest)
    if asked.dry_run:
        chunks = preview_backfill(
            address,
            asked,
            log=world.log,
            tables=world.tables,
            configs=world.configs,
            clock=world.clock,
        )
        return json_response(preview_json(address.pipeline_id, asked, chunks))
    backfill = start_backfill(
        address,
        asked,
        triggered_by=triggered_by,
        key=key.text if key else None,
        key_day=key.day if key else None,
        log=world.log,
        publisher=world.publisher,
        tables=world.tables,
        configs=world.configs,
        clock=world.clock,
    )
    if backfill is not None:
        log(
            "backfill_queued",
            tenant_id=address.tenant_id,
            pipeline_id=address.pipeline_id,
            backfill_id=backfill.backfill_id,
            run_count=len(backfill.chunks),
        )
    return accepted_backfill_response(address.pipeline_id, backfill)
