"""The boundary between HTTP and us: every request gets an answer, every error becomes a problem."""

import json
import time
from collections.abc import Callable, Mapping

from flask import Request, Response
from pydantic import JsonValue

from shared.domain.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    StepError,
    TooManyError,
    TransientError,
    UnauthorizedError,
)
from shared.domain.message import shortened
from shared.log import Severity, kind_and_place, log
from shared.web.problem import problem, problem_of

_FORESEEN = (
    InvalidError,
    UnauthorizedError,
    ForbiddenError,
    NotFoundError,
    ConflictError,
    StepError,
    TooManyError,
    TransientError,
)
_SERVER_ERROR = 500


def respond(request: Request, answer: Callable[[Request], Response]) -> Response:
    """The answer to the request, or the problem that kept us from it; logged as one line."""
    began = time.monotonic()
    reason, reached = None, False
    try:
        response = answer(request)
    except _FORESEEN as error:
        response = problem_of(error)
        reached = isinstance(error, TooManyError) and error.figures is not None
        reason = shortened(str(error))
    except Exception as error:  # noqa: BLE001 - where what nobody foresaw ends for a request
        response = problem(_SERVER_ERROR, "Something went wrong on our side", code="internal_error")
        reason = kind_and_place(error)
    log(
        "request",
        severity=_severity(response.status_code, reached_a_limit=reached),
        method=request.method,
        path=request.path,
        status=response.status_code,
        duration_ms=int((time.monotonic() - began) * 1000),
        reason=reason,
    )
    return response


def _severity(status: int, *, reached_a_limit: bool) -> Severity:
    """A tenant's limit is what its operator has to see: a scheduled run may be the one that is refused."""
    if status >= _SERVER_ERROR:
        return "ERROR"
    return "WARNING" if reached_a_limit else "INFO"


def json_response(
    body: Mapping[str, JsonValue], *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """A JSON answer, ending in a line end so that it reads well in a terminal."""
    return Response(
        json.dumps(body, ensure_ascii=False) + "\n",
        status=status,
        headers=dict(headers or {}),
        content_type="application/json",
    )


def not_found() -> Response:
    """The answer for a path that we don't have."""
    return problem(404, "There is nothing at this path", code="unknown_path")


def method_not_allowed(*allowed: str) -> Response:
    """The answer for a method that a path doesn't take."""
    methods = ", ".join(allowed)
    return problem(405, f"This path takes {methods}", code="method_not_allowed", headers={"Allow": methods})
