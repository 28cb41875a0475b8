"""The boundary: errors become problems, requests become log lines."""

import json
from collections.abc import Callable

import pytest
from flask import Request, Response

from shared.domain.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    NotYetError,
    StepError,
    TransientError,
    UnauthorizedError,
)
from shared.web.endpoint import json_response, respond
from tests.unit.functions.asking import request_of


def raising(error: Exception) -> Callable[[Request], Response]:
    def answer(_: Request) -> Response:
        raise error

    return answer


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (InvalidError("wrong"), 400, "invalid_request"),
        (UnauthorizedError("who?"), 401, "unauthorized"),
        (ForbiddenError("dataset p:umbrella.raw_data"), 403, "permission_denied"),
        (NotFoundError("Run not found"), 404, "run_not_found"),
        (ConflictError("too late"), 409, "conflict"),
        (InvalidError("large", code="body_too_large"), 413, "body_too_large"),
        (InvalidError("text", code="unsupported_media_type"), 415, "unsupported_media_type"),
        (InvalidError("other", code="idempotency_key_reused"), 422, "idempotency_key_reused"),
        (StepError("row 7"), 500, "internal_error"),
        (RuntimeError("secret"), 500, "internal_error"),
        (TransientError("Could not reach 10.0.0.1"), 503, "unavailable"),
    ],
)
def test_every_error_has_its_status_and_code(error: Exception, status: int, code: str) -> None:
    response = respond(request_of("GET", "/x"), raising(error))

    body = json.loads(response.get_data())
    assert (response.status_code, body["status"], body["code"]) == (status, status, code)
    assert response.content_type == "application/problem+json"


@pytest.mark.parametrize(
    "error",
    [
        ForbiddenError("dataset p:umbrella.raw_data"),
        StepError("row 7"),
        RuntimeError("secret"),
        TransientError("10.0.0.1"),
        UnauthorizedError("expired"),
    ],
)
def test_what_is_none_of_the_callers_business_stays_here(error: Exception) -> None:
    response = respond(request_of("GET", "/x"), raising(error))

    assert str(error) not in response.get_data(as_text=True)


def test_headers_say_what_to_do_next() -> None:
    unavailable = respond(request_of("GET", "/x"), raising(TransientError("later")))
    too_early = respond(request_of("GET", "/x"), raising(NotYetError("wait", retry_after_seconds=58)))
    unauthorized = respond(request_of("GET", "/x"), raising(UnauthorizedError("who?")))

    assert unavailable.headers["Retry-After"] == "5"
    assert too_early.headers["Retry-After"] == "58"
    assert unauthorized.headers["WWW-Authenticate"] == "ApiKey"


def test_a_request_is_one_log_line(capsys: pytest.CaptureFixture[str]) -> None:
    respond(request_of("GET", "/health?key=secret"), lambda _: json_response({"status": "ok"}))

    (line,) = capsys.readouterr().out.splitlines()
    logged = json.loads(line)
    assert (logged["action"], logged["method"], logged["path"]) == ("request", "GET", "/health")
    assert (logged["status"], logged["severity"]) == (200, "INFO")
    assert "secret" not in line


def test_an_error_nobody_foresaw_is_logged_by_its_kind_and_place_only(
    capsys: pytest.CaptureFixture[str],
) -> None:
    respond(request_of("GET", "/x"), raising(RuntimeError("password=hunter2")))

    (line,) = capsys.readouterr().out.splitlines()
    logged = json.loads(line)
    assert logged["severity"] == "ERROR"
    assert logged["reason"].startswith("RuntimeError at ")
    assert "hunter2" not in line


def test_an_answer_ends_in_a_line_end() -> None:
    assert json_response({"a": "é"}).get_data(as_text=True) == '{"a": "é"}\n'
