"""Error responses: RFC 9457 problem details, `application/problem+json`."""

import json
from collections.abc import Mapping, Sequence
from typing import assert_never

from flask import Response
from pydantic import JsonValue

from shared.config.problem import ConfigError, ConfigProblem
from shared.domain.errors import (
    ConflictError,
    Figures,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    NotYetError,
    StepError,
    TooManyError,
    TransientError,
    UnauthorizedError,
)
from shared.domain.message import shortened

KnownError = (
    InvalidError
    | UnauthorizedError
    | ForbiddenError
    | NotFoundError
    | ConflictError
    | TooManyError
    | StepError
    | TransientError
)
_STATUS_BY_CODE = {"idempotency_key_reused": 422, "body_too_large": 413, "unsupported_media_type": 415}
_TITLE_BY_STATUS = {
    400: "Bad request",
    401: "Unauthorized",
    403: "Permission denied",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    413: "Body too large",
    415: "Unsupported media type",
    422: "Unprocessable content",
    429: "Too many requests",
    500: "Internal error",
    503: "Service unavailable",
}
_RETRY_SECONDS = "5"


def problem(
    status: int,
    detail: str,
    *,
    code: str,
    title: str | None = None,
    errors: Sequence[Mapping[str, JsonValue]] | None = None,
    run_id: str | None = None,
    more: Mapping[str, JsonValue] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem response. `code` is for programs, as are members `more`; `detail` is for people."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": title or _TITLE_BY_STATUS[status],
        "status": status,
        "detail": shortened(detail),
        "code": code,
    }
    if errors:
        body["errors"] = [
            {name: shortened(value) if isinstance(value, str) else value for name, value in each.items()}
            for each in errors
        ]
    if run_id is not None:
        body["run_id"] = run_id
    body |= more or {}
    # A file's name may hold half a character; as an escape JSON can say it.
    text = json.dumps(body, ensure_ascii=False) + "\n"
    return Response(
        text.encode("utf-8", "backslashreplace"),
        status=status,
        headers=dict(headers or {}),
        content_type="application/problem+json",
    )


def problem_of(error: KnownError) -> Response:
    """The response to an error that we foresaw."""
    match error:
        case ConfigError():
            errors = [_config_error(each) for each in error.problems]
            return problem(400, "The pipeline's configuration is wrong", code=error.code, errors=errors)
        case InvalidError():
            errors = [{"pointer": each.pointer, "detail": each.detail} for each in error.problems]
            return problem(_STATUS_BY_CODE.get(error.code, 400), str(error), code=error.code, errors=errors)
        case UnauthorizedError():
            return problem(401, "Unauthorized", code="unauthorized", headers={"WWW-Authenticate": "ApiKey"})
        case ForbiddenError():
            return problem(403, "Permission denied", code="permission_denied")
        case NotFoundError():
            # Tenant, pipeline or run not found: each is a kind of problem of its own.
            return problem(404, str(error), title=str(error), code=str(error).lower().replace(" ", "_"))
        case ConflictError():
            return problem(409, str(error), code=error.code, run_id=error.run_id)
        case TooManyError():
            wait = {"Retry-After": str(error.retry_after_seconds)}
            return problem(429, str(error), code=error.code, more=_members(error.figures), headers=wait)
        case StepError():
            return problem(500, "The request could not be carried out", code="internal_error")
        case NotYetError():
            headers = {"Retry-After": str(error.retry_after_seconds or _RETRY_SECONDS)}
            return problem(503, str(error), code="unavailable", headers=headers)
        case TransientError():
            detail = "A service that this needs is unavailable; try again"
            return problem(503, detail, code="unavailable", headers={"Retry-After": _RETRY_SECONDS})
        case _:
            assert_never(error)


def _config_error(problem: ConfigProblem) -> dict[str, JsonValue]:
    return {
        "pointer": problem.pointer,
        "detail": problem.detail,
        "code": problem.code,
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
    }


def _members(figures: Figures | None) -> dict[str, JsonValue]:
    if figures is None:
        return {}
    return {
        "limit": figures.limit,
        "used": figures.used,
        "requested": figures.requested,
        "allowed": figures.allowed,
        "ends_at": f"{figures.ends_at:%Y-%m-%dT%H:%M:%SZ}",
    }
