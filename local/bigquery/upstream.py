"""Upstream's own REST application, called like a function: one request in, one response out."""

from __future__ import annotations

from typing import Any

from bqemulator.api.dependencies import AppContext
from bqemulator.api.routes.datasets import router as datasets_router
from bqemulator.api.routes.models import router as models_router
from bqemulator.api.routes.projects import router as projects_router
from bqemulator.api.routes.routines import router as routines_router
from bqemulator.api.routes.tabledata import router as tabledata_router
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from local.bigquery.lanes import Lanes
from local.bigquery.problem import ApiError

_BAD_REQUEST = 400
_NOT_FOUND = 404
_NO_METHOD = 405


class Upstream:
    """Upstream's routes for everything that is not corrected here, without its logs and metrics."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes
        # By engine, of which each lane has one of its own.
        self._apps = {id(storage.engine): _build_app(storage) for storage in lanes.storages}

    async def answer(self, request: Request) -> Response:
        """Let upstream answer `request`, in one transaction. Its errors are raised, and undo the transaction."""
        body = await request.body()

        async def answer(storage: AppContext) -> Response:
            app = self._apps[id(storage.engine)]
            response = await _exchange(app, dict(request.scope), body)
            if response.status_code >= _BAD_REQUEST:
                reason = "notFound" if response.status_code in (_NOT_FOUND, _NO_METHOD) else "invalid"
                raise ApiError(
                    reason, f"{request.method} {request.url.path}: no such call, or not with these parameters"
                )
            return response

        return await self._lanes.commit(answer, short=request.method == "GET")


def _build_app(storage: AppContext) -> FastAPI:
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.state.context = storage
    for router in (projects_router, datasets_router, tabledata_router, routines_router, models_router):
        app.include_router(router)
    return app


async def _exchange(app: FastAPI, scope: dict[str, Any], body: bytes) -> Response:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start = next(message for message in sent if message["type"] == "http.response.start")
    content = b"".join(
        message.get("body", b"") for message in sent if message["type"] == "http.response.body"
    )
    response = Response(content, status_code=start["status"])
    response.raw_headers = start["headers"]
    return response
