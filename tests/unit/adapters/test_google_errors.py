"""What Google's errors mean for us."""

import json
from concurrent.futures import TimeoutError as FutureTimeoutError

import pytest
import requests
from google.api_core import exceptions
from google.auth import exceptions as auth_exceptions

from shared.adapters.google_errors import own_message, reasons, summary, translated
from shared.adapters.transience import BY_REASON
from shared.domain.errors import ForbiddenError, StepError, TransientError


def refused(reason: str) -> exceptions.Forbidden:
    return exceptions.Forbidden("no", errors=[{"reason": reason, "message": "no"}])


def no_token(status: int) -> auth_exceptions.RefreshError:
    """What comes of an impersonation that IAM Credentials answers so."""
    answer = {"error": {"code": status, "message": "no", "status": "NO"}}
    return auth_exceptions.RefreshError("Unable to acquire impersonated credentials", json.dumps(answer))


def translation_of(error: BaseException) -> BaseException:
    with pytest.raises(Exception) as caught, translated("read run_events"):  # noqa: PT011 - which one is the question
        raise error
    return caught.value


def answered(status: int, headers: dict[str, str]) -> exceptions.GoogleAPICallError:
    response = requests.Response()
    response.status_code = status
    response.headers.update(headers)
    error: exceptions.GoogleAPICallError = exceptions.from_http_status(status, "no", response=response)
    return error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (exceptions.TooManyRequests("slow down"), "rate_limit"),
        (exceptions.InternalServerError("oops"), "unavailable"),
        (exceptions.BadGateway("oops"), "unavailable"),
        (exceptions.ServiceUnavailable("oops"), "unavailable"),
        (exceptions.GatewayTimeout("oops"), "timeout"),
        (exceptions.DeadlineExceeded("oops"), "timeout"),
        (exceptions.RetryError("gave up", cause=None), "unavailable"),
        (exceptions.RetryError("gave up", cause=refused("rateLimitExceeded")), "rate_limit"),
        (exceptions.Aborted("again"), "conflict"),
        (exceptions.NotFound("a table that was made a moment ago"), "unavailable"),
        (exceptions.Cancelled("again"), "unavailable"),
        (exceptions.Unknown("oops"), "unavailable"),
        (auth_exceptions.TransportError("no token"), "unavailable"),
        (no_token(503), "unavailable"),
        (no_token(429), "rate_limit"),
        (auth_exceptions.RefreshError("no token", retryable=True), "unavailable"),
        (requests.exceptions.ConnectionError("refused"), "unavailable"),
        (requests.exceptions.ReadTimeout("slow"), "timeout"),
        (requests.exceptions.ConnectTimeout("slow"), "timeout"),
        (requests.exceptions.ChunkedEncodingError("cut"), "unavailable"),
        (ConnectionResetError("reset"), "unavailable"),
        (FutureTimeoutError(), "timeout"),
        (
            exceptions.BadRequest("Could not serialize access to table d.t due to concurrent update"),
            "conflict",
        ),
        *[(refused(reason), transience.kind) for reason, transience in BY_REASON.items()],
    ],
)
def test_what_time_may_mend_is_transient(error: BaseException, kind: str) -> None:
    translation = translation_of(error)

    assert isinstance(translation, TransientError)
    assert str(translation).startswith("Could not read run_events: ")
    assert translation.kind == kind
    assert translation.__cause__ is error


@pytest.mark.parametrize(
    ("error", "pause"),
    [
        (answered(503, {"Retry-After": "30"}), 30),
        (answered(503, {"Retry-After": "soon"}), None),
        (answered(503, {}), None),
        (refused("quotaExceeded"), 600),
        (refused("rateLimitExceeded"), None),
        (requests.exceptions.ConnectionError("refused"), None),
    ],
)
def test_how_long_to_wait_is_known_where_google_says_it(error: BaseException, pause: int | None) -> None:
    translation = translation_of(error)

    assert isinstance(translation, TransientError)
    assert translation.retry_after_seconds == pause


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (refused("accessDenied"), "Google refused to read run_events"),
        (refused("billingNotEnabled"), "Google refused to read run_events"),
        (exceptions.Unauthorized("no"), "Google refused to read run_events"),
        (auth_exceptions.RefreshError("no"), "Could not read run_events: no usable Google credentials"),
    ],
)
def test_a_refusal_is_forbidden_and_what_google_said_is_for_the_log_only(
    error: BaseException, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    translation = translation_of(error)

    assert isinstance(translation, ForbiddenError)
    assert str(translation) == text
    (line,) = map(json.loads, capsys.readouterr().out.splitlines())
    logged = {name: line[name] for name in ("severity", "action", "doing", "reason")}
    assert logged == {
        "severity": "ERROR",
        "action": "refused_by_google",
        "doing": "read run_events",
        "reason": "no",
    }


@pytest.mark.parametrize(
    "error",
    [
        exceptions.BadRequest("x"),
        exceptions.Conflict("x"),
        StepError("x"),
        KeyError("x"),
    ],
)
def test_everything_else_is_left_to_who_knows_better(error: BaseException) -> None:
    assert translation_of(error) is error


@pytest.mark.parametrize("error", [exceptions.BadRequest("x"), exceptions.Conflict("x")])
def test_everything_else_is_a_refusal_where_nothing_is_wrong_with_the_call(error: BaseException) -> None:
    with (
        pytest.raises(ForbiddenError, match=r"^Google refused to take an id$"),
        translated("take an id", request_is_valid=True),
    ):
        raise error


def test_a_summary_is_one_line() -> None:
    assert summary(exceptions.BadRequest("first\nsecond")) == "first"
    assert summary(exceptions.BadRequest("")) == "BadRequest"
    assert summary(ValueError("row contents")) == "ValueError"


def test_reasons_are_those_of_the_body() -> None:
    assert reasons(refused("rateLimitExceeded")) == ("rateLimitExceeded",)
    assert reasons(exceptions.Forbidden("no")) == ()


def test_an_account_that_may_not_be_impersonated_is_forbidden_and_the_log_says_which(
    capsys: pytest.CaptureFixture[str],
) -> None:
    error = translation_of(no_token(403))

    assert isinstance(error, ForbiddenError)
    assert str(error) == "Could not read run_events: no usable Google credentials"
    assert "Unable to acquire impersonated credentials" in capsys.readouterr().out


def test_what_the_server_said_is_told_without_what_the_library_adds() -> None:
    error = exceptions.BadRequest("POST https://…/jobs: no\n\nJob ID: 1", errors=[{"message": "no"}])

    assert own_message(error) == "no"
    assert own_message(exceptions.BadRequest("no answer at all")) == "no answer at all"
