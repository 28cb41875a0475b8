"""`health`: whether we are up, and whether what we depend on is."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Request, Response

from shared.ports import World
from shared.usecases.check_health import check_health
from shared.web.endpoint import json_response, method_not_allowed, not_found, respond


def health(request: Request) -> Response:
    """`GET /health` and `GET /health/ready`."""
    return respond(request, lambda asked: answer(asked, _world))


def answer(request: Request, world: Callable[[], World]) -> Response:
    """The answer to either; the World is only asked for when its parts are."""
    path = request.path.rstrip("/")
    if path not in {"", "/health", "/health/ready"}:
        return not_found()
    if request.method not in {"GET", "HEAD"}:
        return method_not_allowed("GET", "HEAD")
    return (
        _ready(world()) if path == "/health/ready" else json_response({"status": "ok", "timestamp": _now()})
    )


def _world() -> World:
    # Only readiness needs Google's client libraries; plain health starts without them.
    from shared.wiring import world

    return world()


def _ready(world: World) -> Response:
    dependencies = check_health(tables=world.tables, publisher=world.publisher)
    ready = all(dependency.status == "ok" for dependency in dependencies)
    return json_response(
        {
            "status": "ok" if ready else "unavailable",
            "timestamp": _now(),
            "dependencies": [dependency.model_dump(mode="json") for dependency in dependencies],
        },
        status=200 if ready else 503,
    )


def _now() -> str:
    return datetime.now(tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
