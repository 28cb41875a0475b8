"""Say what a run would do: the part of `triggers` that starts none."""

from flask import Response
from pydantic import JsonValue

from shared.domain.pipeline import Address
from shared.ports import World
from shared.usecases.preview_run import preview_run
from shared.web.endpoint import json_response
from shared.web.preview_views import run_preview_json


def answer_preview(address: Address, parameters: dict[str, JsonValue], *, world: World) -> Response:
    """The answer to a dry run of a pipeline by a caller who may run it."""
    preview = preview_run(
        address,
        parameters,
        log=world.log,
        warehouse=world.warehouse,
        tables=world.tables,
        configs=world.configs,
        clock=world.clock,
    )
    return json_response(run_preview_json(preview))
