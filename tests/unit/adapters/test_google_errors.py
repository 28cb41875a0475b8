"""What Google's errors mean for us."""

from concurrent.futures import TimeoutError as FutureTimeoutError

import pytest
import requests
from google.api_core import exceptions
from google.auth import exceptions as auth_exceptions

from shared.adapters.google_errors import TRANSIENT_REASONS, reasons, summary, translated
from shared.domain.errors import ForbiddenError, StepError, TransientError


def refused(reason: str) -> exceptions.Forbidden:
    return exceptions.Forbidden("no", errors=[{"reason": reason, "message": "no"}])


def translation_of(error: BaseException) -> BaseException:
    with pytest.raises(Exception) as caught, translated("read run_events"):  # noqa: PT011 - which one is the question
        raise error
    return caught.value


@pytest.mark.parametrize(
    "error",
    [
        exceptions.TooManyRequests("slow down"),
        exceptions.InternalServerError("oops"),
        exceptions.BadGateway("oops"),
        exceptions.ServiceUnavailable("oops"),
        exceptions.GatewayTimeout("oops"),
        exceptions.DeadlineExceeded("oops"),
        exceptions.RetryError("gave up", cause=None),
        exceptions.Aborted("again"),
        exceptions.NotFound("a table that was made a moment ago"),
        exceptions.Cancelled("again"),
        auth_exceptions.TransportError("no token"),
        requests.exceptions.ConnectionError("refused"),
        requests.exceptions.ReadTimeout("slow"),
        requests.exceptions.ChunkedEncodingError("cut"),
        ConnectionResetError("reset"),
        FutureTimeoutError(),
        *[refused(reason) for reason in sorted(TRANSIENT_REASONS)],
    ],
)
def test_what_time_may_mend_is_transient(error: BaseException) -> None:
    translation = translation_of(error)

    assert isinstance(translation, TransientError)
    assert str(translation).startswith("Could not read run_events: ")
    assert translation.__cause__ is error


@pytest.mark.parametrize(
    "error", [refused("accessDenied"), refused("billingNotEnabled"), exceptions.Unauthorized("who are you?")]
)
def test_a_refusal_is_forbidden(error: BaseException) -> None:
    translation = translation_of(error)

    assert isinstance(translation, ForbiddenError)
    assert str(translation).startswith("Google refused to read run_events: ")


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


def test_a_summary_is_one_line() -> None:
    assert summary(exceptions.BadRequest("first\nsecond")) == "first"
    assert summary(exceptions.BadRequest("")) == "BadRequest"
    assert summary(ValueError("row contents")) == "ValueError"


def test_reasons_are_those_of_the_body() -> None:
    assert reasons(refused("rateLimitExceeded")) == {"rateLimitExceeded"}
    assert reasons(exceptions.Forbidden("no")) == set()
