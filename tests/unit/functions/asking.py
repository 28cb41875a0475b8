"""Requests as the Cloud runtime hands them over."""

import json
from collections.abc import Callable
from typing import Any

from flask import Request, Response
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder

from shared.web.endpoint import respond
from tests.fakes.acme import KEY


def request_of(
    method: str,
    path: str,
    *,
    body: str | bytes | None = None,
    headers: dict[str, str] | None = None,
    content_type: str | None = "application/json",
) -> Request:
    """A request; `path` may end in a query string."""
    builder = EnvironBuilder(path=path, method=method, data=body, headers=Headers(headers or {}))
    if body is not None and content_type is not None:
        builder.content_type = content_type
    return Request(builder.get_environ())


def with_key(headers: dict[str, str] | None = None, *, key: str = KEY) -> dict[str, str]:
    """Headers of a caller with a key."""
    return {"X-API-Key": key, **(headers or {})}


def answered(request: Request, answer: Callable[[Request], Response]) -> tuple[int, dict[str, Any]]:
    """Status and body of what the boundary makes of an answer; problems must look like problems."""
    response = respond(request, answer)
    body: dict[str, Any] = json.loads(response.get_data())
    if response.status_code >= 400:
        assert response.content_type == "application/problem+json"
        assert body["status"] == response.status_code
        assert body["type"] == "about:blank"
    else:
        assert response.content_type == "application/json"
    return response.status_code, body
