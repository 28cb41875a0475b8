"""What the errors of Google's client libraries mean for us."""

import re
from collections.abc import Iterator
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import contextmanager
from datetime import UTC, datetime

import requests
from google.api_core import exceptions
from google.auth import exceptions as auth_exceptions

from shared.adapters.transience import BY_STATUS, Transience, asked_pause_seconds, of_bigquery
from shared.domain.errors import ForbiddenError, TransientError, TransientKind
from shared.log import log

_KINDS: tuple[tuple[type[BaseException], TransientKind], ...] = (
    # Where an adapter doesn't expect it: a table or topic that was just made, or that set-up has yet to make.
    (exceptions.NotFound, "unavailable"),
    (exceptions.RetryError, "unavailable"),
    (exceptions.Aborted, "conflict"),
    (exceptions.Cancelled, "unavailable"),
    (exceptions.Unknown, "unavailable"),
    (auth_exceptions.TransportError, "unavailable"),
    (requests.exceptions.Timeout, "timeout"),
    (requests.exceptions.ConnectionError, "unavailable"),
    (requests.exceptions.ChunkedEncodingError, "unavailable"),
    (ConnectionError, "unavailable"),
    (FutureTimeoutError, "timeout"),
)
"""Errors of the client libraries' own, and those that say no more than their class does."""
_UNKNOWN = Transience("unavailable")
_ANSWER = re.compile(r'"code":\s*([0-9]{3})\b')
_TRANSLATED: tuple[type[BaseException], ...] = (
    exceptions.GoogleAPICallError,
    auth_exceptions.GoogleAuthError,
    *(error_type for error_type, _ in _KINDS),
)


@contextmanager
def translated(doing: str, *, request_is_valid: bool = False) -> Iterator[None]:
    """Turn Google's errors into ours; `doing` says what we were about, e.g. "append to run_events".

    Pass `request_is_valid=True` where the request can't be malformed; permanent errors then become ForbiddenError.
    A ForbiddenError says no more than that, because tenants read it: Google's words name projects and accounts. They
    are logged.
    """
    try:
        yield
    except _TRANSLATED as error:
        translation = _translation(error, doing=doing, request_is_valid=request_is_valid)
        if translation is None:
            raise
        if isinstance(translation, ForbiddenError):
            log("refused_by_google", severity="ERROR", doing=doing, reason=_said(error))
        raise translation from error


def transience_in(error: exceptions.GoogleAPICallError) -> Transience | None:
    """How the failure of a call may pass, by what the answer says: its message, its reasons, its status."""
    said = (of_bigquery(reason, str(error.message)) for reason in (*reasons(error), ""))
    return next((transience for transience in said if transience), BY_STATUS.get(error.code or 0))


def reasons(error: exceptions.GoogleAPICallError) -> tuple[str, ...]:
    """The reasons in an API error's body, e.g. `("rateLimitExceeded",)`."""
    return tuple(str(item.get("reason")) for item in error.errors if isinstance(item, dict))


def own_message(error: exceptions.GoogleAPICallError) -> str:
    """What the server said, without the address that was called and the job's id, which the libraries add."""
    said = (str(item["message"]) for item in error.errors if isinstance(item, dict) and item.get("message"))
    return next(said, str(error.message))


def summary(error: BaseException) -> str:
    """One line about an error: its own message where it has one, else its kind."""
    message = error.message if isinstance(error, exceptions.GoogleAPICallError) else ""
    first_line = str(message).strip().splitlines()
    return first_line[0] if first_line else type(error).__name__


def _transience(error: BaseException) -> Transience | None:
    if isinstance(error, exceptions.RetryError) and error.cause is not None:
        return _transience(error.cause) or _UNKNOWN
    if isinstance(error, auth_exceptions.RefreshError):
        return _refresh_transience(error)
    said = transience_in(error) if isinstance(error, exceptions.GoogleAPICallError) else None
    kinds = (kind for error_type, kind in _KINDS if isinstance(error, error_type))
    kind = next(kinds, None)
    return said or (Transience(kind) if kind else None)


def _refresh_transience(error: auth_exceptions.RefreshError) -> Transience | None:
    """Whether a token may be had later. IAM Credentials' answer is behind the message, as Google's usual JSON."""
    for told in error.args[1:]:
        answer = _ANSWER.search(str(told))
        if answer is not None:
            return BY_STATUS.get(int(answer[1]))
    return _UNKNOWN if error.retryable else None


def _translation(
    error: BaseException, *, doing: str, request_is_valid: bool
) -> TransientError | ForbiddenError | None:
    # None where only who made the call can tell what the error means.
    transience = _transience(error)
    if transience is not None:
        return TransientError(
            f"Could not {doing}: {summary(error)}",
            kind=transience.kind,
            retry_after_seconds=_pause_seconds(error, transience),
        )
    if isinstance(error, exceptions.Forbidden | exceptions.Unauthorized):
        return ForbiddenError(f"Google refused to {doing}")
    if isinstance(error, auth_exceptions.GoogleAuthError):
        return ForbiddenError(f"Could not {doing}: no usable Google credentials")
    return ForbiddenError(f"Google refused to {doing}") if request_is_valid else None


def _said(error: BaseException) -> str:
    return summary(error) if isinstance(error, exceptions.GoogleAPICallError) else str(error)


def _pause_seconds(error: BaseException, transience: Transience) -> int | None:
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    asked = asked_pause_seconds(headers.get("Retry-After"), now=datetime.now(tz=UTC))
    return max(filter(None, (asked, transience.wait_seconds)), default=None)
